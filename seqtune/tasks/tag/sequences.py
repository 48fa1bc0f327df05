"""Sentences of tokens, or series of steps, flat: what is tagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def places_of(offsets: Rows, chosen: npt.ArrayLike) -> Rows:
    """Return the positions of some sequences, one sequence after the other.

    Args:
        offsets: (sequences + 1,), where each sequence begins.
        chosen: Numbers of sequences, in any order.

    Example:
        >>> places_of(np.array([0, 2, 5]), [1, 0]).tolist()
        [2, 3, 4, 0, 1]
    """
    numbers = np.asarray(chosen, np.int64)
    lengths = np.diff(offsets)[numbers]
    begins = offsets[:-1][numbers] - (np.cumsum(lengths) - lengths)
    first = np.repeat(begins, lengths).astype(np.int64)
    places: Rows = np.arange(len(first)) + first
    return places


@dataclass(frozen=True)
class Sequences:
    """Sequences one after the other; a position is a token, or a step.

    Args:
        offsets: (sequences + 1,) int64, where each begins among the positions.
        rows: (positions,) int64, the row of the table that each position is.
        tokens: (positions,) the tokens; empty for steps.
        values: (positions, channels) float64, NaN where missing; None for tokens.
        tags: (positions,) the tags as they are written, "" where there is none; empty where the
            table has none.
        names: What each sequence is called; empty where it is called by its row.
        groups: (sequences,) int64, number of each sequence's group; None for none.
        notes: What was decided on the way.
    """

    offsets: Rows
    rows: Rows
    tokens: Sequence[str] = ()
    values: Floats | None = None
    tags: Sequence[str] = ()
    names: Sequence[str] = ()
    groups: Rows | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def positions(self) -> int:
        """Positions of all sequences together."""
        return int(self.offsets[-1])

    @property
    def lengths(self) -> Rows:
        """(sequences,) positions of each."""
        return np.diff(self.offsets)

    def places(self, chosen: npt.ArrayLike) -> Rows:
        """Return the positions of some sequences, one sequence after the other."""
        return places_of(self.offsets, chosen)

    def take(self, chosen: npt.ArrayLike) -> Sequences:
        """Return some of the sequences, in the order of `chosen`."""
        chosen = np.asarray(chosen, np.int64)
        places = self.places(chosen)
        offsets = np.concatenate([[0], np.cumsum(self.lengths[chosen])]).astype(np.int64)
        return replace(
            self,
            offsets=offsets,
            rows=self.rows[places],
            tokens=[self.tokens[place] for place in places] if self.tokens else (),
            values=None if self.values is None else self.values[places],
            tags=[self.tags[place] for place in places] if self.tags else (),
            names=[self.names[each] for each in chosen] if self.names else (),
            groups=None if self.groups is None else self.groups[chosen],
        )
