"""Several models that read a text together: the average of what they expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.tasks.generate.inference import Floats, Reader

LEAST = 1e-300
"""A probability below it counts as this."""


@dataclass(frozen=True)
class BlendReader:
    """A weighted average of the probabilities of readers with one vocabulary.

    Args:
        readers: The models.
        weights: Of each; they sum to one.
    """

    readers: Sequence[Reader]
    weights: Sequence[float]

    @property
    def tokens(self) -> Tokenizer:
        """The vocabulary of all of them."""
        return self.readers[0].tokens

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        """Return the state of each reader before the first token of a document."""
        return tuple(reader.start(batch) for reader in self.readers)

    def advance(self, state: tuple[Any, ...], ids: npt.ArrayLike) -> tuple[Floats, tuple[Any, ...]]:
        """Read one more token of each text; see `Reader.advance`."""
        total: Any = 0.0
        after = []
        for reader, weight, own in zip(self.readers, self.weights, state, strict=True):
            logits, following = reader.advance(own, ids)
            powers = np.exp(logits - logits.max(axis=1, keepdims=True))
            total = total + weight * powers / powers.sum(axis=1, keepdims=True)
            after.append(following)
        return np.log(np.maximum(total, LEAST)), tuple(after)

    def score(self, ids: npt.ArrayLike) -> Floats:
        """Return the log-probability of every token of a document; see `Reader.score`."""
        return blended([reader.score(ids) for reader in self.readers], self.weights)


def blended(chances: Sequence[Floats], weights: Sequence[float]) -> Floats:
    """Return the logarithm of the average of probabilities that are given as logarithms.

    Example:
        >>> blended([np.log([0.2]), np.log([0.6])], [0.5, 0.5]).round(4) == np.log([0.4]).round(4)
        array([ True])
    """
    scaled = [each + np.log(weight) for each, weight in zip(chances, weights, strict=True)]
    found: Floats = np.logaddexp.reduce(scaled, axis=0)
    return found
