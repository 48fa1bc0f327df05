"""Outliers that were found in a panel, and what counts in their place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

FOREVER = int(np.iinfo(np.int64).max)


@dataclass(frozen=True)
class Outliers:
    """Outliers of a panel, with what stands for them.

    Args:
        rows: (outliers,) int64, absolute rows of the panel, ascending within each column; rows
            that a gap filled with an outlier are among them.
        columns: (outliers,) int64, index of the target.
        values: (outliers,) float64, what the value is moved to: the nearest of the three values
            before it and the one a season before.
        until: (outliers,) int64: it is one for histories that end before this absolute row, or
            at it; in longer ones it is the beginning of a new level, or of a peak. `FOREVER` for
            those that stay.
    """

    rows: Ints
    columns: Ints
    values: Floats
    until: Ints

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, chosen: Booleans) -> Outliers:
        return Outliers(
            self.rows[chosen], self.columns[chosen], self.values[chosen], self.until[chosen]
        )

    @classmethod
    def none(cls) -> Outliers:
        """Return no outliers."""
        whole = np.empty(0, np.int64)
        return cls(whole, whole, np.empty(0), whole)

    @property
    def lasting(self) -> Outliers:
        """Those that stay outliers, however long the history."""
        return self[self.until == FOREVER]

    def known_at(self, ends: Ints, offsets: Ints) -> Outliers:
        """Return what is an outlier where each series is known up to a row.

        Args:
            ends: (series,) absolute row before which rows are known.
            offsets: (series + 1,) row borders of the panel.
        """
        end = ends[np.searchsorted(offsets, self.rows, side="right") - 1]
        return self[(self.rows < end) & (self.until >= end)]

    @property
    def passing(self) -> Outliers:
        """Those that later rows show to be the beginning of a new level, or of a peak."""
        return self[self.until != FOREVER]

    def applied(self, target: Floats) -> Floats:
        """Return targets (rows, targets) with these values moved; the same array if there is none.

        Args:
            target: As the panel has them.
        """
        if not len(self):
            return target
        moved = np.array(target)
        moved[self.rows, self.columns] = self.values
        return moved
