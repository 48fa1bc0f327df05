"""Probabilities of the next token by a simple language model."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np

from seqtune.baselines.method import EVIDENCE, Floats, LanguageModel
from seqtune.baselines.problem import check_answer
from seqtune.data.ragged import Ragged

Known = tuple[Ragged, Ragged]
"""Documents to count, and held-out documents on which a model may choose its size."""


@dataclass(frozen=True)
class GenerateFitting:
    """Fits a language model on documents; see `seqtune.baselines.problem.Fitting`.

    Args:
        vocabulary: How many tokens there are.
        kind: What a token is: "character", "byte", "subword" or "word".
    """

    vocabulary: int
    kind: str
    task: str = "generate"

    def refusal(self, method: ModuleType) -> str:
        """Return "": any model takes any text."""
        return ""

    def fit(
        self, method: ModuleType, known: Known, before: LanguageModel | None = None
    ) -> LanguageModel:
        """Fit a language model; one that was fitted before keeps the size that it chose."""
        documents, held_out = known
        if before is not None:
            return before.refitted(documents)
        model: LanguageModel = method.fit(
            documents, self.vocabulary, kind=self.kind, held_out=held_out
        )
        return model

    def predict(self, model: LanguageModel, asked: Ragged) -> Floats:
        """Return what a model says of each token, (tokens, 1 + EVIDENCE).

        Raises:
            ValueError: The answer has another shape, or values that are no such logarithms.
        """
        found = model.read(asked)
        is_valid = bool(np.isfinite(found).all() and (found[..., :1] <= 1e-9).all())
        shape = (len(asked.values), 1 + EVIDENCE)
        return check_answer(found, shape, is_valid, "what is no log-probability")
