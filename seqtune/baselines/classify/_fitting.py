"""Probabilities of classes by a simple method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from seqtune.baselines.method import Floats, Predict
from seqtune.baselines.problem import check_answer
from seqtune.baselines.threads import one_thread

Known = tuple[Sequence[Any], Floats]
"""Cases, at least one, and targets, (cases, classes) float64, zeros and ones."""


@dataclass(frozen=True)
class ClassifyFitting:
    """Fits a method on cases; see `seqtune.baselines.problem.Fitting`.

    Args:
        kind: What a case is: "text" (a `str`), or "series" (a (steps, channels) float64 array
            without NaN, of any length of at least 1).
        is_multi: Whether a case may have any number of classes; otherwise it has one.
        seed: Of the methods that draw at random.
    """

    kind: str
    is_multi: bool
    seed: int
    task: str = "classify"

    def refusal(self, method: ModuleType) -> str:
        """Say that a method is for cases of another kind."""
        if self.kind in method.KINDS:
            return ""
        return f"is for {' and '.join(method.KINDS)}, not for {self.kind}"

    def fit(self, method: ModuleType, known: Known, before: Any = None) -> tuple[Predict, int]:
        """Return the fitted method and the number of classes."""
        cases, targets = known
        predict: Callable[[Sequence[Any]], Floats]
        with one_thread():
            predict = method.fit(cases, targets, is_multi=self.is_multi, seed=self.seed)
        return predict, targets.shape[1]

    def predict(self, model: tuple[Predict, int], asked: Sequence[Any]) -> Floats:
        """Return probabilities, (cases, classes).

        Raises:
            ValueError: The answer has another shape, or values outside [0, 1].
        """
        predict, classes = model
        with one_thread():
            answer = predict(asked)
        is_valid = bool(((answer >= 0) & (answer <= 1 + 1e-9)).all())
        fault = "probabilities outside [0, 1]"
        return check_answer(answer, (len(asked), classes), is_valid, fault)
