"""Rows of a table, placed on a grid, and their order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Rows of a table, placed on a grid.

    Args:
        codes: (rows,), integers, series of each row.
        steps: (rows,), int64, grid step of each row.
        target: (rows, targets), float64, NaN where missing.
        past: (rows, past), float64, NaN where missing.
        future: (rows, future), float64, NaN where missing.
        numbers: (rows,), int64, which row of the file each was; None while in the file's order.
    """

    codes: npt.NDArray[np.int32]
    steps: Ints
    target: Floats
    past: Floats
    future: Floats
    numbers: Ints | None = None

    def take(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Rows:
        """Return some of the rows."""
        numbers = np.arange(len(self.codes)) if self.numbers is None else self.numbers
        return Rows(
            self.codes[rows],
            self.steps[rows],
            self.target[rows],
            self.past[rows],
            self.future[rows],
            numbers[rows],
        )

    def number(self, row: int) -> int:
        """Return which row of the file `row` was."""
        return row if self.numbers is None else int(self.numbers[row])


def sort_rows(rows: Rows, times: Ints | None = None) -> Rows:
    """Return rows sorted by series and step, themselves if they are already.

    Args:
        rows: Rows in any order.
        times: (rows,), int64, finer order within a step, where it matters.
    """
    codes, steps = rows.codes, rows.steps
    if len(codes) == 0:
        return rows
    rises = steps[1:] >= steps[:-1]
    if times is not None:
        rises = times[1:] >= times[:-1]
    if bool(((codes[1:] > codes[:-1]) | ((codes[1:] == codes[:-1]) & rises)).all()):
        return rows
    finest = steps if times is None else times
    low = int(finest.min())
    width = int(finest.max()) - low + 1
    if width * (int(codes.max()) + 1) < 2**62:
        key = codes * np.int64(width) + (finest - low)
        return rows.take(np.argsort(key, kind="stable"))
    return rows.take(np.lexsort((finest, codes)))
