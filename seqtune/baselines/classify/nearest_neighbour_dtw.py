"""Nearest neighbour under dynamic time warping: alike up to small shifts and stretches in time.

The series are warped onto each other with all channels together, within a Sakoe-Chiba band of a
tenth of the longer length (rounded up; at least the difference of the lengths). Channels are
standardised over training. The share of probability on the neighbour's class is measured in
training, by the formula in `_neighbour.py`.

Source:
    Bagnall, Lines, Bostrom, Large and Keogh 2017, "The great time series classification bake
    off", Data Mining and Knowledge Discovery 31(3): the method hard to beat for a long time.
"""

from __future__ import annotations

from collections.abc import Sequence

from seqtune.baselines.classify._dtw import warping_costs
from seqtune.baselines.classify._neighbour import nearest_predictor, pairs
from seqtune.baselines.method import Floats, Predict
from seqtune.baselines.series_scale import standardise_as

KINDS = ("series",)

work = pairs


def fit(cases: Sequence[Floats], targets: Floats, *, is_multi: bool, seed: int) -> Predict:
    """Keep the training cases."""
    standardise = standardise_as(cases)
    training = [standardise(case) for case in cases]

    def distances(cases: Sequence[Floats]) -> Floats:
        return warping_costs([standardise(case) for case in cases], training)

    return nearest_predictor(distances, cases, targets, is_multi)
