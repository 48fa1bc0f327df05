"""Several models that read a text together: the average of what they expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.tasks.generate.gate import Gate
from seqtune.tasks.generate.inference import Floats, Reader
from seqtune.tasks.generate.simple_reader import SimpleReader

LEAST = 1e-300
"""A probability below it counts as this."""


@dataclass(frozen=True)
class BlendReader:
    """A weighted average of the probabilities of readers with one vocabulary.

    Args:
        readers: The models.
        weights: Of each; they sum to one.
        gate: Says how much the one simple method among them counts in each context; None where
            its weight says that.
    """

    readers: Sequence[Reader]
    weights: Sequence[float]
    gate: Gate | None = None

    @property
    def tokens(self) -> Tokenizer:
        """The vocabulary of all of them."""
        return self.readers[0].tokens

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        """Return the state of each reader before the first token of a document."""
        return tuple(reader.start(batch) for reader in self.readers)

    def advance(self, state: tuple[Any, ...], ids: npt.ArrayLike) -> tuple[Floats, tuple[Any, ...]]:
        """Read one more token of each text; see `Reader.advance`."""
        found, after = [], []
        for reader, own in zip(self.readers, state, strict=True):
            logits, following = reader.advance(own, ids)
            powers = np.exp(logits - logits.max(axis=1, keepdims=True))
            found.append(powers / powers.sum(axis=1, keepdims=True))
            after.append(following)
        weights = np.array(self.weights)[:, None]  # (readers, 1 or batch)
        if self.gate is not None:
            weights = self._gated(self.gate, found, after)
        total = sum(weight[:, None] * each for weight, each in zip(weights, found, strict=True))
        return np.log(np.maximum(total, LEAST)), tuple(after)

    def _gated(self, gate: Gate, found: Sequence[Floats], after: Sequence[Any]) -> Floats:
        """Return the weight of each reader for each text, (readers, batch)."""
        weights = np.array(self.weights)
        is_simple = np.array([isinstance(reader, SimpleReader) for reader in self.readers])
        alone = np.where(is_simple, 0.0, weights) / weights[~is_simple].sum()
        entropy = sum(
            weight * -(each * np.log(np.maximum(each, LEAST))).sum(axis=1)
            for weight, each in zip(alone, found, strict=True)
            if weight
        )
        (known,) = (own[1] for own, simple in zip(after, is_simple, strict=True) if simple)
        shares = gate.shares(np.column_stack([known, entropy]))
        return np.where(is_simple[:, None], shares, np.outer(alone, 1.0 - shares))
