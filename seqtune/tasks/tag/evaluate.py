"""Scores of tags of new sequences, figures of each tag, and the surest mistakes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from seqtune.tasks._values import Evaluation
from seqtune.tasks.tag.answers import tagged
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.encoded import EncodedSequences
from seqtune.tasks.tag.report import answers
from seqtune.tasks.tag.scoring import score_sequences

Floats = npt.NDArray[np.float64]


def evaluate_positions(
    codec: Codec, encoded: EncodedSequences, predictions: Mapping[str, Floats]
) -> Evaluation:
    """Return every metric by name of the model, and what is shown of the first one.

    Args:
        codec: The tags.
        encoded: Sequences whose tags are known, of some positions at least.
        predictions: (positions, tags) by name of the model.
    """
    found = {name: tagged(codec, encoded, each) for name, each in predictions.items()}
    scores = {name: score_sequences(each) for name, each in found.items()}
    first, best = next(iter(found.items()))
    unit = codec.kind.removesuffix("s")
    tokens = encoded.plain().tokens if codec.kind == "tokens" else ()
    scored = int((encoded.targets >= 0).sum())
    return Evaluation(scores, scored, unit, answers(best, unit, tokens, f"Answers of {first}"))
