"""Everything that a page shows of a tagger, gathered from its data and predictions."""

from __future__ import annotations

import numpy as np

from seqtune.figures.block import Block
from seqtune.tasks._values import Tested
from seqtune.tasks.tag.answers import tagged
from seqtune.tasks.tag.evidence.by_confusion import confusion_block
from seqtune.tasks.tag.evidence.by_place import changes_block, length_block, words_block
from seqtune.tasks.tag.evidence.by_tag import tags_block
from seqtune.tasks.tag.evidence.gallery import gallery_block
from seqtune.tasks.tag.evidence.mistakes import mistakes_block
from seqtune.tasks.tag.evidence.sentences import sentences_block
from seqtune.tasks.tag.evidence.tagging import Tagging
from seqtune.tasks.tag.prepared import Prepared
from seqtune.tasks.tag.spelling import UNKNOWN


def blocks_of(prepared: Prepared, tested: Tested) -> tuple[Block, ...]:
    """Return the blocks of a run, the most telling first.

    Args:
        prepared: The data.
        tested: Marginals (positions, tags) for the test part, by model.
    """
    codec, encoded = prepared.codec, prepared.encoded("test")
    found = {
        name: tagged(codec, encoded, each)
        for name, each in tested.predictions.items()
        if np.isfinite(each).all()
    }
    if tested.model not in found or not len(encoded):
        return ()
    is_text, plain, inputs = codec.kind == "tokens", encoded.plain(), encoded.inputs
    tagging = Tagging(
        found,
        tested.model,
        baseline=tested.baseline if tested.baseline in found else "",
        unit="token" if is_text else "step",
        sequence="sentence" if is_text else "series",
    )
    shown: list[Block | None] = [tags_block(tagging), confusion_block(tagging)]
    if plain.values is None:
        shown += [sentences_block(tagging, plain.tokens), length_block(tagging)]
        if inputs.types is not None and inputs.table is not None:
            shown.append(words_block(tagging, inputs.table.words[inputs.types] != UNKNOWN))
    else:
        shown += [
            gallery_block(tagging, plain.values, codec.roles.channels),
            changes_block(tagging),
            length_block(tagging),
        ]
    shown.append(mistakes_block(tagging, plain.tokens))
    return tuple(block for block in shown if block is not None)
