"""A panel as networks are told of it: its rows, and what is known of each of its series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.calendar_table import CalendarTable
from seqtune.data.panel.outliers import Outliers
from seqtune.data.panel.panel import Panel
from seqtune.data.panel.window import Windows

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CodedPanel:
    """A panel with the scales and the identity of each of its series.

    Args:
        panel: The rows.
        identity: (series,) int32, 1 + index in the codec, 0 for a series never fitted.
        error_scale: (series, targets), the denominators of MASE.
        usual_error: (series, targets), the unit of a series' errors: the same, but of series that
            never change, from `borrowed_errors`.
        center: (series, targets).
        spread: (series, targets).
        static: (series, static) float32, scaled.
        calendar: Features of the steps of all series, to a horizon past the last row of each.
        first_row: (series, targets) int64, the absolute row of each column's first value.
        first_negative: (series, targets) int64, the absolute row of each column's first value
            below zero; where there is none, a row past the series.
        first_not_positive: The same of each column's first value that is not above zero.
        constant: (series, targets) bool, what was measured never changes.
        effects: (series, targets, features), what each covariate known ahead usually brings, in the
            unit of the data.
        outliers: Values of the target that count as less than they are.
        counts: Whether the targets are sparse counts.
    """

    panel: Panel
    identity: npt.NDArray[np.int32]
    error_scale: Floats
    usual_error: Floats
    center: Floats
    spread: Floats
    static: npt.NDArray[np.float32]
    calendar: CalendarTable
    first_row: npt.NDArray[np.int64]
    first_negative: npt.NDArray[np.int64]
    first_not_positive: npt.NDArray[np.int64]
    constant: npt.NDArray[np.bool_]
    effects: Floats
    outliers: Outliers = field(default_factory=Outliers.none)
    counts: bool = False

    @cached_property
    def winsorized(self) -> Floats:
        """The targets of all rows, (rows, targets), lasting outliers winsorized."""
        return self.outliers.lasting.applied(self.panel.target)

    def gather(self, windows: Windows, rows: npt.NDArray[np.int64], end: Ints) -> Floats:
        """Return values of the target, (windows, steps), outliers winsorized.

        Args:
            windows: Which windows.
            rows: (windows, steps) absolute rows, each within the panel.
            end: (windows,) absolute row up to which each may know what is an outlier.
        """
        values: Floats = self.winsorized[rows, windows.target[:, None]]
        for window, row, value in self.passing_outliers(windows, end):
            values[window, rows[window] == row] = value
        return values

    def passing_outliers(self, windows: Windows, end: Ints) -> Iterator[tuple[int, int, float]]:
        """Yield what windows must take for an outlier, though later rows show that it is none.

        Args:
            windows: Which windows.
            end: (windows,) absolute row up to which each may know what is an outlier.

        Yields:
            Number of the window, absolute row, and what the value counts as.
        """
        passing = self._passing
        if not len(passing):
            return
        counts = (
            (passing.columns == windows.target[:, None])
            & (passing.rows < end[:, None])
            & (end[:, None] <= passing.until)
        )  # (windows, outliers)
        for window, which in zip(*np.nonzero(counts), strict=True):
            yield int(window), int(passing.rows[which]), float(passing.values[which])

    @cached_property
    def _passing(self) -> Outliers:
        return self.outliers.passing

    @cached_property
    def pooled_error(self) -> float:
        """The mean unit of errors over all series that change: what a sum of scales counts in."""
        changing = self.error_scale[~self.constant]
        return float(changing.mean()) if changing.size else 1.0

    def mase_scale(self, windows: Windows, observed: npt.NDArray[np.bool_]) -> Floats:
        """Return the denominators of MASE, NaN where it is not defined.

        Where it is defined for no window that can be scored, errors are in the target's unit.

        Args:
            windows: Which windows.
            observed: (windows, horizon), where the truth is known.
        """
        where = windows.series, windows.target
        scale: Floats = self.error_scale[where]
        defined = ~self.constant[where]
        scored = observed.any(axis=1)
        return np.where(defined, scale, np.nan) if (defined & scored).any() else scale
