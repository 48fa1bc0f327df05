"""Gradient-boosted trees on lags and covariates, over all series together.

scikit-learn's `HistGradientBoostingRegressor` with the absolute error, one model for all steps
ahead, which sees how far ahead a step is and, where they are few, which series it is of. Small
trees: eight leaves were as good as sixteen or thirty-one (docs/notes/forecasting.md,
"Covariates"). The quantiles are those of the errors on the last quarter of the windows, forecast
from the others, relative to the mean error of each step. `_regression.py` says what it sees.

Source:
    Ke et al. 2017, "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", NeurIPS, whose
    method scikit-learn's is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.baselines.forecast._regression import Design
from seqtune.baselines.method import Floats, Levels, Periods, Predict
from seqtune.baselines.window_batch import WindowBatch

ITERATIONS, RATE, LEAVES, MIN_IN_LEAF = 200, 0.08, 8, 20

MAX_ROWS = 20_000
"""Pairs of a window and a step; more are thinned."""

MAX_SERIES = 200
"""With more series, trees do not see which one a window is of."""

MIN_WINDOWS = 8

HELD_OUT = 4
"""One of so many windows, the last of each series, says how large errors are."""


MANY_WINDOWS = 800
"""With more, the time hardly grows: rows are thinned."""


def work(known: int, asked: int) -> float:
    """Return how much time fitting and forecasting so many windows takes, in windows."""
    return min(known, MANY_WINDOWS) + 0.1 * asked


def fit(
    known: WindowBatch, truth: Floats, periods: Periods, levels: Levels, *, seed: int
) -> Predict:
    """Fit the trees.

    Args:
        known: The windows to learn from.
        truth: (windows, horizon), what came; NaN where that is not known.
        periods: Seasonal periods in steps, shortest first.
        levels: Quantile levels in ascending order.
        seed: Of the draw of rows.

    Returns:
        From windows to (windows, horizon, 1 + levels); NaN where there was too little to learn
        from.
    """
    design = Design(known, periods)
    target = design.reduce(truth)
    last = _is_last(known.series)
    many = np.isfinite(target).any(axis=1)
    if many.sum() < MIN_WINDOWS or not (many & last).any() or not (many & ~last).any():
        return lambda asked: np.full((len(asked), known.horizon, 1 + len(levels)), np.nan)
    draw = np.random.default_rng(seed)
    early = _Trees(design, np.where(last[:, None], np.nan, target), draw)
    errors = (target - early.predict(design))[last]
    spread = _spread(errors, levels)
    model = _Trees(design, target, draw)

    def predict(asked: WindowBatch) -> Floats:
        made = Design(asked, periods)
        return made.restore(model.predict(made)[..., None] + spread)

    return predict


class _Trees:
    """The trees of all steps ahead.

    Args:
        design: The windows.
        target: (windows, horizon), NaN where not known.
        draw: Draws rows, where they are many.
    """

    def __init__(self, design: Design, target: Floats, draw: np.random.Generator) -> None:
        from sklearn.ensemble import HistGradientBoostingRegressor

        horizon = target.shape[1]
        self.horizon, self.series = horizon, int(design.batch.series.max(initial=-1)) + 1
        features, wanted = [], []
        for step in range(horizon):
            rows = np.flatnonzero(np.isfinite(target[:, step]))
            rows = np.sort(draw.permutation(rows)[: max(1, MAX_ROWS // horizon)])
            features.append(self.features(design, step)[rows])
            wanted.append(target[rows, step])
        table, targets = np.concatenate(features), np.concatenate(wanted)
        self.model = HistGradientBoostingRegressor(
            loss="absolute_error",
            max_iter=ITERATIONS,
            learning_rate=RATE,
            max_leaf_nodes=LEAVES,
            min_samples_leaf=min(MIN_IN_LEAF, max(1, len(table) // 4)),
            early_stopping=False,
            categorical_features=[table.shape[1] - 1] if self.sees_series else None,
            random_state=0,
        )
        self.model.fit(table, targets)

    @property
    def sees_series(self) -> bool:
        """Whether the trees see which series a window is of."""
        return 1 < self.series <= MAX_SERIES

    def features(self, design: Design, step: int) -> npt.NDArray[np.float32]:
        """Return the features of one step ahead, (windows, features)."""
        rows = design.features(step)
        ahead = np.full((len(rows), 1), step, np.float32)
        number = design.batch.series.astype(np.float32)[:, None]
        known = (number >= 0) & (number < self.series)
        own = [np.where(known, number, np.nan).astype(np.float32)] if self.sees_series else []
        return np.concatenate([rows, ahead, *own], axis=1)

    def predict(self, design: Design) -> Floats:
        """Return forecasts in units of windows, (windows, horizon)."""
        if not len(design.batch):
            return np.empty((0, self.horizon))
        steps = [self.model.predict(self.features(design, step)) for step in range(self.horizon)]
        return np.stack(steps, axis=1)


def _is_last(series: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Say which windows are the last quarter of their series, (windows,) bool.

    Example:
        >>> _is_last(np.array([0, 0, 0, 0, 1, 1])).tolist()
        [False, False, False, True, False, True]
    """
    order = np.argsort(series, kind="stable")
    ordered = series[order]
    end = np.searchsorted(ordered, ordered, side="right")
    size = end - np.searchsorted(ordered, ordered, side="left")
    last = np.empty(len(series), np.bool_)
    last[order] = (end - np.arange(len(series)) <= -(-size // HELD_OUT)) & (size > 1)
    return last


def _spread(errors: Floats, levels: Levels) -> Floats:
    """Return 0 and the quantiles of the errors at each step, (horizon, 1 + levels)."""
    known = np.isfinite(errors)
    count = np.maximum(known.sum(axis=0), 1)
    size = np.where(known, np.abs(errors), 0.0).sum(axis=0) / count  # (horizon,)
    size = np.where(known.any(axis=0), size, size.max())
    relative = errors / np.where(size > 0, size, 1.0)
    quantiles = np.quantile(relative[known], levels) if known.any() else np.zeros(len(levels))
    spread: Floats = size[:, None] * np.array([0.0, *quantiles])
    return spread
