"""Forecasts by a method that learns from all series together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from seqtune.baselines.forecast._fitting import ForecastFitting
from seqtune.baselines.method import Floats, Predict
from seqtune.baselines.problem import check_answer
from seqtune.baselines.threads import one_thread
from seqtune.baselines.window_batch import WindowBatch

Known = tuple[WindowBatch, Floats]
"""Windows, and what came of them: (windows, horizon), NaN where that is not known."""


@dataclass(frozen=True)
class GlobalFitting:
    """Fits a method to windows of all series; see `seqtune.baselines.problem.Fitting`.

    Args:
        local: How methods forecast that learn from each history by itself: where a method has no
            answer, the seasonal naive forecast is one.
        seed: Of the methods that draw at random.
    """

    local: ForecastFitting
    seed: int = 0
    task: str = "forecast"

    def refusal(self, method: ModuleType) -> str:
        """Say that a method learns from each history by itself."""
        return "" if hasattr(method, "fit") else "learns from each history by itself"

    def fit(self, method: ModuleType, known: Known, before: Any = None) -> Predict:
        """Fit a method on windows.

        Args:
            method: The module.
            known: Windows with what came of them.
            before: Not used.
        """
        batch, truth = known
        levels = self.local.levels
        predict: Predict
        with one_thread():
            predict = method.fit(batch, truth, self.local.periods, levels, seed=self.seed)
        return predict

    def predict(self, model: Predict, asked: Iterable[WindowBatch]) -> tuple[Floats, int]:
        """Forecast windows, some at a time; see `ForecastFitting.predict`.

        Raises:
            ValueError: An answer has another shape.
        """
        with one_thread():
            answers = [self._answer(model, batch) for batch in asked]
        nothing = np.empty((0, self.local.horizon, 1 + len(self.local.levels)))
        return np.concatenate([nothing, *(rows for rows, _ in answers)]), sum(
            stand_ins for _, stand_ins in answers
        )

    def _answer(self, model: Predict, asked: WindowBatch) -> tuple[Floats, int]:
        rows = model(asked)
        shape = (len(asked), self.local.horizon, 1 + len(self.local.levels))
        check_answer(rows, shape, True, "")
        return self.local.answered(rows, asked.histories)
