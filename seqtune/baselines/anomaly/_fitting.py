"""Scores of rows by a simple detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from seqtune.baselines.method import Floats, Predict
from seqtune.baselines.problem import check_answer


@dataclass(frozen=True)
class AnomalyFitting:
    """Fits a detector on segments of rows; see `seqtune.baselines.problem.Fitting`.

    Args:
        period: Season in rows; None where there is none.
        seed: Of the methods that draw at random.
        causal: Whether the score of a row hangs on it and the rows before it alone.
    """

    period: int | None
    seed: int = 0
    causal: bool = True
    task: str = "anomaly"

    def refusal(self, method: ModuleType) -> str:
        """Return "": any detector takes any rows."""
        return ""

    def fit(self, method: ModuleType, known: Sequence[Floats], before: Any = None) -> Predict:
        """Fit a detector.

        Args:
            method: The module.
            known: (rows, channels) of each segment, float64, in order of time, NaN where not
                observed.
            before: Not used.

        Returns:
            From the rows of a segment, (rows, channels), to (rows,), float64: higher is stranger,
            NaN where a row cannot be scored.
        """
        predict: Predict = method.fit(known, self.period, causal=self.causal, seed=self.seed)
        return predict

    def predict(self, model: Predict, asked: Sequence[Floats]) -> list[Floats]:
        """Return the scores of each segment.

        Raises:
            ValueError: An answer has another shape, or is infinite.
        """
        return [self._scores(model, rows) for rows in asked]

    def _scores(self, model: Predict, rows: Floats) -> Floats:
        scores = model(rows)
        return check_answer(scores, (len(rows),), not np.isinf(scores).any(), "an infinite score")
