"""Everything that a page shows of a translator, gathered from its data and predictions."""

from __future__ import annotations

import numpy as np

from seqtune.figures.block import Block
from seqtune.tasks._values import Models, Tested
from seqtune.tasks.translate.answers import Answers
from seqtune.tasks.translate.encoded import EncodedPairs
from seqtune.tasks.translate.evidence.by_length import length_block
from seqtune.tasks.translate.evidence.by_unit import units_block
from seqtune.tasks.translate.evidence.examples import chosen, examples_block
from seqtune.tasks.translate.evidence.looks import attention_block
from seqtune.tasks.translate.evidence.spread import spread_block
from seqtune.tasks.translate.evidence.written import Written
from seqtune.tasks.translate.examples import SENTENCE, source_lengths
from seqtune.tasks.translate.illustrate import attention_of
from seqtune.tasks.translate.prepared import Prepared

BY_WORDS = ("bleu", "chrf", "word_error_rate")
"""Metrics of answers whose words are counted."""

MOST_MAPS = 2
"""Maps of attention."""


def blocks_of(prepared: Prepared, tested: Tested, models: Models) -> tuple[Block, ...]:
    """Return the blocks of a run, the most telling first.

    Args:
        prepared: The data.
        tested: `Answers` as arrays for the test part, by model.
        models: Opens the network whose attention is shown.
    """
    encoded = prepared.encoded("test")
    if not len(encoded):
        return ()
    written = Written(
        answers={name: Answers.from_array(each).best for name, each in tested.predictions.items()},
        references=encoded.references,
        model=tested.model,
        baseline=tested.baseline,
        sources=encoded.sources,
        lengths=np.asarray(source_lengths(encoded), np.int64),
        length_unit=_length_unit(encoded),
        unit=_unit(prepared),
        where=lambda case: f"row {encoded.lines[case] + 1:,}",
    )
    typical_first = sorted(chosen(written), key=lambda each: each[0] != "typical")
    cases = [case for _, case in typical_first]
    shown = (
        examples_block(written),
        spread_block(written),
        length_block(written),
        units_block(written),
        attention_block(attention_of(prepared, encoded, cases, models, MOST_MAPS)),
    )
    return tuple(block for block in shown if block is not None)


def _unit(prepared: Prepared) -> str:
    """Return what is right or wrong of an answer."""
    if prepared.codec.target_kind == "symbols":
        return "symbol"
    return "word" if prepared.metric in BY_WORDS else "character"


def _length_unit(encoded: EncodedPairs) -> str:
    """Return what `source_lengths` counts."""
    if not any(encoded.sources):
        return "steps"
    words = np.median([len(text.split()) for text in encoded.sources])
    return "words" if words >= SENTENCE else "characters"
