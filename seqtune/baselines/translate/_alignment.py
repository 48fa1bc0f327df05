"""Which symbols of a target come of which of its source, learnt without examples.

A pair is cut into chunks from left to right: one symbol of the source with none, one, two or more
of the target. With p(c) the probability of a chunk, a way to cut has the probability `prod p(c)`.
Expectation maximisation finds p: each pair divides one count per symbol of its source over its
ways to cut, and the counts of the chunks, by their total, are the next p. At first all ways to cut
a pair are equally likely.

The best way is that with the highest `prod p(c)^m`, m the symbols of the target, at least 1: else
long chunks, which leave the other symbols nothing to be explained, would win.

Source:
    Jiampojamarn, Kondrak and Sherif 2007, "Applying many-to-many alignments and hidden Markov
    models to letter-to-phoneme conversion", NAACL, algorithms 1 and 2. Chunks of two symbols of
    the source, which are allowed there, are worse here: they cost 0.5 to 1 points of the words of
    French, Dutch and Korean (SIGMORPHON 2021), those of two with two 1 to 3. The exponent is that
    of Phonetisaurus: Novak, Minematsu and Hirose 2016, "Phonetisaurus: exploring
    grapheme-to-phoneme conversion with joint n-gram models in the WFST framework", Natural
    Language Engineering 22(6), section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from seqtune.baselines.method import Floats, Integers

ROUNDS = 10

BUCKET = 500
"""Pairs of like length whose tables are computed together."""

Symbols = Sequence[int]
Chunk = tuple[int, tuple[int, ...]]
"""A symbol of the source, and the symbols of the target that come of it."""


def align(
    sources: Sequence[Symbols], targets: Sequence[Symbols], longest: int = 2
) -> list[list[Chunk]]:
    """Cut every pair into chunks.

    Args:
        sources: Numbers from 0, one sequence per pair.
        targets: Numbers from 0, one sequence per pair, of at most `longest` symbols by each symbol
            of the source.
        longest: Symbols of the target in a chunk at most.

    Returns:
        The chunks of each pair from left to right.

    Example:
        >>> align([[0, 1], [0], [1]], [[7, 8, 9], [7], [8, 9]])[0]
        [(0, (7,)), (1, (8, 9))]
    """
    order = sorted(range(len(sources)), key=lambda pair: (len(sources[pair]), len(targets[pair])))
    places = [order[start : start + BUCKET] for start in range(0, len(order), BUCKET)]
    buckets = [
        _Bucket.of([sources[one] for one in those], [targets[one] for one in those])
        for those in places
    ]
    symbols = _number(buckets, longest)
    likely = np.ones(len(symbols))
    for _ in range(ROUNDS):
        counts = sum((bucket.count(likely) for bucket in buckets), np.zeros(len(likely)))
        likely = counts / counts.sum()
    with np.errstate(divide="ignore"):
        weights = np.log(likely) * np.maximum(symbols, 1)
    found: list[list[Chunk]] = [[] for _ in sources]
    for those, bucket in zip(places, buckets, strict=True):
        for pair, path in zip(those, bucket.best(weights), strict=True):
            found[pair] = path
    return found


@dataclass(eq=False)
class _Bucket:
    """Pairs padded to one length.

    Args:
        source: (pairs, source steps) int64, padded with -1.
        target: (pairs, target steps) int64, padded with -1.
        sizes: (pairs, 2) steps of both.
        arcs: By symbols of the target: (pairs, source steps, target steps + 1 - symbols), int32,
            the number of the chunk that begins there; -1 where none fits in.
    """

    source: Integers
    target: Integers
    sizes: Integers
    arcs: list[npt.NDArray[np.int32]] = field(default_factory=list)

    @classmethod
    def of(cls, sources: Sequence[Symbols], targets: Sequence[Symbols]) -> _Bucket:
        sizes = np.array([*zip(map(len, sources), map(len, targets), strict=True)], np.int64)
        return cls(_padded(sources), _padded(targets), sizes)

    def count(self, likely: Floats) -> Floats:
        """Return how often each chunk is expected in all pairs together.

        Args:
            likely: (chunks,).
        """
        weights = np.append(likely, 0.0)  # the last is what -1 gets
        before, after = self._forward(weights), self._backward(weights)
        each = [
            before[:, :-1, : arcs.shape[2]] * after[:, 1:, symbols:] * weights[arcs]
            for symbols, arcs in enumerate(self.arcs)
        ]
        # every way to cut has one chunk at each symbol of the source
        total = np.sum([part.sum(axis=2) for part in each], axis=0)
        share = np.divide(1.0, total, out=np.zeros(total.shape), where=total > 0)[..., None]
        counts = np.zeros(len(likely))
        for part, arcs in zip(each, self.arcs, strict=True):
            fits = arcs >= 0
            counts += np.bincount(arcs[fits], (part * share)[fits], minlength=len(counts))
        return counts

    def _forward(self, weights: Floats) -> Floats:
        """Return the probability of all ways to each place, (pairs, source + 1, target + 1).

        The places of each step sum to one, so that long pairs do not vanish.
        """
        table = self._table()
        table[:, 0, 0] = 1.0
        for step in range(1, table.shape[1]):
            for symbols, arcs in enumerate(self.arcs):
                came = table[:, step - 1, : arcs.shape[2]]
                table[:, step, symbols:] += came * weights[arcs[:, step - 1]]
            _scale(table[:, step])
        return table

    def _backward(self, weights: Floats) -> Floats:
        """Return the probability of all ways from each place to the end, in the same shape."""
        table = self._table()
        table[np.arange(len(table)), self.sizes[:, 0], self.sizes[:, 1]] = 1.0
        for step in range(table.shape[1] - 2, -1, -1):
            for symbols, arcs in enumerate(self.arcs):
                goes = table[:, step + 1, symbols:]
                table[:, step, : arcs.shape[2]] += goes * weights[arcs[:, step]]
            _scale(table[:, step])
        return table

    def best(self, weights: Floats) -> list[list[Chunk]]:
        """Return the chunks of each pair with the highest sum of weights (Viterbi)."""
        weights = np.append(weights, -np.inf)
        table = self._table() - np.inf
        table[:, 0, 0] = 0.0
        last = np.zeros(table.shape, np.int64)  # symbols of the last chunk
        for step in range(1, table.shape[1]):
            for symbols, arcs in enumerate(self.arcs):
                way = table[:, step - 1, : arcs.shape[2]] + weights[arcs[:, step - 1]]
                better = way > table[:, step, symbols:]
                table[:, step, symbols:][better] = way[better]
                last[:, step, symbols:][better] = symbols
        return [self._back(pair, last[pair]) for pair in range(len(table))]

    def _back(self, pair: int, last: Integers) -> list[Chunk]:
        source, target = self.source[pair].tolist(), self.target[pair].tolist()
        step, end = self.sizes[pair].tolist()
        chunks = []
        for here in range(step, 0, -1):
            begin = end - int(last[here, end])
            chunks.append((source[here - 1], tuple(target[begin:end])))
            end = begin
        return chunks[::-1]

    def _table(self) -> Floats:
        return np.zeros((len(self.source), self.source.shape[1] + 1, self.target.shape[1] + 1))


def _number(buckets: Sequence[_Bucket], longest: int) -> Integers:
    """Number all chunks that fit into any pair, and return the symbols of the target of each."""
    base = max(int(bucket.target.max(initial=0)) for bucket in buckets) + 1
    end, symbols = 0, []
    for length in range(longest + 1):
        runs = _number_runs([bucket.target for bucket in buckets], length, base)
        count = max(int(run.max(initial=-1)) for run in runs) + 1
        keys = [
            np.where(
                (bucket.source >= 0)[:, :, None] & (run >= 0)[:, None, :],
                bucket.source[:, :, None] * count + run[:, None, :],
                -1,
            )
            for bucket, run in zip(buckets, runs, strict=True)
        ]
        known, numbers = _numbered(keys)
        for bucket, each in zip(buckets, numbers, strict=True):
            bucket.arcs.append(np.where(each >= 0, each + end, -1).astype(np.int32))
        symbols.append(np.full(known, length, np.int64))
        end += known
    return np.concatenate(symbols)


def _number_runs(targets: Sequence[Integers], length: int, base: int) -> list[Integers]:
    """Number the runs of a length from each step on, -1 where one is not whole.

    The empty run stands at every step of a target, and at its end.
    """
    ends = [(target >= 0).sum(axis=1)[:, None] for target in targets]
    runs = [
        np.where(np.arange(target.shape[1] + 1) <= end, 0, -1)
        for target, end in zip(targets, ends, strict=True)
    ]
    for size in range(1, length + 1):
        longer = []
        for target, run in zip(targets, runs, strict=True):
            each = target[:, size - 1 :]
            shorter = run[:, : each.shape[1]]
            longer.append(np.where((each >= 0) & (shorter >= 0), shorter * base + each, -1))
        runs = _numbered(longer)[1]
    return runs


def _numbered(keys: Sequence[Integers]) -> tuple[int, list[Integers]]:
    """Return how many distinct keys of 0 or more there are, and the number of each; -1 stays."""
    known = np.unique(np.concatenate([key.ravel() for key in keys]))
    known = known[known >= 0]
    return len(known), [np.where(key >= 0, np.searchsorted(known, key), -1) for key in keys]


def _padded(sequences: Sequence[Symbols]) -> Integers:
    padded = np.full((len(sequences), max(map(len, sequences))), -1, np.int64)
    for row, sequence in enumerate(sequences):
        padded[row, : len(sequence)] = sequence
    return padded


def _scale(places: Floats) -> None:
    """Let the places of each pair, (pairs, places), sum to one, where they are not all zero."""
    total = places.sum(axis=1, keepdims=True)
    places /= np.where(total > 0, total, 1.0)
