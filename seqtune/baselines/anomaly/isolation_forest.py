"""Isolation forest on windows: how few random cuts set a window apart from those of training.

The windows are two seasons long (see `_windows.py`). All channels are in them, in units of their
robust deviation in training. A channel that never moved in training is never cut, so that the
forest is blind to it.

Source:
    Liu, Ting and Zhou 2008, "Isolation forest", ICDM; on windows as Sub-IForest of TSB-AD (Liu and
    Paparrizos 2024, NeurIPS), with its 150 trees; scikit-learn's `IsolationForest`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.baselines.anomaly._windows import Windows
from seqtune.baselines.method import Floats, Predict

TREES = 150
BLENDS = False
GROWING = 20_000  # rows that are scored in the time that the trees take, whatever they grow from


def work(training: int, rows: int) -> float:
    """Return how many rows' scoring the time is worth; nothing to train is no new forest."""
    return (GROWING if training else 0) + rows


def fit(train: Sequence[Floats], period: int | None, *, causal: bool, seed: int) -> Predict:
    """Grow the forest."""
    from sklearn.ensemble import IsolationForest

    windows = Windows.fitted(train, period)
    training = windows.training(train).astype(np.float32)
    if not training.size:
        return lambda values: np.full(len(values), np.nan)
    forest = IsolationForest(n_estimators=TREES, random_state=seed, n_jobs=1).fit(training)

    def score(flat: Floats) -> Floats:
        return np.asarray(-forest.score_samples(flat.astype(np.float32)), np.float64)

    return windows.scorer(score, causal=causal)
