"""Windows of all series of a table, as methods that learn from all of them together take them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class WindowBatch:
    """What is known at the origin of some forecasts: history, and what is known ahead.

    Nothing in it comes from a step after the origin, but for what is known ahead.

    Args:
        values: (windows, reach) float64, what was forecast so far, the newest last; 0 before the
            first value of a series.
        valid: (windows, reach) bool, false before the first value.
        known: (windows, reach + horizon, known) float32: calendar, and covariates known ahead, over
            the history and the steps ahead; scaled, 0 where nobody gave a value.
        past: (windows, reach, past) float32, scaled covariates of the history.
        static: (windows, static) float32, scaled covariates of the series.
        series: (windows,) int64, number of the series and target; -1 for one never seen.
        unit: (windows,) float64, above zero: how much the values of the series vary. It is one for
            all windows of a series, so that what a covariate brings is the same in each.

    Example:
        >>> one = WindowBatch.of_values([[3.0, 4.0]], horizon=1)
        >>> len(one), one.known.shape, one.horizon
        (1, (1, 3, 0), 1)
    """

    values: Floats
    valid: npt.NDArray[np.bool_]
    known: npt.NDArray[np.float32]
    past: npt.NDArray[np.float32]
    static: npt.NDArray[np.float32]
    series: npt.NDArray[np.int64]
    unit: Floats

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, chosen: slice | npt.NDArray[np.int64]) -> WindowBatch:
        return WindowBatch(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @property
    def reach(self) -> int:
        """Steps of history."""
        return int(self.values.shape[1])

    @property
    def horizon(self) -> int:
        """Steps ahead."""
        return int(self.known.shape[1]) - self.reach

    @property
    def histories(self) -> list[Floats]:
        """The known values of each window, at least one step long."""
        first = np.minimum(np.argmax(self.valid, axis=1), self.reach - 1)
        return [row[begin:] for row, begin in zip(self.values, first, strict=True)]

    @classmethod
    def of_values(cls, values: npt.ArrayLike, horizon: int) -> WindowBatch:
        """Return windows of one length without covariates, all of one series.

        Args:
            values: (windows, reach).
            horizon: Steps ahead.
        """
        rows = np.asarray(values, np.float64)
        count, reach = rows.shape
        return cls(
            rows,
            np.ones(rows.shape, np.bool_),
            np.empty((count, reach + horizon, 0), np.float32),
            np.empty((count, reach, 0), np.float32),
            np.empty((count, 0), np.float32),
            np.zeros(count, np.int64),
            np.full(count, max(float(np.abs(rows - rows.mean()).mean()), 1e-300) if count else 1.0),
        )
