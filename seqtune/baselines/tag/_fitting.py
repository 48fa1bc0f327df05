"""Probabilities of tags by a simple method."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from seqtune.baselines.method import Floats, Integers, Predict
from seqtune.baselines.problem import check_answer
from seqtune.baselines.tag._sequences import Sequences, positions_of

Known = tuple[Sequences, Integers]
"""Sequences, and targets, (positions,) int64: the number of each position's tag, -1 where it has
none; at least one has."""

SUM = 1e-6
"""So far from 1 may the probabilities of a position sum up."""


@dataclass(frozen=True)
class TagFitting:
    """Fits a method on sequences; see `seqtune.baselines.problem.Fitting`.

    Args:
        kind: What a position is: "tokens" or "steps".
        tags: Number of tags.
        causal: Whether a tag may depend on its own position and those before it alone.
        seed: Of the methods that draw at random.
    """

    kind: str
    tags: int
    causal: bool = False
    seed: int = 0
    task: str = "tag"

    def refusal(self, method: ModuleType) -> str:
        """Say that a method is for positions of another kind, or looks ahead where none may."""
        if self.kind in method.KINDS:
            looks_ahead = self.causal and not getattr(method, "CAUSAL", True)
            return "looks at what comes later" if looks_ahead else ""
        return f"is for {' and '.join(method.KINDS)}, not for {self.kind}"

    def fit(self, method: ModuleType, known: Known, before: Any = None) -> Predict:
        """Return the fitted method."""
        sequences, targets = known
        predict: Predict = method.fit(
            sequences, targets, self.tags, causal=self.causal, seed=self.seed
        )
        return predict

    def predict(self, model: Predict, asked: Sequences) -> Floats:
        """Return probabilities, (positions, tags).

        Raises:
            ValueError: The answer has another shape, or rows that are no probabilities.
        """
        answer = model(asked)
        is_valid = bool((answer >= 0).all()) and bool(
            (np.abs(answer.sum(axis=-1) - 1.0) < SUM).all()
        )
        fault = "probabilities below 0, or that do not sum to 1"
        return check_answer(answer, (positions_of(asked), self.tags), is_valid, fault)
