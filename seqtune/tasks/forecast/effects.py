"""What covariates known ahead usually bring, so that the base forecast has it from the first step.

A regression on differences over a season (over a step where there is none), which take level and
season away:

    y[t] - y[t - p] = effect * (x[t] - x[t - p]) + error

in units of each series' deviation, over the training rows of all series, with a small penalty. What
a series has more or less is added as far as its own rows bear it out. The base forecast is made of
the series without the effects, and those of the steps ahead are added to it. Without this, a
network has to find the effect before it is better than no network, which takes some hundred steps
(docs/notes/forecasting.md, "Covariates").

Source:
    Regression with errors that are a time series: Hyndman and Athanasopoulos 2021, "Forecasting:
    Principles and Practice", 3rd edition, chapter 10.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.panel import Panel
from seqtune.data.panel.split import Split
from seqtune.tasks.forecast.measure import training_rows

Floats = npt.NDArray[np.float64]

PENALTY = 1.0
"""Rows that an effect of all series must have, for half of it to be believed."""

OWN_PENALTY = 10.0
"""The same of what one series has more or less."""

MAX_DIFFERENCE = 10.0
"""A larger difference, in deviations of the series, counts as this one: a level may have moved."""

MAX_NUMBERS = 50_000
"""Squares of the features of all series; with more, all have the same effects."""

MAX_ROWS = 500_000


def fit_effects(
    panel: Panel, split: Split, features: npt.NDArray[np.float32], spread: Floats, period: int
) -> Floats:
    """Measure effects on training rows.

    Args:
        panel: All rows.
        split: Where training ends in each series.
        features: (rows, features), the scaled covariates known ahead.
        spread: (series, targets), the deviation of each.
        period: Steps of a season; 1 for none.

    Returns:
        (series, targets, features), in deviations of the series for each deviation of the feature;
        one series that stands for all where they are too many. Its mean is what a new one has.
    """
    series, targets = spread.shape
    count = features.shape[1]
    is_own = 1 < series * count * count * targets <= MAX_NUMBERS and series > 1
    effects = np.zeros((series if is_own else 1, targets, count))
    if not count:
        return effects
    rows = training_rows(split, MAX_ROWS)
    number = np.searchsorted(panel.offsets, rows, side="right") - 1
    inside = rows - period >= split.begin[number]
    rows, number = rows[inside], number[inside]
    change = features[rows].astype(np.float64) - features[rows - period]
    for target in range(targets):
        both = panel.observed[rows, target] & panel.observed[rows - period, target]
        difference = panel.target[rows, target] - panel.target[rows - period, target]
        difference = difference / spread[number, target]
        wanted = np.clip(np.where(both, difference, 0.0), -MAX_DIFFERENCE, MAX_DIFFERENCE)
        used = change * both[:, None]
        common = _solved(used.T @ used, used.T @ wanted, PENALTY)
        effects[:, target] = common
        if is_own:
            squares, products = np.zeros((series, count, count)), np.zeros((series, count))
            present, first = np.unique(number, return_index=True)  # rows are sorted by series
            for own, begin, end in zip(present, first, [*first[1:], len(number)], strict=True):
                mine = slice(begin, end)
                left = wanted[mine] - used[mine] @ common
                squares[own], products[own] = used[mine].T @ used[mine], used[mine].T @ left
            effects[:, target] += _solved(squares, products, OWN_PENALTY)
    return effects


def _solved(squares: Floats, products: Floats, penalty: float) -> Floats:
    """Return the coefficients of ridge regressions, (…, features)."""
    penalties = penalty * np.eye(squares.shape[-1])
    return np.asarray(np.linalg.solve(squares + penalties, products[..., None])[..., 0])
