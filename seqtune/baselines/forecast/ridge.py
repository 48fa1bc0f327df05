"""Linear regression on lags and covariates, with a penalty, over all series together.

A regression for each step ahead, its penalty the one of `PENALTIES` with the smallest leave-one-out
error. What covariates bring more or less in single series is added
(`_series_effects.py`). The quantiles are those of the leave-one-out errors, in units of each
series. `_regression.py` says what it sees.

Direct regressions had lower errors than a single one that is fed its own forecasts, on 7 of 8
tables (docs/notes/forecasting.md, "Covariates").

Source:
    Hoerl and Kennard 1970, "Ridge Regression: Biased Estimation for Nonorthogonal Problems",
    Technometrics 12(1).
"""

from __future__ import annotations

import numpy as np

from seqtune.baselines.forecast._penalised import Penalised
from seqtune.baselines.forecast._regression import Design
from seqtune.baselines.forecast._series_effects import SeriesEffects
from seqtune.baselines.method import Floats, Levels, Periods, Predict
from seqtune.baselines.window_batch import WindowBatch

PENALTIES = np.logspace(-3, 2, 8)
"""Per training window, of features with deviation 1."""

MIN_WINDOWS = 3

MAX_WORK = 2e10
"""Products of features over all windows and steps, about two seconds; more windows are thinned."""

MIN_THINNED = 300
"""So many windows stay at least."""


def fit(
    known: WindowBatch, truth: Floats, periods: Periods, levels: Levels, *, seed: int
) -> Predict:
    """Fit a regression for each step ahead.

    Args:
        known: The windows to learn from.
        truth: (windows, horizon), what came; NaN where that is not known.
        periods: Seasonal periods in steps, shortest first.
        levels: Quantile levels in ascending order.
        seed: Nothing is drawn.

    Returns:
        From windows to (windows, horizon, 1 + levels); NaN where there was nothing to learn from.
    """
    kept = _thinned(Design(known, periods))
    design = Design(known[kept], periods)
    target = design.reduce(truth[kept])
    models = [_Step(design, step, target[:, step]) for step in range(known.horizon)]
    errors = np.stack([model.errors for model in models], axis=1)  # (windows, horizon)
    effects = SeriesEffects.fit(design.batch, errors)
    errors -= effects.predict(design.batch)
    spread = np.stack([_quantiles(column, levels) for column in errors.T])  # (horizon, 1 + levels)

    def predict(asked: WindowBatch) -> Floats:
        made = Design(asked, periods)
        point = np.stack([model.predict(made) for model in models], axis=1)
        return made.restore((point + effects.predict(asked))[..., None] + spread)

    return predict


class _Step:
    """The regression of one step ahead.

    Args:
        design: The windows.
        step: The step, from 0.
        target: (windows,), NaN where not known.
    """

    def __init__(self, design: Design, step: int, target: Floats) -> None:
        self.step = step
        self.model: Penalised | None = None
        self.errors = np.full(len(target), np.nan)
        rows = np.flatnonzero(np.isfinite(target))
        if len(rows) < MIN_WINDOWS:
            return
        features = design.features(step)[rows].astype(np.float64)
        self.center, spread = features.mean(axis=0), features.std(axis=0)
        self.spread = np.where(spread > 1e-6, spread, np.inf)  # a constant feature says nothing
        scaled = (features - self.center) / self.spread
        self.model = Penalised.fit(scaled, target[rows], len(rows) * PENALTIES)
        self.errors[rows] = self.model.errors

    def predict(self, design: Design) -> Floats:
        """Return forecasts in units of windows, (windows,)."""
        if self.model is None or not len(design.batch):
            return np.full(len(design.batch), np.nan)
        features = (design.features(self.step) - self.center) / self.spread
        point: Floats = features @ self.model.coefficients + self.model.intercept
        return point


def _thinned(design: Design) -> slice:
    """Return every n-th window, so that the regressions take seconds."""
    batch = design.batch
    work = batch.horizon * design.features(0).shape[1] ** 2 if len(batch) else 0
    wanted = max(MIN_THINNED, int(MAX_WORK / max(work, 1)))
    return slice(None, None, -(-len(batch) // wanted) or None)


def _quantiles(errors: Floats, levels: Levels) -> Floats:
    """Return 0 and the quantiles of the errors that are known; NaN where none is."""
    known = errors[np.isfinite(errors)]
    if not len(known):
        return np.full(1 + len(levels), np.nan)
    return np.array([0.0, *np.quantile(known, levels)])
