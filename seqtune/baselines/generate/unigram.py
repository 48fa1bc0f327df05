"""Unigram: every token as often as in training, whatever stands before it.

The probability of a token is (count + 1) / (tokens + vocabulary), Laplace's rule of succession,
so that no token is impossible.

Source:
    Jurafsky & Martin, Speech and Language Processing, 3rd edition, section 3.6.1 (there "add-one").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seqtune.baselines.method import Floats
from seqtune.data.ragged import Ragged

ALWAYS = True


@dataclass(frozen=True, eq=False)
class Unigram:
    """The frequencies of tokens.

    Args:
        probabilities: (vocabulary,), sums to one.
    """

    probabilities: Floats
    detail: str = ""

    def read(self, documents: Ragged) -> Floats:
        """Return the natural logarithm of each token's probability, (tokens, 1 + EVIDENCE)."""
        known = self.expect(())[1]
        rows: Floats = np.tile(np.append(0.0, known), (len(documents.values), 1))
        rows[:, 0] = np.log(self.probabilities)[documents.values]
        return rows

    def start(self) -> tuple[()]:
        """Return (): nothing of a document matters."""
        return ()

    def follow(self, state: tuple[()], token: int) -> tuple[()]:
        """Return () again."""
        return ()

    def expect(self, state: tuple[()]) -> tuple[Floats, Floats]:
        """Return the probability of each token; what is known of every context is the same."""
        likeliest = float(np.log(self.probabilities.max()))
        return self.probabilities, np.array([likeliest, 0.0, np.log(len(self.probabilities))])

    def refitted(self, documents: Ragged) -> Unigram:
        """Return the frequencies of other data."""
        return _count(documents, len(self.probabilities))


def fit(
    documents: Ragged, vocabulary: int, *, kind: str = "", held_out: Ragged | None = None
) -> Unigram:
    """Count the tokens.

    Args:
        documents: Training tokens, ids from 0 to `vocabulary` - 1; may be empty.
        vocabulary: How many tokens there are, at least one.
        kind: Not used.
        held_out: Not used.
    """
    return _count(documents, vocabulary)


def _count(documents: Ragged, vocabulary: int) -> Unigram:
    counts = np.bincount(documents.values, minlength=vocabulary) + 1.0
    return Unigram(counts / counts.sum())
