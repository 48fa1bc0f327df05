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
from seqtune.tasks.generate.recent import Recent
from seqtune.tasks.generate.simple_reader import SimpleReader

LEAST = 1e-300
"""A probability below it counts as this."""


@dataclass(frozen=True)
class BlendReader:
    """A weighted average of the probabilities of readers with one vocabulary.

    Args:
        readers: The models.
        weights: Of each; they sum to one.
        gate: Says how much the one simple method among them counts in each context, and what came
            lately; None where its weight says that, and nothing is remembered.
    """

    readers: Sequence[Reader]
    weights: Sequence[float]
    gate: Gate | None = None

    @property
    def tokens(self) -> Tokenizer:
        """The vocabulary of all of them."""
        return self.readers[0].tokens

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        """Return the state of each reader before the first token, and what came lately."""
        return (*(reader.start(batch) for reader in self.readers), [Recent.start()] * batch)

    def before_writing(self, state: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return a state that remembers what was read so far; see `Remembers`."""
        *states, lately = state
        return (*states, [each.closed() for each in lately])

    def advance(self, state: tuple[Any, ...], ids: npt.ArrayLike) -> tuple[Floats, tuple[Any, ...]]:
        """Read one more token of each text; see `Reader.advance`."""
        *states, lately = state
        found, after = [], []
        for reader, own in zip(self.readers, states, strict=True):
            logits, following = reader.advance(own, ids)
            powers = np.exp(logits - logits.max(axis=1, keepdims=True))
            found.append(powers / powers.sum(axis=1, keepdims=True))
            after.append(following)
        if self.gate is not None and self.gate.recent is not None:
            tokens = np.asarray(ids, np.int64).tolist()
            lately = [own.follow(token) for own, token in zip(lately, tokens, strict=True)]
        if self.gate is None:
            total = sum(share * each for share, each in zip(self.weights, found, strict=True))
        else:
            total = self._gated(self.gate, found, after, lately)
        return np.log(np.maximum(total, LEAST)), (*after, lately)

    def _gated(
        self, gate: Gate, found: Sequence[Floats], after: Sequence[Any], lately: Sequence[Recent]
    ) -> Floats:
        """Return the probability of each token of the vocabulary, (batch, vocabulary)."""
        simple = next(n for n, each in enumerate(self.readers) if isinstance(each, SimpleReader))
        rest = 1.0 - self.weights[simple]
        networks, entropy = np.zeros_like(found[0]), np.zeros(len(found[0]))
        for number, (weight, each) in enumerate(zip(self.weights, found, strict=True)):
            if number != simple:
                networks += weight / rest * each
                logarithms = np.log(np.maximum(each, LEAST))
                entropy -= weight / rest * (each * logarithms).sum(axis=1)
        known = np.column_stack([after[simple][1], entropy])
        recent = np.stack([each.probabilities(found[0].shape[1]) for each in lately])
        matches = np.array([float(each.longest) for each in lately])
        weights = np.full(len(known), self.weights[simple])
        return gate.join(known, weights, (found[simple], networks, recent), matches)
