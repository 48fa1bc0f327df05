"""Windows into a panel: which exist, and gathering their rows without materialising them all.

A window is a series, a target column and a cut: history ends just before row `cut`, what is
predicted begins there. Windows are numbered without being stored, so that memory grows with the
series and not with rows times lookback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import gcd

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Windows:
    """A list of windows.

    Args:
        series: (windows,) int64, index of the series in the panel.
        target: (windows,) int64, index of the target column.
        cut: (windows,) int64, absolute panel row of the first step that is predicted.
        limit: (windows,) int64, absolute row where what may be looked at as truth ends.
    """

    series: npt.NDArray[np.int64]
    target: npt.NDArray[np.int64]
    cut: npt.NDArray[np.int64]
    limit: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.cut)

    def __getitem__(self, chosen: slice | npt.NDArray[np.int64]) -> Windows:
        return Windows(
            self.series[chosen], self.target[chosen], self.cut[chosen], self.limit[chosen]
        )

    @classmethod
    def join(cls, parts: Sequence[Windows]) -> Windows:
        """Return the windows of all parts, one part after the other."""
        return cls(
            *(
                np.concatenate([getattr(part, field.name) for part in parts])
                for field in fields(cls)
            )
        )


@dataclass(frozen=True)
class WindowRange:
    """All windows whose cut lies in a range of rows of each series, numbered from 0.

    Args:
        first: (series,) int64, first cut of each series.
        count: (series,) int64, how many cuts follow from there; 0 leaves a series out.
        limit: (series,) int64, absolute row where truth ends.
        targets: Number of target columns; each has all windows of its own.

    Example:
        >>> windows = WindowRange(np.array([5, 30]), np.array([2, 1]), np.array([9, 33]), 1)
        >>> windows.total, windows.take(np.array([0, 1, 2])).cut
        (3, array([ 5,  6, 30]))
    """

    first: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    limit: npt.NDArray[np.int64]
    targets: int

    @property
    def total(self) -> int:
        """How many windows there are."""
        return int(self.count.sum()) * self.targets

    def take(self, numbers: npt.NDArray[np.int64]) -> Windows:
        """Return the windows of the given numbers, (windows,) int64 each below `total`."""
        ends = np.cumsum(self.count)
        per_target = int(ends[-1])
        target, within = np.divmod(numbers, per_target)
        series = np.searchsorted(ends, within, side="right")
        cut = self.first[series] + within - (ends[series] - self.count[series])
        return Windows(series, target, cut, self.limit[series])

    def draw(self, chance: np.random.Generator, size: int, sampling: str = "windows") -> Windows:
        """Return windows drawn at random, with replacement.

        Args:
            chance: Draws them.
            size: How many.
            sampling: What has equal chances: "windows", each window; "series", each series that
                has any; "root", each series by the square root of its windows, which is between.

        Example:
            >>> windows = WindowRange(np.array([0, 9]), np.array([9, 1]), np.array([9, 10]), 1)
            >>> windows.draw(np.random.default_rng(0), 1000, "series").series.mean().round(1)
            0.5
        """
        if sampling == "windows":
            return self.take(chance.integers(0, self.total, size))
        weight = np.sqrt(self.count) if sampling == "root" else (self.count > 0).astype(np.float64)
        ends = np.cumsum(weight)
        # a draw that rounding puts upon the very end belongs to the last series that has windows
        last = int(np.flatnonzero(self.count)[-1])
        series = np.searchsorted(ends, chance.random(size) * ends[-1], side="right")
        series = np.minimum(series, last)
        cut = self.first[series] + chance.integers(0, self.count[series])
        return Windows(series, chance.integers(0, self.targets, size), cut, self.limit[series])

    def spread(self, maximum: int, periods: tuple[int, ...] = ()) -> Windows:
        """Return at most about `maximum` windows, evenly spread over series and time.

        The last window of every series is always among them. The stride between windows of a
        series shares no factor with the first seasonal period, so that every phase is met.

        Args:
            maximum: How many windows are wanted at most.
            periods: Seasonal periods, shortest first.
        """
        used = np.flatnonzero(self.count)
        per_series = max(1, maximum // max(1, len(used) * self.targets))
        if len(used) * self.targets > maximum:  # more series than windows wanted: some series
            wanted = max(1, maximum // self.targets)
            used = used[np.linspace(0, len(used) - 1, wanted).round().astype(np.int64)]
        series, cut = [], []
        for index in used:
            stride = _stride(int(self.count[index]), per_series, periods)
            last = int(self.first[index] + self.count[index] - 1)
            cuts = np.arange(last, int(self.first[index]) - 1, -stride, dtype=np.int64)[::-1]
            series.append(np.full(len(cuts), index, np.int64))
            cut.append(cuts)
        if not series:
            empty = np.empty(0, np.int64)
            return Windows(empty, empty, empty, empty)
        all_series, all_cuts = np.concatenate(series), np.concatenate(cut)
        target = np.repeat(np.arange(self.targets, dtype=np.int64), len(all_cuts))
        all_series, all_cuts = np.tile(all_series, self.targets), np.tile(all_cuts, self.targets)
        return Windows(all_series, target, all_cuts, self.limit[all_series])


def training_windows(
    begin: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
    horizon: int,
    least_history: int,
    targets: int,
) -> WindowRange:
    """Return every window that can be learnt from in rows [begin, end) of each series.

    A series too short for `least_history` steps before a whole horizon still gives windows: with
    less history, and with a horizon that reaches past `end` and is not counted there.

    Args:
        begin: (series,) first row.
        end: (series,) first row that may not be seen.
        horizon: Steps ahead.
        least_history: Steps of history that a window should have.
        targets: Number of target columns.
    """
    length = end - begin
    history = np.clip(length - horizon, 1, max(1, least_history))
    last = end - np.minimum(horizon, np.maximum(1, length // 2))
    count = np.where(length >= 2, last - (begin + history) + 1, 0)
    return WindowRange(begin + history, np.maximum(count, 0), end, targets)


def evaluation_windows(
    start: npt.NDArray[np.int64], end: npt.NDArray[np.int64], horizon: int, targets: int
) -> WindowRange:
    """Return every window whose whole future lies in rows [start, end) of each series.

    A part shorter than the horizon gives one window, of which only the part's rows count.

    Args:
        start: (series,) first row of the part.
        end: (series,) first row after it.
        horizon: Steps ahead.
        targets: Number of target columns.
    """
    steps = end - start
    count = np.where(steps > 0, np.maximum(steps - horizon + 1, 1), 0)
    return WindowRange(start, count, end, targets)


def rolled_windows(
    start: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
    horizon: int,
    back: int,
    targets: int,
) -> Windows:
    """Return a window per series and target whose whole future ends `back` rows before `end`.

    A series whose window would begin before `start` has none.

    Args:
        start: (series,) first row that may be predicted.
        end: (series,) first row after what may be looked at.
        horizon: Steps ahead.
        back: Rows between the window's last step and `end`.
        targets: Number of target columns.

    Example:
        >>> rolled_windows(np.array([0]), np.array([20]), 5, 3, 1).cut
        array([12])
    """
    cut = end - horizon - back
    chosen = np.flatnonzero(cut >= start)
    series = np.tile(chosen, targets)
    target = np.repeat(np.arange(targets, dtype=np.int64), len(chosen))
    return Windows(series, target, cut[series], end[series])


def _stride(count: int, wanted: int, periods: tuple[int, ...]) -> int:
    stride = -(-count // wanted)
    while stride > 1 and periods and gcd(stride, periods[0]) > 1:
        stride += 1
    return stride
