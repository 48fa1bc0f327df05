"""Forecasts by a simple method; where it has no answer, the seasonal naive forecast stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from seqtune.baselines.forecast import seasonal_naive
from seqtune.baselines.method import Floats
from seqtune.baselines.problem import check_answer
from seqtune.baselines.threads import one_thread


@dataclass(frozen=True)
class ForecastFitting:
    """Fits a method to each history by itself; see `seqtune.baselines.problem.Fitting`.

    Args:
        horizon: Steps ahead.
        periods: Seasonal periods in steps, shortest first; () for none.
        levels: Quantile levels in ascending order.
    """

    horizon: int
    periods: tuple[int, ...]
    levels: tuple[float, ...]
    task: str = "forecast"

    def refusal(self, method: ModuleType) -> str:
        """Say that a method learns from all series together."""
        return "" if hasattr(method, "forecast") else "learns from all series together"

    def fit(self, method: ModuleType, known: Any = None, before: Any = None) -> Any:
        """Return what forecasts histories: nothing is learnt but from each of them."""
        return partial(
            method.forecast, horizon=self.horizon, periods=self.periods, levels=self.levels
        )

    def predict(self, model: Any, asked: Sequence[Floats]) -> tuple[Floats, int]:
        """Forecast histories.

        A method may have no answer for one (it is too short, a fit fails): its row is NaN then,
        and takes the seasonal naive forecast.

        Args:
            model: From `fit`.
            asked: A (steps,) float64 array each, at least one step long, without NaN.

        Returns:
            (histories, horizon, 1 + levels), the point forecast, then the quantiles; and for how
            many histories the seasonal naive forecast stands in.

        Raises:
            ValueError: The answer has another shape.
        """
        with one_thread():
            rows: Floats = model(asked)
        check_answer(rows, (len(asked), self.horizon, 1 + len(self.levels)), True, "")
        return self.answered(rows, asked)

    def answered(self, rows: Floats, histories: Sequence[Floats]) -> tuple[Floats, int]:
        """Return forecasts with the seasonal naive one where a row is not finite, and how many.

        Args:
            rows: (histories, horizon, 1 + levels).
            histories: A (steps,) array each.
        """
        unanswered = np.flatnonzero(~np.isfinite(rows).all(axis=(1, 2))).tolist()
        if unanswered:
            rows[unanswered] = self.fit(seasonal_naive)([histories[row] for row in unanswered])
        return rows, len(unanswered)
