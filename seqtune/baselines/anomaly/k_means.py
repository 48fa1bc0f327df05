"""k-means on windows: how far a window is from the nearest of ten typical ones.

The windows are four seasons long (see `_windows.py`), all channels in units of their robust
deviation in training. The score is the Euclidean distance to the nearest centre, per number of the
window.

Source:
    Yairi, Kato and Hori 2001, "Fault detection by mining association rules from house-keeping
    data", i-SAIRAS; as KMeansAD of TSB-AD (Liu and Paparrizos 2024, NeurIPS), with its ten centres
    for one channel; scikit-learn's `KMeans`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.baselines.anomaly._windows import Windows
from seqtune.baselines.method import Floats, Predict

CENTERS = 10
SEASONS = 4
MAX_TRAINING = 4_000
"""Windows that centres are found from; of more, so many spread evenly."""

GROWING = 20_000  # rows that are scored in the time that the centres take


def work(training: int, rows: int) -> float:
    """Return how many rows' scoring the time is worth; nothing to train is no new centres."""
    return (GROWING if training else 0) + rows


def fit(train: Sequence[Floats], period: int | None, *, causal: bool, seed: int) -> Predict:
    """Find the centres."""
    from sklearn.cluster import KMeans

    windows = Windows.fitted(train, period, SEASONS)
    training = windows.training(train)
    training = training[:: max(1, -(-len(training) // MAX_TRAINING))]
    if not training.size:
        return lambda values: np.full(len(values), np.nan)
    found = KMeans(min(CENTERS, len(training)), n_init=1, random_state=seed).fit(training)
    centers = found.cluster_centers_
    sizes = (centers**2).sum(axis=1)

    def score(flat: Floats) -> Floats:
        squares = (flat**2).sum(axis=1)[:, None] - 2.0 * flat @ centers.T + sizes
        nearest = np.maximum(squares.min(axis=1), 0.0)
        return np.asarray(np.sqrt(nearest / flat.shape[1]))

    return windows.scorer(score, causal=causal)
