"""Counts of n-grams, order by order, without a loop over tokens.

An n-gram is a number: its place among the sorted n-grams of its order. It is found by the key
`context * (vocabulary + 1) + token`, where `context` is the number of the (n-1)-gram before its
last token; so the n-grams that share a context stand side by side, and the keys of any order fit
64 bits.

Before each document stands one more token, `vocabulary`, which is never predicted: what begins a
document is known as such, and no n-gram reaches across a border.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.method import Floats, Integers
from seqtune.data.ragged import Ragged

ABSENT = -1
Steps = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Stream:
    """Documents one after the other, each after a token that only marks its beginning.

    Args:
        tokens: (steps,) ids.
        age: (steps,) steps since the beginning of the document; 0 at the mark itself.
    """

    tokens: Integers
    age: Integers

    @classmethod
    def of(cls, documents: Ragged, vocabulary: int) -> Stream:
        """Put the mark, id `vocabulary`, before each document."""
        starts = documents.offsets[:-1]
        tokens = np.insert(np.asarray(documents.values, np.int64), starts, vocabulary)
        begins = starts + np.arange(len(starts))  # places of the marks, in the longer array
        age = np.arange(len(tokens)) - np.repeat(begins, documents.lengths + 1)
        return cls(tokens, age)

    def ends(self, order: int) -> Steps:
        """Return the steps at which an n-gram of an order ends, that lies in one document."""
        return np.flatnonzero(self.age >= order - 1)

    def contexts(self, order: int, shorter: Integers, ends: Steps) -> Integers:
        """Return the numbers of the contexts of the n-grams that end at some steps.

        Args:
            order: Length of the n-grams.
            shorter: (steps,) number of the n-gram one token shorter that ends at each step.
            ends: (ends,) the steps.

        Returns:
            (ends,), 0 for the empty context of single tokens, -1 where it has no number.
        """
        return np.zeros(len(ends), np.int64) if order == 1 else shorter[ends - 1]


@dataclass(frozen=True, eq=False)
class Counts:
    """All n-grams of one order.

    Args:
        keys: (ngrams,) sorted.
        contexts: How many n-grams one token shorter there are, which may be contexts.
        raw: (ngrams,) how often each stands in the text; 0 for the mark alone.
        suffix: (ngrams,) the number of each without its first token, one order below.
        begins: (ngrams,) whether it begins with the mark.
    """

    keys: Integers
    contexts: int
    raw: Integers
    suffix: Integers
    begins: npt.NDArray[np.bool_]

    def continuations(self, longer: Counts) -> Integers:
        """Return in how many ways each can be continued to the left, (ngrams,).

        What begins a document has nothing to its left, and keeps its raw count.

        Source:
            Chen & Goodman 1999, equation 4 of section 2.7, as Heafield et al. 2013 (KenLM)
            adjust counts at a sentence's beginning.
        """
        left = np.bincount(longer.suffix, minlength=len(self.keys))
        return np.where(self.begins, self.raw, left)


def count(stream: Stream, vocabulary: int, most: int) -> Iterator[Counts]:
    """Yield the counts of order 1, 2, … up to `most`.

    Args:
        stream: The training text.
        vocabulary: Tokens without the mark.
        most: The longest n-grams that are counted.
    """
    base = vocabulary + 1
    numbers = np.zeros(len(stream.tokens), np.int64)
    contexts = 1
    for order in range(1, most + 1):
        ends = stream.ends(order)
        found = stream.contexts(order, numbers, ends) * base + stream.tokens[ends]
        keys, first, inverse, raw = np.unique(
            found, return_index=True, return_inverse=True, return_counts=True
        )
        is_mark = (keys == vocabulary) if order == 1 else np.zeros(len(keys), np.bool_)
        yield Counts(
            keys=keys,
            contexts=contexts,
            raw=np.where(is_mark, 0, raw),
            suffix=numbers[ends[first]],
            begins=stream.age[ends[first]] == order - 1,
        )
        numbers = np.full(len(stream.tokens), ABSENT, np.int64)
        numbers[ends] = inverse
        contexts = len(keys)


def find(keys: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> Integers:
    """Return the place of each wanted key among sorted keys, -1 where it is not there."""
    if not len(keys):
        return np.full(len(wanted), ABSENT, np.int64)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place, ABSENT)


def discounts(counts: Integers) -> Floats:
    """Return what is taken from counts of 1, of 2, and of 3 or more, (3,), each above 0.

    Where the counts of counts are too few for three discounts, one takes their place
    (n1 / (n1 + 2 n2)); where there is not even that, 1/2, 1 and 3/2.

    Source:
        Chen & Goodman 1999, "An empirical study of smoothing techniques for language modeling",
        Computer Speech & Language 13, equation 26; the single discount is Ney et al. 1994.
    """
    once, twice, thrice, four = (int((counts == number).sum()) for number in (1, 2, 3, 4))
    if not once or not twice:
        return np.array([0.5, 1.0, 1.5])
    single = once / (once + 2 * twice)
    if thrice and four:
        three = np.array(
            [
                1 - 2 * single * twice / once,
                2 - 3 * single * thrice / twice,
                3 - 4 * single * four / thrice,
            ]
        )
        if (three > 0).all():
            return three
    return np.full(3, single)
