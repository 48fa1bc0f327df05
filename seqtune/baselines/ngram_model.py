"""Interpolated Kneser-Ney over tokens of any kind.

After a context h of n-1 tokens, a token w has the probability

    p_n(w | h) = max(a(hw) - D, 0) / sum_v a(hv) + g(h) p_{n-1}(w | h without its first token)

down to p_0 = 1 / vocabulary. At the longest order, a counts how often hw stands in the text; below
it, after how many different tokens hw stands, since it is asked only where the longer context was
not enough. D is one of three discounts by a(hw) = 1, 2, or 3 and more, and g(h) is what was taken.

Source:
    Chen & Goodman 1999, "An empirical study of smoothing techniques for language modeling",
    Computer Speech & Language 13, section 3 (modified Kneser-Ney, interpolated).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from seqtune.baselines.method import Floats, Integers
from seqtune.baselines.ngram_counts import ABSENT, Counts, Stream, count
from seqtune.baselines.ngram_level import LEAST, Level
from seqtune.baselines.ngram_walk import Walk
from seqtune.data.ragged import Ragged

State = tuple[int, ...]
"""What matters of a document so far: the number of the n-gram of length 0, 1, … at its end."""


@dataclass(frozen=True, eq=False)
class KneserNey:
    """A fitted model.

    Args:
        levels: From order 1 up.
        vocabulary: How many tokens there are.
    """

    levels: Sequence[Level]
    vocabulary: int

    @property
    def detail(self) -> str:
        """The longest n-grams, which were chosen on held-out data."""
        return f"order {len(self.levels)}"

    def log_probabilities(self, documents: Ragged) -> Floats:
        """Return the natural logarithm of each token's probability, (tokens,)."""
        return self._walked(documents).logarithms()

    def read(self, documents: Ragged) -> Floats:
        """Return what is said of each token; see `LanguageModel.read`."""
        walk = self._walked(documents)
        return np.column_stack([walk.logarithms(), walk.evidence(self.levels)])

    def _walked(self, documents: Ragged) -> Walk:
        walk = Walk(documents, self.vocabulary)
        for level in self.levels:
            walk.climb(level)
        return walk

    def start(self) -> State:
        """Return the state of a document of which nothing is known yet; see `follow`."""
        return tuple(self.beginnings(1)[0].tolist())

    def follow(self, state: State, token: int) -> State:
        """Return the state after one more token of a document.

        Args:
            state: The number of the n-gram of length 0, 1, … at its end, -1 where training has
                none such.
            token: What comes next.
        """
        after = [0]
        for level, context in zip(self.levels[:-1], state, strict=False):
            after.append(level.number(context, token) if context >= 0 else ABSENT)
        return tuple(after)

    def expect(self, state: State) -> tuple[Floats, Floats]:
        """Return what comes next, and what is known of the context; see `LanguageModel.expect`."""
        probabilities = np.full(self.vocabulary + 1, 1.0 / self.vocabulary)
        likeliest, rest, kinds = 0, 1.0, 0
        for level, context in zip(self.levels, state, strict=True):
            if context < 0:
                continue
            tokens, counts = level.followers(context)
            total = counts.sum()
            if total:
                taken = level.taken[np.minimum(counts, 3)]
                rest, kinds = taken.sum() / total, len(tokens)
                likeliest = tokens[counts.argmax()]
                probabilities *= rest
                probabilities[tokens] += (counts - taken) / total
        known = np.log([probabilities[likeliest], max(rest, LEAST), max(kinds, 1)])
        return probabilities[: self.vocabulary], known

    def beginnings(self, documents: int) -> Integers:
        """Return the state of documents of which nothing is known yet; see `extend`."""
        states = np.full((documents, len(self.levels)), ABSENT, np.int64)
        states[:, 0] = 0
        if len(self.levels) > 1:
            states[:, 1] = self.levels[0].number(0, self.vocabulary)
        return states

    def extend(self, states: Integers, tokens: Integers) -> tuple[Floats, Integers]:
        """Put one token at the end of many documents.

        Args:
            states: (documents, order) what matters of each document so far: the number of the
                n-gram of length 0, 1, … at its end, -1 where training has none such.
            tokens: (documents,) the next token of each.

        Returns:
            The probability of each token, (documents,), and the states with it.
        """
        probabilities = np.full(len(tokens), 1.0 / self.vocabulary)
        after = np.full(states.shape, ABSENT, np.int64)
        after[:, 0] = 0
        for order, level in enumerate(self.levels, start=1):
            known = np.flatnonzero(states[:, order - 1] >= 0)
            contexts = states[known, order - 1]
            found = level.find(contexts, tokens[known])
            probabilities[known] *= level.rest[contexts]
            is_there = found >= 0
            probabilities[known[is_there]] += level.shares(found[is_there], contexts[is_there])
            if order < len(self.levels):
                after[known, order] = found
        return probabilities, after

    def refitted(self, documents: Ragged) -> KneserNey:
        """Return a model of the same order, fitted on other documents."""
        return fit_order(documents, self.vocabulary, len(self.levels))


def fit_order(documents: Ragged, vocabulary: int, order: int) -> KneserNey:
    """Fit a model of n-grams up to a length.

    Args:
        documents: Training tokens, ids from 0 to `vocabulary` - 1; may be empty.
        vocabulary: How many tokens there are, at least one.
        order: The longest n-grams, at least 1.
    """
    return model_of(count_orders(documents, vocabulary, order), vocabulary)


def count_orders(documents: Ragged, vocabulary: int, order: int) -> list[Counts]:
    """Count the n-grams of every length up to one, from the shortest."""
    return list(count(Stream.of(documents, vocabulary), vocabulary, order))


def model_of(counted: Sequence[Counts], vocabulary: int) -> KneserNey:
    """Make a model of all n-grams counted, from order 1 up."""
    levels = [
        Level.of(counts, counts.continuations(longer), vocabulary)
        for counts, longer in pairwise(counted)
    ]
    return KneserNey([*levels, Level.of(counted[-1], counted[-1].raw, vocabulary)], vocabulary)
