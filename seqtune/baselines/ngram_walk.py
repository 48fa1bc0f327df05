"""The probability of every token of a text by n-grams: order by order, with no loop over tokens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.baselines.method import Floats, Integers
from seqtune.baselines.ngram_counts import ABSENT, Steps, Stream
from seqtune.baselines.ngram_level import LEAST, Level
from seqtune.data.ragged import Ragged


class Walk:
    """The probability of every token of a text, from the shortest n-grams to the longest."""

    def __init__(self, documents: Ragged, vocabulary: int) -> None:
        self.stream = Stream.of(documents, vocabulary)
        self.order = 0
        self.numbers = np.zeros(len(self.stream.tokens), np.int64)
        self.vocabulary = vocabulary
        self.probabilities = np.full(len(self.stream.tokens), 1.0 / vocabulary)
        self.contexts: list[tuple[Steps, Integers]] = []

    def climb(self, level: Level) -> None:
        """Go on to the next order."""
        self.contexts.append(self._known())
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

    def evidence(self, levels: Sequence[Level]) -> Floats:
        """Return what is known of each token's context, (tokens, EVIDENCE), without the marks.

        Args:
            levels: Those that were climbed.
        """
        steps = len(self.stream.tokens)
        likeliest, rest, kinds = np.zeros(steps, np.int64), np.ones(steps), np.ones(steps)
        for level, (ends, contexts) in zip(levels, self.contexts, strict=True):
            is_followed = level.totals[contexts] > 0
            ends, contexts = ends[is_followed], contexts[is_followed]
            likeliest[ends] = level.likeliest[contexts]
            rest[ends], kinds[ends] = level.rest[contexts], level.kinds[contexts]
        expected = np.full(steps, 1.0 / self.vocabulary)
        for level, (ends, contexts) in zip(levels, self.contexts, strict=True):
            _add(expected, level, ends, contexts, level.find(contexts, likeliest[ends]))
        known = np.stack([expected, np.maximum(rest, LEAST), np.maximum(kinds, 1)], axis=1)
        logarithms: Floats = np.log(known[self.stream.age > 0])
        return logarithms

    def _known(self) -> tuple[Steps, Integers]:
        """Return the steps whose context of the next order training has, and its number."""
        ends = self.stream.ends(self.order + 1)
        contexts = self.stream.contexts(self.order + 1, self.numbers, ends)
        is_known = contexts >= 0
        return ends[is_known], contexts[is_known]

    def _next(self, level: Level) -> tuple[Floats, Integers]:
        ends, contexts = self._known()
        found = level.find(contexts, self.stream.tokens[ends])
        probabilities = self.probabilities.copy()
        _add(probabilities, level, ends, contexts, found)
        numbers = np.full(len(self.stream.tokens), ABSENT, np.int64)
        numbers[ends] = found
        return probabilities, numbers


def _add(
    probabilities: Floats, level: Level, ends: Steps, contexts: Integers, found: Integers
) -> None:
    """Go on to longer contexts, in place.

    Args:
        probabilities: (steps,) of a token at each, by contexts that are shorter.
        level: The n-grams.
        ends: (known,) steps whose context training has.
        contexts: (known,) its number.
        found: (known,) the number of the n-gram that the token ends, -1 where there is none.
    """
    probabilities[ends] *= level.rest[contexts]
    is_there = found >= 0
    probabilities[ends[is_there]] += level.shares(found[is_there], contexts[is_there])
