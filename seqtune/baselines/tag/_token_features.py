"""Hand-made features of tokens: the words around a position and how they are spelled.

A feature is a number, and a position has one of each column at most: the word itself, its
neighbours up to two away, pairs of words, beginnings and endings, how it is written, and whether a
sentence begins or ends there.

Source:
    Ratnaparkhi 1996, "A maximum entropy model for part-of-speech tagging", EMNLP, table 1, without
    the tags before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from seqtune.baselines.method import Integers
from seqtune.baselines.tag._sequences import Sequences, bounds_of
from seqtune.baselines.tag._spelling import LONGEST, Numbering, different, shape

Mask = npt.NDArray[np.bool_]

BEYOND, NEW = -2, -1
"""Stand for a position beyond the end of a sentence, and for what training does not know."""

SPELLINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("shape", shape),
    *(
        (f"ending {length}", lambda token, length=length: token[-length:].lower())
        for length in (1, 2, 3, 4)
    ),
    *(
        (f"beginning {length}", lambda token, length=length: token[:length].lower())
        for length in (1, 2, 3)
    ),
)
SPELLED_NEIGHBOURS = ("shape", "ending 3")
REACH = 2


class TokenFeatures:
    """The features that training has at least twice, or the commonest of them.

    Args:
        sequences: What is learnt from.
        chosen: (positions,), whether each is learnt from.
        most: Features at most.
        causal: Whether features of later tokens are left out.
    """

    def __init__(self, sequences: Sequences, chosen: Mask, most: int, causal: bool) -> None:
        self.causal = causal
        types, _ = different(sequences.tokens)
        self.words = Numbering(token[:LONGEST].lower() for token in types)
        self.spellings = {name: Numbering(map(spell, types)) for name, spell in SPELLINGS}
        self.columns: list[Integers] = []
        columns = list(self._columns(sequences))
        counted = [np.unique(column[chosen], return_counts=True) for column in columns]
        least = _least_count([counts for _, counts in counted], most)
        for values, counts in counted:
            self.columns.append(values[(counts >= least) & (values != NEW)])
        self.starts = np.cumsum([0, *map(len, self.columns)])

    def __len__(self) -> int:
        return int(self.starts[-1])

    def of(self, sequences: Sequences) -> csr_matrix:
        """Return (positions, features) float64, 1 where a position has a feature."""
        positions, features = [], []
        for start, known, column in zip(
            self.starts.tolist(), self.columns, self._columns(sequences), strict=False
        ):
            if not len(known):
                continue
            place = np.minimum(np.searchsorted(known, column), len(known) - 1)
            has = np.flatnonzero(known[place] == column)
            positions.append(has)
            features.append(start + place[has])
        count = int(sequences.offsets[-1])
        where = (
            np.concatenate([np.empty(0, np.int64), *positions]),
            np.concatenate([np.empty(0, np.int64), *features]),
        )
        return csr_matrix((np.ones(len(where[0])), where), (count, len(self)))

    def _columns(self, sequences: Sequences) -> Iterator[Integers]:
        """Yield (positions,) the number of what each position has, -1 for what is not known."""
        types, codes = different(sequences.tokens)
        begin, end = bounds_of(sequences.offsets)
        place = np.arange(len(codes))

        def around(numbers: Integers, away: int) -> Integers:
            if not away:
                return numbers
            there = place + away
            inside = (there >= begin) & (there < end)
            return np.where(inside, numbers[np.clip(there, 0, len(numbers) - 1)], BEYOND)

        aways = range(-REACH, 1 if self.causal else REACH + 1)
        of_types = self.words.of(token[:LONGEST].lower() for token in types)
        words = {away: around(of_types[codes], away) for away in aways}
        yield from words.values()
        yield _pair(words[-1], words[0], len(self.words))
        if not self.causal:
            yield _pair(words[0], words[1], len(self.words))
        for name, spell in SPELLINGS:
            numbers = self.spellings[name].of(map(spell, types))[codes]
            yield numbers
            if name in SPELLED_NEIGHBOURS:
                yield around(numbers, -1)
                if not self.causal:
                    yield around(numbers, 1)


def _pair(first: Integers, second: Integers, count: int) -> Integers:
    """Return a number for each pair of two numbers, `NEW` where one of them is."""
    is_new = (first == NEW) | (second == NEW)
    return np.where(is_new, NEW, (first - BEYOND) * (count + 2) + second - BEYOND)


def _least_count(counts: Sequence[Integers], most: int) -> int:
    """Return how often a feature must be seen, so that no more than `most` are kept."""
    every = np.sort(np.concatenate(counts))[::-1]
    return max(2, int(every[most]) + 1 if len(every) > most else 2)
