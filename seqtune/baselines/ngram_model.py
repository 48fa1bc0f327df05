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
import numpy.typing as npt

from seqtune.baselines.method import Floats, Integers
from seqtune.baselines.ngram_counts import ABSENT, Counts, Stream, count, discounts, find
from seqtune.data.ragged import Ragged


@dataclass(frozen=True, eq=False)
class Level:
    """The n-grams of one order, ready to predict.

    Args:
        keys: (ngrams,) sorted.
        share: (ngrams,) discounted share of each in its context.
        rest: (contexts,) what is left in each context for the order below; 1 where nothing
            follows it.
    """

    keys: Integers
    share: Floats
    rest: Floats


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

    @property
    def reach(self) -> int:
        """How many tokens before the next one matter at most."""
        return len(self.levels) - 1

    def log_probabilities(self, documents: Ragged) -> Floats:
        """Return the natural logarithm of each token's probability, (tokens,)."""
        walk = Walk(documents, self.vocabulary)
        for level in self.levels:
            walk.climb(level)
        return walk.logarithms()

    def next_probabilities(self, context: npt.ArrayLike) -> Floats:
        """Return the probability of each token to come next, (vocabulary,)."""
        base = self.vocabulary + 1
        known = np.asarray(context, np.int64)
        if len(known) < len(self.levels):
            known = np.insert(known, 0, self.vocabulary)
        probabilities = np.full(self.vocabulary, 1.0 / self.vocabulary)
        for order, level in enumerate(self.levels, start=1):
            if len(known) < order - 1:
                break
            number = self._number(known[len(known) - order + 1 :])
            if number < 0:
                break
            first, last = np.searchsorted(level.keys, [number * base, number * base + base])
            tokens = level.keys[first:last] - number * base
            probabilities *= level.rest[number]
            is_token = tokens < self.vocabulary
            probabilities[tokens[is_token]] += level.share[first:last][is_token]
        return probabilities

    def beginnings(self, documents: int) -> Integers:
        """Return the state of documents of which nothing is known yet; see `extend`."""
        states = np.full((documents, len(self.levels)), ABSENT, np.int64)
        states[:, 0] = 0
        if len(self.levels) > 1:
            states[:, 1] = self._number(np.array([self.vocabulary]))
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
            found = find(level.keys, contexts * (self.vocabulary + 1) + tokens[known])
            probabilities[known] *= level.rest[contexts]
            is_there = found >= 0
            probabilities[known[is_there]] += level.share[found[is_there]]
            if order < len(self.levels):
                after[known, order] = found
        return probabilities, after

    def refitted(self, documents: Ragged) -> KneserNey:
        """Return a model of the same order, fitted on other documents."""
        return fit_order(documents, self.vocabulary, len(self.levels))

    def _number(self, tokens: Integers) -> int:
        """Return the number of an n-gram, -1 where training has none such; 0 for the empty one."""
        number = 0
        for level, token in zip(self.levels, tokens.tolist(), strict=False):
            key = number * (self.vocabulary + 1) + token
            number = int(find(level.keys, np.array([key]))[0])
            if number < 0:
                break
        return number


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
        level_of(counts, counts.continuations(longer), vocabulary)
        for counts, longer in pairwise(counted)
    ]
    return KneserNey([*levels, level_of(counted[-1], counted[-1].raw, vocabulary)], vocabulary)


def level_of(counts: Counts, adjusted: Integers, vocabulary: int) -> Level:
    """Turn counts into shares: discounted, and by context."""
    context = counts.keys // (vocabulary + 1)
    taken = np.concatenate([[0.0], discounts(adjusted)])[np.minimum(adjusted, 3)]
    total = np.bincount(context, adjusted, minlength=counts.contexts)
    left = np.bincount(context, taken, minlength=counts.contexts)
    is_followed = total > 0
    total = np.where(is_followed, total, 1.0)
    share = (adjusted - taken) / total[context]
    return Level(counts.keys, share, np.where(is_followed, left / total, 1.0))


class Walk:
    """The probability of every token of a text, from the shortest n-grams to the longest."""

    def __init__(self, documents: Ragged, vocabulary: int) -> None:
        self.stream = Stream.of(documents, vocabulary)
        self.base = vocabulary + 1
        self.order = 0
        self.numbers = np.zeros(len(self.stream.tokens), np.int64)
        self.probabilities = np.full(len(self.stream.tokens), 1.0 / vocabulary)

    def climb(self, level: Level) -> None:
        """Go on to the next order."""
        self.probabilities, self.numbers = self._next(level)
        self.order += 1

    def peek(self, level: Level) -> float:
        """Return the mean log-probability that the next order would give."""
        return float(self._logarithms(self._next(level)[0]).mean())

    def logarithms(self) -> Floats:
        """Return the natural logarithm of each token's probability, without the marks."""
        return self._logarithms(self.probabilities)

    def _logarithms(self, probabilities: Floats) -> Floats:
        logarithms: Floats = np.log(probabilities[self.stream.age > 0])
        return logarithms

    def _next(self, level: Level) -> tuple[Floats, Integers]:
        ends = self.stream.ends(self.order + 1)
        contexts = self.stream.contexts(self.order + 1, self.numbers, ends)
        is_known = contexts >= 0
        ends, contexts = ends[is_known], contexts[is_known]
        found = find(level.keys, contexts * self.base + self.stream.tokens[ends])
        probabilities = self.probabilities.copy()
        probabilities[ends] *= level.rest[contexts]
        is_there = found >= 0
        probabilities[ends[is_there]] += level.share[found[is_there]]
        numbers = np.full(len(self.stream.tokens), ABSENT, np.int64)
        numbers[ends] = found
        return probabilities, numbers
