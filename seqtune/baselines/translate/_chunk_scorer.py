"""How likely given targets are with their sources, over all ways to cut a pair into chunks.

As in decoding, ways grow symbol by symbol of the source; here only by chunks that go on with the
target, and that leave no more of it than the other symbols of the source can be. Of ways that have
come equally far in the target the best are followed: none pushes out one that alone comes to its
end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.baselines.method import Floats, Integers
from seqtune.baselines.translate._chunk_decoder import ChunkDecoder, Ways
from seqtune.data.ragged import Ragged

BLOCK = 2_000
"""Pairs that are scored at once."""

NO_SYMBOL = -1
"""Stands in a target for a symbol that no chunk has."""


@dataclass(frozen=True, eq=False)
class ChunkScorer:
    """Says how likely targets are.

    Args:
        decoder: Finds targets of the same sources; of the ways that have come equally far in a
            target as many are followed as of a source there.
    """

    decoder: ChunkDecoder

    def score(self, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> Floats:
        """Return the log-probability of each source with its target.

        Args:
            sources: Symbols of each pair's source.
            targets: Symbols of its target; `NO_SYMBOL` for one that no chunk has.

        Returns:
            (pairs,) natural logarithms; -inf where no way to cut a pair is known.
        """
        order = sorted(range(len(sources)), key=lambda row: len(sources[row]))
        found = np.full(len(sources), -np.inf)
        for start in range(0, len(order), BLOCK):
            rows = order[start : start + BLOCK]
            found[rows] = self._block(
                [sources[row] for row in rows], [targets[row] for row in rows]
            )
        return found

    def _block(self, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> Floats:
        decoder, pairs = self.decoder, len(sources)
        symbols, sizes = Ragged.from_list(sources).take(np.arange(pairs))
        wanted = _Wanted.of(targets, decoder.targets)
        ways = Ways.of(pairs, decoder.model)
        found = np.full(pairs, -np.inf)
        for step in range(symbols.shape[1] + 1):
            is_end = sizes[ways.source] == step
            whole = is_end & (wanted.written(ways.path) == wanted.lengths[ways.source])
            ended = ways.take(np.flatnonzero(whole)).end(decoder.model)
            np.logaddexp.at(found, ended.source, ended.score)
            going = np.flatnonzero(~is_end)
            if len(going):
                chunks, each = decoder.continued(symbols[ways.source[going], step])
                before = ways.take(going[each])
                left = sizes[before.source] - step - 1
                fits = np.flatnonzero(wanted.fits(before, chunks, left))
                ways = before.take(fits).extend(chunks[fits], decoder.model)
                ways = ways.take(ways.best(wanted.places(ways), decoder.beam))
        return found


@dataclass(frozen=True, eq=False)
class _Wanted:
    """The targets of pairs, and the symbols of chunks beside them.

    Args:
        targets: (pairs, target steps + longest) and what pads it, which no chunk is compared with.
        lengths: (pairs,) symbols of each target.
        chunks: (chunks, longest) the symbols of the target of each chunk.
        sizes: (chunks,) how many these are.
    """

    targets: Integers
    lengths: Integers
    chunks: Integers
    sizes: Integers

    @classmethod
    def of(cls, targets: Sequence[Sequence[int]], chunks: Sequence[Sequence[int]]) -> _Wanted:
        table, sizes = Ragged.from_list(chunks).take(np.arange(len(chunks)))
        longest = int(table.shape[1])
        wanted, lengths = Ragged.from_list(targets).take(np.arange(len(targets)))
        padded = np.pad(wanted.astype(np.int64), ((0, 0), (0, longest)))
        return cls(padded, lengths, table.astype(np.int64), sizes)

    def written(self, path: Integers) -> Integers:
        """Return how many symbols of the target each way has, (ways,), from its chunks."""
        return np.asarray(self.sizes[path].sum(axis=1), np.int64)

    def places(self, ways: Ways) -> Integers:
        """Return a number for each pair and place in its target, (ways,)."""
        return np.asarray(ways.source * self.targets.shape[1] + self.written(ways.path))

    def fits(self, ways: Ways, chunks: Integers, left: Integers) -> npt.NDArray[np.bool_]:
        """Say which ways go on with the target by a chunk, and can come to its end.

        Args:
            ways: The ways.
            chunks: (ways,) a chunk for each.
            left: (ways,) how many symbols of the source come behind it.
        """
        begin, size, longest = self.written(ways.path), self.sizes[chunks], self.chunks.shape[1]
        rest = self.lengths[ways.source] - begin - size
        place = np.arange(longest)
        given = self.targets[ways.source[:, None], begin[:, None] + place]
        is_same = (given == self.chunks[chunks]) | (place >= size[:, None])
        is_possible = (rest >= 0) & (rest <= left * longest) & is_same.all(axis=1)
        return np.asarray(is_possible, np.bool_)
