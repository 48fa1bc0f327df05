"""Probabilities of classes as a table of labels, and as an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.metrics.classify import score_classes
from seqtune.tasks._values import Evaluation
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.encoded import EncodedCases
from seqtune.tasks.classify.report import answers

Floats = npt.NDArray[np.float64]

YES = 0.5
"""From this probability on, a case has a label that is one of several."""


def label_table(codec: Codec, cases: EncodedCases, probabilities: Floats) -> pd.DataFrame:
    """Return a row per case in the order of the input.

    Args:
        codec: The classes.
        cases: The cases.
        probabilities: (cases, classes).

    Returns:
        The row number (from 1) or the case's own name, `label`, `confidence` (the probability of
        the label; of several, that all of them are right), and `p_<label>` per class.
    """
    names = np.array(codec.labels.names, dtype=object)
    columns: dict[str, Any] = {}
    if cases.names:
        columns[codec.roles.series or "case"] = list(cases.names)
    else:
        columns["row"] = (cases.rows if cases.lines is None else cases.lines) + 1
    if codec.labels.is_multi:
        chosen = probabilities >= YES
        separator = codec.labels.separator
        columns["label"] = [separator.join(names[row]) for row in chosen]
        right = np.where(chosen, probabilities, 1.0 - probabilities)
        columns["confidence"] = right.prod(axis=1)
    else:
        best = probabilities.argmax(axis=1)
        columns["label"] = names[best]
        columns["confidence"] = probabilities[np.arange(len(best)), best]
    for place, name in enumerate(codec.labels.names):
        columns[f"p_{name}"] = probabilities[:, place]
    return pd.DataFrame(columns)


def score_cases(codec: Codec, cases: EncodedCases, probabilities: Floats) -> dict[str, float]:
    """Return every metric of probabilities (cases, classes)."""
    labels = codec.labels
    values = np.array(labels.values) if labels.values else None
    return score_classes(probabilities, cases.targets, is_multi=labels.is_multi, values=values)


def evaluate_cases(
    codec: Codec, cases: EncodedCases, probabilities: Mapping[str, Floats]
) -> Evaluation:
    """Return every metric by name of the model, and the answers of the first one case by case.

    Args:
        codec: The classes.
        cases: Cases whose labels are known.
        probabilities: (cases, classes) by name of the model.
    """
    first = next(iter(probabilities))
    parts = answers(
        first,
        codec.labels.names,
        probabilities[first],
        cases.targets,
        where=cases.where,
        text=cases.text,
        is_multi=codec.labels.is_multi,
    )
    scores = {name: score_cases(codec, cases, each) for name, each in probabilities.items()}
    return Evaluation(scores, len(cases), "case", parts)
