"""Calendar features of the steps that series cover, and of no others: memory follows the rows.

Two series of seconds, twenty years apart, need the features of their own steps alone, not of the
600 million between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.calendar import calendar_features
from seqtune.data.panel.grid import Grid

Ints = npt.NDArray[np.int64]
Floats32 = npt.NDArray[np.float32]


KEPT_STEPS = 20_000
"""Spans of so many steps at most are kept: who asks again and again asks of the same ones."""


@dataclass(frozen=True, eq=False)
class CalendarTable:
    """Features by grid step, for spans of steps that series share.

    Args:
        begins: (spans,) first grid step of each span, rising.
        offsets: (spans + 1,) where the rows of each span begin.
        values: (rows, features) float32.

    Example:
        >>> begins, offsets = np.array([0, 90]), np.array([0, 2, 3])
        >>> table = CalendarTable(begins, offsets, np.eye(3, dtype="float32"))
        >>> table.at(np.array([1, 2, 90, 99])).argmax(axis=1)
        array([1, 1, 2, 2])
    """

    begins: Ints
    offsets: Ints
    values: Floats32

    @classmethod
    def of(cls, grid: Grid, first: Ints, end: Ints, cycles: Sequence[str]) -> CalendarTable:
        """Compute the features of the steps that any series covers.

        Args:
            grid: The time axis.
            first: (series,) first grid step of each.
            end: (series,) grid step after the last of each.
            cycles: Keys of `CYCLES`, from `calendar_cycles`.
        """
        order = np.argsort(first, kind="stable")
        first, end = first[order], np.maximum.accumulate(end[order])
        is_new = np.append(True, first[1:] > end[:-1])
        begins = first[is_new]
        ends = end[np.append(np.flatnonzero(is_new)[1:] - 1, len(end) - 1)]
        parts = [
            _features(grid, begin, stop - begin, tuple(cycles))
            for begin, stop in zip(begins.tolist(), ends.tolist(), strict=True)
        ]
        return cls(begins, np.append(0, np.cumsum(ends - begins)), np.concatenate(parts))

    @property
    def features(self) -> int:
        """Number of features of each step."""
        return int(self.values.shape[1])

    def at(self, steps: Ints) -> Floats32:
        """Return the features of grid steps, (..., features); beside a span those of its ends.

        Args:
            steps: Of any shape.
        """
        span = np.maximum(np.searchsorted(self.begins, steps, side="right") - 1, 0)
        last = self.offsets[span + 1] - self.offsets[span] - 1
        found: Floats32 = self.values[
            self.offsets[span] + np.clip(steps - self.begins[span], 0, last)
        ]
        return found


def _features(grid: Grid, begin: int, count: int, cycles: tuple[str, ...]) -> Floats32:
    """Return the features of a span, (steps, features); nobody may write to them."""
    if count > KEPT_STEPS:
        return calendar_features(grid, begin, count, cycles)
    return _kept_features(grid, begin, count, cycles)


@lru_cache(maxsize=16)
def _kept_features(grid: Grid, begin: int, count: int, cycles: tuple[str, ...]) -> Floats32:
    return calendar_features(grid, begin, count, cycles)
