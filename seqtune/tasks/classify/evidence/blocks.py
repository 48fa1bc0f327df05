"""Everything that a page shows of a classifier, gathered from its data and predictions."""

from __future__ import annotations

import numpy as np

from seqtune.figures.block import Block
from seqtune.tasks._cut_text import names_of
from seqtune.tasks._values import Tested
from seqtune.tasks.classify.evidence.answers import Answers
from seqtune.tasks.classify.evidence.by_confidence import confidence_block
from seqtune.tasks.classify.evidence.by_confusion import confusion_block
from seqtune.tasks.classify.evidence.by_distance import distance_block
from seqtune.tasks.classify.evidence.by_label import labels_block
from seqtune.tasks.classify.evidence.by_rank import areas_block, rank_block
from seqtune.tasks.classify.evidence.mistakes import mistakes_block
from seqtune.tasks.classify.prepared import Prepared


def blocks_of(prepared: Prepared, tested: Tested) -> tuple[Block, ...]:
    """Return the blocks of a run, the most telling first.

    Args:
        prepared: The data.
        tested: Probabilities (cases, classes) for the test part, by model.
    """
    usable = {n: each for n, each in tested.predictions.items() if np.isfinite(each).all()}
    rows = prepared.rows["test"]
    if tested.model not in usable or not len(rows):
        return ()
    labels = prepared.codec.labels
    answers = Answers(
        labels=names_of(labels.names),
        targets=prepared.truth("test"),
        probabilities=usable,
        model=tested.model,
        baseline=tested.baseline if tested.baseline in usable else "",
        values=labels.values,
        is_multi=labels.is_multi,
    )
    texts, roles = prepared.texts, prepared.codec.roles
    mistakes = mistakes_block(
        answers,
        where=lambda case: f"row {prepared.lines[rows[case]] + 1:,}",
        text=lambda case: "" if texts is None else texts.texts([rows[case]])[0],
        series=(lambda case: prepared.cases(rows[[case]])[0]) if texts is None else None,
        channels=names_of(roles.channels if roles.series is not None else ("value",)),
    )
    blocks = (
        confusion_block(answers),
        labels_block(answers),
        confidence_block(answers),
        rank_block(answers),
        areas_block(answers),
        distance_block(answers),
        mistakes,
    )
    return tuple(block for block in blocks if block is not None)
