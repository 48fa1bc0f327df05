"""What covariates bring in each series more, or less, than in all series together.

A second ridge regression: the errors of the first, over all steps ahead, on what is known ahead of
each step, for each series by itself. Its penalty counts as many windows as forecast one half of the
windows best from the other, among `PENALTIES`; the last of them leaves every series alone. So a
series with few windows, or with noise alone, takes nothing.

Source:
    Shrinkage of groups to what all have in common: Gelman and Hill 2007, "Data Analysis Using
    Regression and Multilevel/Hierarchical Models", chapter 12.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.baselines.method import Floats
from seqtune.baselines.window_batch import WindowBatch

PENALTIES = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, float("inf"))
"""Windows that a covariate with deviation 1 must have, for half of its effect to be believed."""

MAX_NUMBERS = 4_000_000
"""Of squares of the columns of all series; with more, series have no effects of their own."""

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SeriesEffects:
    """Effects of covariates in each series.

    Args:
        effects: (series, known) by number of the series.
    """

    effects: Floats

    @classmethod
    def fit(cls, batch: WindowBatch, errors: Floats) -> SeriesEffects:
        """Fit to what is left unexplained.

        Args:
            batch: The windows.
            errors: (windows, horizon), NaN where not known.
        """
        ahead = batch.known[:, batch.reach :].astype(np.float64)  # (windows, horizon, known)
        count, columns = int(batch.series.max(initial=0)) + 1, ahead.shape[2]
        nothing = cls(np.zeros((count, columns)))
        known = np.flatnonzero(batch.series >= 0)
        if count < 2 or columns == 0 or len(known) < 2 or count * columns**2 > MAX_NUMBERS:
            return nothing
        halves = halves_of(batch.series[known])
        sums = [
            _Sums.of(ahead, errors, batch.series, known[halves == half], count) for half in (0, 1)
        ]
        losses = [sum(two.loss(one.effects(penalty)) for one, two in (sums, sums[::-1]))
                  for penalty in PENALTIES]  # fmt: skip
        chosen = PENALTIES[int(np.argmin(losses))]
        return cls((sums[0] + sums[1]).effects(chosen))

    def predict(self, batch: WindowBatch) -> Floats:
        """Return what is to be added to forecasts, (windows, horizon)."""
        ahead = batch.known[:, batch.reach :]
        number = np.where(batch.series < len(self.effects), batch.series, -1)
        own = np.where((number >= 0)[:, None], self.effects[number], 0.0)
        added: Floats = np.einsum("whk,wk->wh", ahead, own)
        return added


@dataclass(frozen=True)
class _Sums:
    """Sums over windows that regressions of each series need, per step of the horizon.

    Args:
        squares: (series, known, known).
        products: (series, known), with the errors.
    """

    squares: Floats
    products: Floats

    @classmethod
    def of(
        cls, ahead: Floats, errors: Floats, series: Integers, rows: Integers, count: int
    ) -> _Sums:
        """Sum over the windows of the given numbers."""
        columns = ahead.shape[2]
        squares, products = np.zeros((count, columns, columns)), np.zeros((count, columns))
        is_known = np.isfinite(errors[rows])
        left = np.where(is_known, errors[rows], 0.0)
        weighed = ahead[rows] * is_known[..., None]
        np.add.at(squares, series[rows], np.einsum("whk,whl->wkl", weighed, weighed))
        np.add.at(products, series[rows], np.einsum("whk,wh->wk", weighed, left))
        return cls(squares / errors.shape[1], products / errors.shape[1])

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(self.squares + other.squares, self.products + other.products)

    def effects(self, penalty: float) -> Floats:
        """Return the coefficients of each series, (series, known)."""
        if np.isinf(penalty):
            return np.zeros_like(self.products)
        penalties = penalty * np.eye(self.products.shape[1])
        found = np.linalg.solve(self.squares + penalties, self.products[..., None])
        return np.asarray(found[..., 0], np.float64)

    def loss(self, effects: Floats) -> float:
        """Return by how much effects change the sum of squared errors."""
        quadratic = np.einsum("sk,skl,sl->", effects, self.squares, effects)
        return float(quadratic - 2 * (effects * self.products).sum())


def halves_of(series: Integers) -> Integers:
    """Return in which half of the windows of its series each window is, 0 or 1.

    Example:
        >>> halves_of(np.array([5, 5, 5, 5, 2])).tolist()
        [0, 0, 1, 1, 0]
    """
    order = np.argsort(series, kind="stable")
    ordered = series[order]
    first = np.searchsorted(ordered, ordered, side="left")
    size = np.searchsorted(ordered, ordered, side="right") - first
    halves = np.empty(len(series), np.int64)
    halves[order] = 2 * (np.arange(len(series)) - first) >= size
    return halves
