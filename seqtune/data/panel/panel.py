"""Many series on one grid, without gaps: the form in which every later step sees the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.grid import Grid


@dataclass(frozen=True)
class PanelRoles:
    """Which column plays which part.

    Args:
        targets: Columns to forecast.
        time: Time column; None counts the rows of each series.
        series: Column that names the series; None for a single series.
        past: Covariates known until now.
        future: Covariates known ahead.
        static: Columns that are constant per series.

    Example:
        >>> PanelRoles(targets=("sales",), time="date", series="shop").past
        ()
    """

    targets: tuple[str, ...]
    time: str | None = None
    series: str | None = None
    past: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    static: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Panel:
    """Many series on one grid; the rows of a series are contiguous, in time order, without gaps.

    Args:
        grid: The time axis.
        series: Name of each series; one "" for a single unnamed series.
        offsets: (series + 1,), int64; rows [offsets[s], offsets[s + 1]) are those of series s.
        starts: (series,), int64, grid step of the first row of each series.
        target_names: Columns of `target`.
        past_names: Columns of `past`.
        future_names: Columns of `future` and `ahead`.
        static_names: Columns of `static`.
        target: (rows, targets), float64, user's unit; gaps carry the last value forward; zero
            before the first value of a column, which is not observed there.
        observed: (rows, targets), bool, False where `target` was filled.
        past: (rows, past), float64, filled likewise, but NaN before the first value; words as codes
            (-1: not known).
        future: (rows, future), float64, likewise.
        static: (series, static), float64, labels as codes (-1: none, or not known).
        ahead: (series, ahead, future), float64, NaN where absent: the known-ahead values of the
            steps after each series' last row.
        categories: Labels of each column of words, in the order of their codes.
        notes: What was repaired or decided.
    """

    grid: Grid
    series: tuple[str, ...]
    offsets: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    target_names: tuple[str, ...]
    past_names: tuple[str, ...]
    future_names: tuple[str, ...]
    static_names: tuple[str, ...]
    target: npt.NDArray[np.float64]
    observed: npt.NDArray[np.bool_]
    past: npt.NDArray[np.float64]
    future: npt.NDArray[np.float64]
    static: npt.NDArray[np.float64]
    ahead: npt.NDArray[np.float64]
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Number of rows of all series."""
        return int(self.offsets[-1])

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Rows of each series: (series,), int64."""
        return np.diff(self.offsets)
