"""Nearest neighbour: the class of the training case at the smallest Euclidean distance.

Channels are standardised over training, and series brought to the length of the longest training
case by linear interpolation. The share of probability on the neighbour's class is measured in
training, by the formula in `_neighbour.py`.

Source:
    Cover and Hart 1967, "Nearest neighbor pattern classification", IEEE Trans. on Information
    Theory 13(1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.baselines.classify._neighbour import nearest_predictor, pairs
from seqtune.baselines.method import Floats, Predict
from seqtune.baselines.series_scale import standardise_as, stretch

ALWAYS = True
KINDS = ("series",)
BLOCK = 1000  # cases whose distances are held at once

work = pairs


def fit(cases: Sequence[Floats], targets: Floats, *, is_multi: bool, seed: int) -> Predict:
    """Keep the training cases."""
    from sklearn.metrics import pairwise_distances

    standardise = standardise_as(cases)
    steps = max(map(len, cases))

    def flat(cases: Sequence[Floats]) -> Floats:
        return np.stack([stretch(standardise(case), steps).ravel() for case in cases])

    training = flat(cases)

    def distances(cases: Sequence[Floats]) -> Floats:
        blocks = (cases[start : start + BLOCK] for start in range(0, len(cases), BLOCK))
        # "sqeuclidean" sums squared differences; "euclidean" would lose digits, and ties
        return np.concatenate(
            [pairwise_distances(flat(block), training, metric="sqeuclidean") for block in blocks]
        )

    return nearest_predictor(distances, cases, targets, is_multi)
