"""Majority: every case gets the class frequencies of training.

The probability of a class is the share of training cases that have it, whatever the case. The
accuracy is then that of always answering the most frequent class. A class that no training case
has gets zero.

Source:
    Holte 1993, "Very simple classification rules perform well on most commonly used datasets",
    Machine Learning 11 (there 0R).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqtune.baselines.method import Floats, Predict

ALWAYS = True
BLENDS = False
KINDS = ("text", "series")


def fit(cases: Sequence[Any], targets: Floats, *, is_multi: bool, seed: int) -> Predict:
    """Count the classes."""
    frequencies = targets.mean(axis=0)

    def predict(cases: Sequence[Any]) -> Floats:
        return np.tile(frequencies, (len(cases), 1))

    return predict
