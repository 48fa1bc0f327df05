"""What a simple language model offers."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class LanguageModel(Protocol):
    """Gives every token of the vocabulary a probability after any context.

    The probabilities sum to one over the vocabulary, and none is zero. No context reaches across
    the border of a document.
    """

    @property
    def detail(self) -> str:
        """What was chosen on held-out data, in few words; "" where nothing was."""

    @property
    def reach(self) -> int:
        """How many tokens before the next one matter at most."""

    def log_probabilities(self, documents: Ragged) -> Floats:
        """Return the natural logarithm of each token's probability, (tokens,) in their order.

        Args:
            documents: Token ids, one sequence per document; each from its beginning.
        """

    def next_probabilities(self, context: npt.ArrayLike) -> Floats:
        """Return the probability of each token to come next, (vocabulary,).

        Args:
            context: (tokens,) ids of the document so far, or the last `reach` of them at least;
                empty at the beginning of a document.
        """

    def refitted(self, documents: Ragged) -> LanguageModel:
        """Return the same model, with what was chosen on held-out data, fitted on other data."""
