"""Majority: every step gets the tag frequencies of training.

The probability of a tag is the share of the labelled steps that have it. The accuracy is then that
of always answering the most frequent tag.

Source:
    Holte 1993, "Very simple classification rules perform well on most commonly used datasets",
    Machine Learning 11 (there 0R).
"""

from __future__ import annotations

import numpy as np

from seqtune.baselines.method import Floats, Integers, Predict
from seqtune.baselines.tag._sequences import Sequences, frequencies_of, positions_of

ALWAYS = True
BLENDS = False
KINDS = ("steps",)


def fit(sequences: Sequences, targets: Integers, tags: int, *, causal: bool, seed: int) -> Predict:
    """Count the tags."""
    frequencies = frequencies_of(targets, tags)

    def predict(asked: Sequences) -> Floats:
        return np.tile(frequencies, (positions_of(asked), 1))

    return predict
