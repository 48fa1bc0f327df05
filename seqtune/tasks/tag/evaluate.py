"""Scores of tags of new sequences, figures of each tag, and the surest mistakes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from seqtune.tasks._values import Evaluation
from seqtune.tasks.tag.answers import tagged
from seqtune.tasks.tag.encoded import EncodedSequences
from seqtune.tasks.tag.report import answers
from seqtune.tasks.tag.scoring import score_sequences
from seqtune.tasks.tag.tags import Tags

Floats = npt.NDArray[np.float64]


def evaluate_sequences(
    tags: Tags, encoded: EncodedSequences, predictions: Mapping[str, Floats]
) -> Evaluation:
    """Return every metric by name of the model, and what is shown of the first one.

    Args:
        tags: The tags of the run.
        encoded: Sequences whose tags are known, of some positions at least.
        predictions: (positions, tags) by name of the model.
    """
    found = {name: tagged(tags, encoded, each) for name, each in predictions.items()}
    scores = {name: score_sequences(each) for name, each in found.items()}
    first, best = next(iter(found.items()))
    plain = encoded.plain()
    unit = "token" if len(plain.tokens) else "step"
    scored = int((encoded.targets >= 0).sum())
    return Evaluation(scores, scored, unit, answers(best, plain, f"Answers of {first}"))
