"""The most likely chunks of many sources at once, by a beam over an n-gram model of chunks.

Symbol by symbol of the source, each of the best ways so far is continued by all chunks of the next
symbol. Ways that end in the same target are added up: the score of an answer is its probability
among all that were found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log

import numpy as np

from seqtune.baselines.method import Floats, Integers
from seqtune.baselines.ngram_model import KneserNey
from seqtune.data.ragged import Ragged

Symbols = tuple[int, ...]

BLOCK = 500
"""Sources that are decoded at once."""

MAX_BEHIND = 12.0
"""A way whose log-probability lies so far behind the best of its source is given up."""


@dataclass(frozen=True, eq=False)
class _Ways:
    """Ways to cut the first symbols of sources.

    Args:
        source: (ways,) row of the source.
        state: (ways, order) of the model.
        score: (ways,) log-probability.
        path: (ways, steps) the chunks.
    """

    source: Integers
    state: Integers
    score: Floats
    path: Integers

    @classmethod
    def of(cls, sources: int, model: KneserNey) -> _Ways:
        """Return one way for each source, without a chunk yet."""
        state = model.beginnings(sources)
        return cls(np.arange(sources), state, np.zeros(sources), np.empty((sources, 0), np.int64))

    def take(self, rows: Integers) -> _Ways:
        return _Ways(self.source[rows], self.state[rows], self.score[rows], self.path[rows])

    def extend(self, chunks: Integers, model: KneserNey) -> _Ways:
        """Put one chunk at the end of each."""
        probabilities, state = model.extend(self.state, chunks)
        path = np.concatenate([self.path, chunks[:, None]], axis=1)
        return _Ways(self.source, state, self.score + np.log(probabilities), path)


@dataclass(frozen=True, eq=False)
class ChunkDecoder:
    """Finds targets for sources.

    Args:
        model: Of chunks, numbered; the last one is the end of a source.
        targets: The symbols of the target of each chunk.
        chunks: The chunks of each symbol of the source, at least one each.
        beam: How many ways of each source are followed.
    """

    model: KneserNey
    targets: Sequence[Symbols]
    chunks: Ragged
    beam: int

    def decode(self, sources: Sequence[Sequence[int]]) -> list[tuple[Symbols, float]]:
        """Return the best target of each source, and its log-probability."""
        order = sorted(range(len(sources)), key=lambda row: len(sources[row]))
        found: list[tuple[Symbols, float]] = [((), 0.0)] * len(sources)
        for start in range(0, len(order), BLOCK):
            rows = order[start : start + BLOCK]
            answers = self._decode_block([sources[row] for row in rows])
            for row, answer in zip(rows, answers, strict=True):
                found[row] = answer
        return found

    def _decode_block(self, sources: Sequence[Sequence[int]]) -> list[tuple[Symbols, float]]:
        symbols, sizes = Ragged.from_list(sources).take(np.arange(len(sources)))
        ways = _Ways.of(len(sources), self.model)
        answers: list[tuple[Symbols, float]] = [((), 0.0)] * len(sources)
        for step in range(symbols.shape[1] + 1):
            is_end = sizes[ways.source] == step
            ended = ways.take(np.flatnonzero(is_end))
            last = np.full(len(ended.source), self.model.vocabulary - 1)
            self._answer(ended.extend(last, self.model), answers)
            going = np.flatnonzero(~is_end)
            if len(going):
                chunks, each = self._continued(symbols[ways.source[going], step])
                ways = ways.take(going[each]).extend(chunks, self.model)
                ways = ways.take(self._best(ways, len(sources)))
        return answers

    def _continued(self, symbols: Integers) -> tuple[Integers, Integers]:
        """Return all chunks of each symbol one after the other, and the row of each."""
        first = self.chunks.offsets[symbols]
        counts = self.chunks.offsets[symbols + 1] - first
        row = np.repeat(np.arange(len(symbols)), counts)
        place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self.chunks.values[first[row] + place].astype(np.int64), row

    def _best(self, ways: _Ways, sources: int) -> Integers:
        """Return the rows of the best ways of each source."""
        order = np.lexsort((-ways.score, ways.source))
        source, score = ways.source[order], ways.score[order]
        starts = np.searchsorted(source, np.arange(sources))[source]  # of each one's best
        rank = np.arange(len(order)) - starts
        return order[(rank < self.beam) & (score >= score[starts] - MAX_BEHIND)]

    def _answer(self, ended: _Ways, answers: list[tuple[Symbols, float]]) -> None:
        """Write the answers of the sources that have come to an end."""
        shares: dict[int, dict[Symbols, float]] = {}
        top = dict.fromkeys(ended.source.tolist(), -inf)
        for source, score in zip(ended.source.tolist(), ended.score.tolist(), strict=True):
            top[source] = max(top[source], score)
        for source, score, path in zip(
            ended.source.tolist(), ended.score.tolist(), ended.path[:, :-1].tolist(), strict=True
        ):
            target = tuple(symbol for chunk in path for symbol in self.targets[chunk])
            each = shares.setdefault(source, {})
            each[target] = each.get(target, 0.0) + exp(score - top[source])
        for source, each in shares.items():
            target = max(each, key=lambda one: each[one])
            answers[source] = target, log(each[target] / sum(each.values()))
