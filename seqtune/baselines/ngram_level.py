"""The n-grams of one order as a model keeps them: sorted keys, and how often each counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.method import Floats, Integers
from seqtune.baselines.ngram_counts import ABSENT, Counts, discounts, find

Unsigned = npt.NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, eq=False)
class Level:
    """The n-grams of one order, in as few bytes as they take: all that is kept of a model.

    Args:
        keys: (ngrams,) sorted.
        counts: (ngrams,) how often each counts (a, in the equation).
        contexts: How many n-grams one token shorter there are, which may be contexts.
        taken: (4,) what is taken from a count of 0, 1, 2, or 3 and more.
        base: Tokens of the vocabulary, the mark included.
    """

    keys: Unsigned
    counts: Unsigned
    contexts: int
    taken: Floats
    base: int

    @classmethod
    def of(cls, counts: Counts, adjusted: Integers, vocabulary: int) -> Level:
        """Keep counts, each in the smallest type that has room for it."""
        base = vocabulary + 1
        return cls(
            counts.keys.astype(key_type(counts.contexts, base)),
            adjusted.astype(np.min_scalar_type(int(adjusted.max(initial=0)))),
            counts.contexts,
            np.concatenate([[0.0], discounts(adjusted)]),
            base,
        )

    def find(self, contexts: Integers, tokens: Integers) -> Integers:
        """Return the numbers of n-grams by context and last token, -1 where there is none."""
        wanted = contexts * self.base + tokens
        return find(self.keys, wanted.astype(self.keys.dtype))

    def number(self, context: int, token: int) -> int:
        """Return the number of one n-gram, -1 where there is none."""
        key = self.keys.dtype.type(context * self.base + token)
        place = int(self.keys.searchsorted(key))
        return place if place < len(self.keys) and self.keys[place] == key else ABSENT

    def followers(self, context: int) -> tuple[Integers, Integers]:
        """Return the tokens that stand behind one context, and how often each counts."""
        begin = context * self.base
        bounds = np.array([begin, begin + self.base], self.keys.dtype)
        first, last = self.keys.searchsorted(bounds).tolist()
        tokens = self.keys[first:last].astype(np.int64) - begin
        return tokens, self.counts[first:last].astype(np.int64)

    def shares(self, numbers: Integers, contexts: Integers) -> Floats:
        """Return the discounted share of n-grams in their contexts."""
        counts = self.counts[numbers]
        shares: Floats = counts - self.taken[np.minimum(counts, 3)]
        shares /= np.maximum(self.totals[contexts], 1)
        return shares

    @cached_property
    def totals(self) -> Floats:
        """(contexts,) the sum of the counts of what follows each."""
        return np.bincount(self._context, self.counts, minlength=self.contexts).astype(np.float64)

    @cached_property
    def rest(self) -> Floats:
        """(contexts,) what is left in each for the order below; 1 where nothing follows it."""
        left = np.bincount(
            self._context, self.taken[np.minimum(self.counts, 3)], minlength=self.contexts
        )
        return np.where(self.totals > 0, left / np.maximum(self.totals, 1), 1.0)

    @cached_property
    def kinds(self) -> Integers:
        """(contexts,) how many different tokens stand behind each."""
        return np.bincount(self._context, minlength=self.contexts)

    @cached_property
    def likeliest(self) -> Integers:
        """(contexts,) what stands behind each most often, the first of equals; 0 for nothing."""
        context = self._context
        tokens = self.keys.astype(np.int64) - context * self.base
        order = self.counts.astype(np.int64) * self.base + (self.base - 1 - tokens)
        best = np.full(self.contexts, self.base - 1)
        np.maximum.at(best, context, order)
        return self.base - 1 - best % self.base

    @property
    def _context(self) -> Integers:
        return (self.keys // self.keys.dtype.type(self.base)).astype(np.int64)


LEAST = 1e-3
"""A share that is left to shorter contexts counts as this at least."""


def key_type(contexts: int, base: int) -> np.dtype[Any]:
    """Return the smaller of two types that has room for every key."""
    return np.dtype(np.uint32 if contexts * base < 2**32 else np.uint64)
