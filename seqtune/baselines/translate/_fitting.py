"""Texts that a simple method writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from types import ModuleType
from typing import Any

from seqtune.baselines.translate._pairs import Answers, Pairs, Write


@dataclass(frozen=True)
class TranslateFitting:
    """Fits a method on pairs; see `seqtune.baselines.problem.Fitting`.

    Args:
        kind: What a source is: "text", "symbols", "features" or "series"; see `Pairs`.
        seed: Of the methods that draw at random.
    """

    kind: str
    seed: int = 0
    task: str = "translate"

    def refusal(self, method: ModuleType) -> str:
        """Say that a method is for sources of another kind."""
        if self.kind in method.KINDS:
            return ""
        return f"is for {' and '.join(method.KINDS)}, not for {self.kind}"

    def fit(self, method: ModuleType, known: Pairs, before: Any = None) -> Write:
        """Fit a method on at least one pair."""
        write: Write = method.fit(known, seed=self.seed)
        return write

    def predict(self, model: Write, asked: Sequence[Any]) -> Answers:
        """Return a text for each source, and the mean log-probability of its units.

        Raises:
            ValueError: An answer is missing, is no text, or has no such log-probability.
        """
        answers = model(asked)
        if len(answers) != len(asked):
            raise ValueError(f"answered {len(answers)} of {len(asked)} sources")
        for text, score in answers:
            if not isinstance(text, str):
                raise ValueError(f"answered with {type(text).__name__}, expected a text")
            if not (isfinite(score) and score <= 1e-9):
                raise ValueError(f"answered with log-probability {score}")
        return answers
