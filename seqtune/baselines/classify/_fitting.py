"""Probabilities of classes by a simple method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.method import Floats, Predict
from seqtune.baselines.problem import check_answer
from seqtune.baselines.threads import one_thread


@dataclass(frozen=True)
class Known:
    """Cases with their classes.

    Args:
        cases: At least one.
        rows: (cases,) int64, their places among all.
        of_all: (all, classes), zeros and ones; of 1,000 classes, what is taken from it is large.
    """

    cases: Sequence[Any]
    rows: npt.NDArray[np.int64]
    of_all: npt.NDArray[Any]

    @property
    def targets(self) -> Floats:
        """Zeros and ones, (cases, classes) float64, made when they are asked for."""
        taken: Floats = self.of_all[self.rows].astype(np.float64)
        return taken


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
        predict: Callable[[Sequence[Any]], Floats]
        with one_thread():
            predict = method.fit(known.cases, known.targets, is_multi=self.is_multi, seed=self.seed)
        return predict, known.of_all.shape[1]

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
