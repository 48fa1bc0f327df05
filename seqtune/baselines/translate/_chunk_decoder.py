"""The most likely chunks of many sources at once, by a beam over an n-gram model of chunks.

Symbol by symbol of the source, each of the best ways so far is continued by all chunks of the next
symbol. Ways that end in the same target are added up: the score of an answer is its probability
among all that were found. `_chunk_scorer.py` does the same with targets that are given.
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
Found = tuple[Symbols, float]
"""A target, and its log-probability among all that were found for its source."""

BLOCK = 500
"""Sources that are decoded at once."""

MAX_BEHIND = 12.0
"""A way whose log-probability lies so far behind the best of its source is given up."""


@dataclass(frozen=True, eq=False)
class Ways:
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
    def of(cls, sources: int, model: KneserNey) -> Ways:
        """Return one way for each source, without a chunk yet."""
        state = model.beginnings(sources)
        return cls(np.arange(sources), state, np.zeros(sources), np.empty((sources, 0), np.int64))

    def take(self, rows: Integers) -> Ways:
        return Ways(self.source[rows], self.state[rows], self.score[rows], self.path[rows])

    def extend(self, chunks: Integers, model: KneserNey) -> Ways:
        """Put one chunk at the end of each."""
        probabilities, state = model.extend(self.state, chunks)
        path = np.concatenate([self.path, chunks[:, None]], axis=1)
        return Ways(self.source, state, self.score + np.log(probabilities), path)

    def end(self, model: KneserNey) -> Ways:
        """Put the end of a source at the end of each."""
        return self.extend(np.full(len(self.source), model.vocabulary - 1), model)

    def best(self, groups: Integers, beam: int, behind: float = inf) -> Integers:
        """Return the rows of the best ways of each group.

        Args:
            groups: (ways,) the group of each.
            beam: Ways of each group at most.
            behind: How far the log-probability of a way may lie behind the best of its group.
        """
        order = np.lexsort((-self.score, groups))
        ordered, score = groups[order], self.score[order]
        starts = np.searchsorted(ordered, ordered)  # of each one's best
        rank = np.arange(len(order)) - starts
        return np.asarray(order[(rank < beam) & (score >= score[starts] - behind)])


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

    def decode(self, sources: Sequence[Sequence[int]], most: int = 1) -> list[list[Found]]:
        """Return the best targets of each source, the best first.

        Args:
            sources: Symbols of each.
            most: Targets of each source at most.
        """
        order = sorted(range(len(sources)), key=lambda row: len(sources[row]))
        found: list[list[Found]] = [[((), 0.0)]] * len(sources)
        for start in range(0, len(order), BLOCK):
            rows = order[start : start + BLOCK]
            answers = self._decode_block([sources[row] for row in rows], most)
            for row, answer in zip(rows, answers, strict=True):
                found[row] = answer
        return found

    def _decode_block(self, sources: Sequence[Sequence[int]], most: int) -> list[list[Found]]:
        symbols, sizes = Ragged.from_list(sources).take(np.arange(len(sources)))
        ways = Ways.of(len(sources), self.model)
        answers: list[list[Found]] = [[((), 0.0)]] * len(sources)
        for step in range(symbols.shape[1] + 1):
            is_end = sizes[ways.source] == step
            ended = ways.take(np.flatnonzero(is_end)).end(self.model)
            self._answer(ended, answers, most)
            going = np.flatnonzero(~is_end)
            if len(going):
                chunks, each = self.continued(symbols[ways.source[going], step])
                ways = ways.take(going[each]).extend(chunks, self.model)
                ways = ways.take(ways.best(ways.source, self.beam, MAX_BEHIND))
        return answers

    def continued(self, symbols: Integers) -> tuple[Integers, Integers]:
        """Return all chunks of each symbol one after the other, and the row of each."""
        first = self.chunks.offsets[symbols]
        counts = self.chunks.offsets[symbols + 1] - first
        row = np.repeat(np.arange(len(symbols)), counts)
        place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self.chunks.values[first[row] + place].astype(np.int64), row

    def _answer(self, ended: Ways, answers: list[list[Found]], most: int) -> None:
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
            total = sum(each.values())
            ranked = sorted(each.items(), key=lambda one: -one[1])[:most]
            answers[source] = [(target, log(share / total)) for target, share in ranked]
