"""Where predicted steps stand in the day, the week or the year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.data.panel.calendar import DAY
from seqtune.data.panel.grid import Grid

Ints = npt.NDArray[np.int64]

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

LONGEST_SPAN = 2_000_000
"""Steps between the first and the last predicted one, of which the calendar is looked up."""

YEAR = 360 * DAY


@dataclass(frozen=True)
class Cycle:
    """A cycle of the calendar, and where each predicted step stands in it.

    Args:
        name: "hour", "weekday" or "month".
        categories: Its places that occur, in their order.
        places: (windows, horizon) int64, numbers of categories.
        turns: (windows, horizon) int64, the day, or the month of some year, that each step is in:
            what happened there may be the day's alone, so that days and not steps are draws.
    """

    name: str
    categories: tuple[str, ...]
    places: Ints
    turns: Ints


def cycles_of(grid: Grid, start: Ints, horizon: int) -> tuple[Cycle, ...]:
    """Return the cycles that the steps resolve: of hours, the hour and the weekday.

    Args:
        grid: The time axis.
        start: (windows,) first step of each window.
        horizon: Steps of each.

    Returns:
        Those of which at least two places occur: hour and weekday of steps below a day, the weekday
        of days, the month of longer steps below a year. None of integer steps.
    """
    names = _resolved(grid)
    if not names or not len(start):
        return ()
    first, span = int(start.min()), int(start.max() - start.min()) + horizon
    if span > LONGEST_SPAN:
        return ()
    times = pd.DatetimeIndex(grid.times(np.arange(first, first + span, dtype=np.int64)))
    at = start[:, None] - first + np.arange(horizon)
    unit = "datetime64[M]" if names == ("month",) else "datetime64[D]"
    turns = times.to_numpy().astype(unit).astype(np.int64)
    turns -= turns.min()
    found = []
    for name in names:
        of_time, labels = _places(times, name)
        every = of_time[at]
        present = np.unique(every)
        if len(present) > 1:
            number = np.full(len(labels), -1)
            number[present] = np.arange(len(present))
            categories = tuple(labels[each] for each in present)
            found.append(Cycle(name, categories, number[every], turns[at]))
    return tuple(found)


def _resolved(grid: Grid) -> tuple[str, ...]:
    seconds = grid.seconds
    if seconds is None or seconds >= YEAR:
        return ()
    if seconds < DAY:
        return ("hour", "weekday")
    return ("weekday",) if seconds < 2 * DAY else ("month",)


def _places(times: pd.DatetimeIndex, name: str) -> tuple[Ints, tuple[str, ...]]:
    if name == "hour":
        return np.asarray(times.hour, np.int64), tuple(f"{hour:02}:00" for hour in range(24))
    if name == "weekday":
        return np.asarray(times.dayofweek, np.int64), WEEKDAYS
    return np.asarray(times.month, np.int64) - 1, MONTHS
