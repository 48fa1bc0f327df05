"""Principal components of windows: how far a window is, where training windows hardly vary.

With the windows of training in standard units, their components v_k and the shares r_k of the
variance that each explains, the score of a window x is `sum_k ||x - v_k|| / r_k`: components along
which normal windows hardly vary weigh most. The windows are two seasons long (see `_windows.py`).

Source:
    Sub-PCA of TSB-UAD (Paparrizos et al. 2022, PVLDB 15(8)) and TSB-AD (Liu and Paparrizos 2024,
    NeurIPS), where it ranks among the best; after Aggarwal 2017, "Outlier analysis", section 3.3,
    in the form of PyOD's `PCA`. The plain distance along each component, as in the book, would be
    `sum_k (x v_k)^2 / r_k`; the one that the published figures stand for is used.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.baselines.anomaly._windows import Windows
from seqtune.baselines.method import Floats, Predict

BLENDS = False
MIN_SHARE = 1e-10
"""Share of the variance at least: a direction in which training never moves has none."""


def fit(train: Sequence[Floats], period: int | None, *, causal: bool, seed: int) -> Predict:
    """Find the components."""
    windows = Windows.fitted(train, period)
    training = windows.training(train)
    if len(training) < 2 or not training.size:
        return lambda values: np.full(len(values), np.nan)
    mean, deviation = training.mean(axis=0), training.std(axis=0)
    deviation[deviation < 1e-9] = 1.0
    standard = (training - mean) / deviation
    variances, vectors = np.linalg.eigh(standard.T @ standard / len(standard))
    # A component has no sign of its own: as in PyOD, its largest entry is positive.
    largest = np.abs(vectors).argmax(axis=0)
    vectors *= np.where(vectors[largest, np.arange(len(vectors))] < 0, -1.0, 1.0)
    total = max(float(variances.sum()), 1e-12)
    weights = 1.0 / np.maximum(variances / total, MIN_SHARE)
    weights /= weights.sum()  # keeps the order, and the scores at the size of a distance

    def score(flat: Floats) -> Floats:
        standard = (flat - mean) / deviation
        size = (standard**2).sum(axis=1)[:, None] + 1.0
        return np.asarray(np.sqrt(np.maximum(size - 2.0 * standard @ vectors, 0.0)) @ weights)

    return windows.scorer(score, causal=causal)
