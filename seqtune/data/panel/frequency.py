"""Frequencies of a time axis: pandas' aliases, and the arithmetic between steps and instants.

Fixed lengths (seconds to weeks) are integer division; months, quarters, years and business days
are calendar arithmetic. Everything works on whole arrays of nanoseconds since 1970.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.errors import DataError

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
YEAR = 8766 * HOUR
"""Mean Julian year, 365.25 days."""

ONE_DAY, ONE_MONTH = np.timedelta64(1, "D"), np.timedelta64(1, "M")

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
EXAMPLES = "s, 15min, h, D, B, W-MON, MS, ME, QS, YS"

_UNITS = {"ns": 1, "us": 1000, "ms": 10**6, "s": SECOND, "min": MINUTE, "h": HOUR, "D": DAY}
_MONTHLY = {"MS": 1, "ME": 1, "QS": 3, "QE": 3, "YS": 12, "YE": 12}
_SYNONYMS = {
    "S": "s", "sec": "s", "second": "s", "T": "min", "minute": "min", "m": "min", "H": "h",
    "hour": "h", "hourly": "h", "d": "D", "day": "D", "daily": "D", "b": "B", "w": "W",
    "week": "W", "weekly": "W", "M": "ME", "month": "MS", "monthly": "MS", "Q": "QE",
    "quarter": "QS", "quarterly": "QS", "A": "YE", "Y": "YE", "year": "YS", "yearly": "YS",
    "annual": "YS", "AS": "YS",
}  # fmt: skip
_ALIAS = re.compile(r"(?P<count>\d*)\s*(?P<unit>[A-Za-z]+)(?:-(?P<anchor>[A-Za-z]{3}))?")


@dataclass(frozen=True)
class Frequency:
    """The length of one step, in the unit of its kind.

    Args:
        alias: pandas alias, "15min", "W-MON", "QS-FEB".
        kind: "fixed" (size in nanoseconds), "business" (size in weekdays) or "month" (in months).
        size: Length of a step.
        end: For months: a step is named by the last day of its months, not by a first one.
        anchor: Weekday (0 = Monday) or month (0 = January) that the alias fixes, or None.
    """

    alias: str
    kind: str
    size: int
    end: bool = False
    anchor: int | None = None

    @property
    def nanoseconds(self) -> int:
        """Length of a step, the mean length where months or weekdays differ."""
        return self.size * {"fixed": 1, "business": WEEK // 5, "month": YEAR // 12}[self.kind]

    def index(self, times: npt.NDArray[np.int64], origin: int) -> npt.NDArray[np.int64]:
        """Return the step that each instant falls into.

        Args:
            times: (n,), int64, nanoseconds since 1970.
            origin: Instant of step 0, nanoseconds since 1970.

        Returns:
            (n,), int64; floors, so an instant between two steps belongs to the earlier one.
        """
        if self.kind == "fixed":
            return (times - origin) // self.size
        if self.kind == "business":
            return self._business_index(times, origin)
        months = _month(times) - int(_month(np.array([origin]))[0])
        if self.end:
            # A quarter that is named by the end of March holds January and February too.
            return np.asarray(-(-months // self.size))
        steps = months // self.size
        if day_of_month(origin) > 1:
            late = _day(self.times(steps, origin)) > _day(times)
            steps -= late
        return steps

    def times(self, steps: npt.NDArray[np.int64], origin: int) -> npt.NDArray[np.int64]:
        """Return the instant of each step.

        Args:
            steps: (n,), int64.
            origin: Instant of step 0, nanoseconds since 1970; gives day and time of day.

        Returns:
            (n,), int64, nanoseconds since 1970.
        """
        if self.kind == "fixed":
            return np.asarray(origin + steps * self.size, dtype=np.int64)
        start = np.array([origin])
        clock = origin % DAY
        if self.kind == "business":
            first = np.busday_offset(_day(start)[0], 0, roll="backward")
            days = np.busday_offset(first, steps * self.size, roll="backward")
            return _nanoseconds(days) + clock
        months = (int(_month(start)[0]) + steps * self.size).astype("datetime64[M]")
        last = (months + ONE_MONTH).astype("datetime64[D]") - ONE_DAY
        if self.end:
            return _nanoseconds(last) + clock
        past_first = np.timedelta64(int(days_of_month(start)[0]) - 1, "D")
        wanted: Any = months.astype("datetime64[D]") + past_first
        return _nanoseconds(np.minimum(wanted, last)) + clock

    def on_step(self, times: npt.NDArray[np.int64], origin: int) -> npt.NDArray[np.bool_]:
        """Say which instants lie exactly on a step: (n,), bool.

        Months and weekdays are compared by their date: local midnights that arrive in UTC move
        by an hour twice a year and are still the same days.
        """
        if self.kind == "fixed":
            return np.asarray((times - origin) % self.size == 0)
        here = self.times(self.index(times, origin), origin)
        return np.asarray(_day(here) == _day(times))

    def _business_index(self, times: npt.NDArray[np.int64], origin: int) -> npt.NDArray[np.int64]:
        days = np.busday_offset(_day(times), 0, roll="backward")
        first = np.busday_offset(_day(np.array([origin]))[0], 0, roll="backward")
        return np.asarray(np.busday_count(first, days), dtype=np.int64) // self.size


@dataclass(frozen=True)
class PlacedFrequency:
    """A frequency, an instant that it contains, and how times off its steps are taken.

    Args:
        frequency: Length of a step.
        phase: Any instant on a step: nanoseconds since 1970, or an integer.
        snap: "exact", "nearest" or "floor", as in `Grid`.
        notes: What is unusual about the times.
    """

    frequency: Frequency
    phase: int
    snap: str = "exact"
    notes: tuple[str, ...] = ()

    def first_step(self, earliest: int) -> int:
        """Return the instant of the step that holds the earliest time.

        Where the 30th of every month starts in a February, the step before it is returned, for
        the origin has to know about the 30th.
        """
        step = self.frequency.index(np.array([earliest]), self.phase)
        here, before = self.frequency.times(step[0] - np.arange(2), self.phase)
        if self.frequency.kind != "month" or self.frequency.end:
            return int(here)
        return int(max(here, before, key=day_of_month))


@lru_cache(maxsize=64)
def parse_frequency(alias: str) -> Frequency:
    """Read a pandas alias, or a plain word such as "daily".

    Raises:
        DataError: No such frequency; the message lists examples.

    Example:
        >>> parse_frequency("15min").size // MINUTE
        15
    """
    match = _ALIAS.fullmatch(alias.strip())
    found = _frequency(match) if match else None
    if found is None:
        raise DataError(
            f"'{alias}' is not a frequency; expected one such as {EXAMPLES}",
            hint="leave --freq out to take it from the times",
        )
    return found


def fixed_frequency(nanoseconds: int, start: int) -> Frequency:
    """Return the frequency of a fixed length, under its shortest alias.

    Args:
        nanoseconds: Length of a step.
        start: Any instant on the grid; names the weekday of weekly steps.

    Example:
        >>> fixed_frequency(90 * MINUTE, 0).alias
        '90min'
    """
    if nanoseconds % WEEK == 0:
        count = nanoseconds // WEEK
        weekday = weekday_of(start)
        alias = f"{count if count > 1 else ''}W-{WEEKDAYS[weekday]}"
        return Frequency(alias, "fixed", nanoseconds, anchor=weekday)
    unit, size = next((u, s) for u, s in reversed(_UNITS.items()) if nanoseconds % s == 0)
    count = nanoseconds // size
    return Frequency(f"{count if count > 1 else ''}{unit}", "fixed", nanoseconds)


def month_frequency(months: int, end: bool, start: int) -> Frequency:
    """Return the frequency of a number of months, as months, quarters or years.

    Args:
        months: Length of a step.
        end: Steps stand on the last day of a month.
        start: Any instant on the grid; names the month where quarters or years begin.

    Example:
        >>> month_frequency(3, False, 0).alias
        'QS'
    """
    letter, size = next(p for p in (("Y", 12), ("Q", 3), ("M", 1)) if months % p[1] == 0)
    count = f"{months // size if months > size else ''}"
    month = month_of(start) % size
    usual = size - 1 if end else 0
    anchor = "" if month == usual else f"-{MONTHS[month]}"
    alias = f"{count}{letter}{'E' if end else 'S'}{anchor}"
    return Frequency(alias, "month", months, end, None if size == 1 else month)


def is_loose_word(alias: str) -> bool:
    """Say whether an alias leaves open whether steps are the first or the last day of months."""
    return alias.strip() in _SYNONYMS


def day_of_month(time: int) -> int:
    """Return the day of the month of an instant in nanoseconds, from 1."""
    return int(days_of_month(np.array([time]))[0])


def weekday_of(time: int) -> int:
    """Return the weekday of an instant in nanoseconds, 0 = Monday."""
    return (time // DAY + 3) % 7


def month_of(time: int) -> int:
    """Return the month of an instant in nanoseconds, 0 = January."""
    return int(_month(np.array([time]))[0]) % 12


def _frequency(match: re.Match[str]) -> Frequency | None:
    count = int(match["count"] or 1)
    unit = _SYNONYMS.get(match["unit"], match["unit"])
    anchor = match["anchor"].upper() if match["anchor"] else None
    name = f"{count if count > 1 else ''}{unit}"
    if count < 1:
        return None
    if unit == "W" and (anchor is None or anchor in WEEKDAYS):
        day = WEEKDAYS.index(anchor) if anchor else None
        return Frequency(f"{name}-{anchor}" if anchor else name, "fixed", count * WEEK, anchor=day)
    if unit in ("QS", "QE", "YS", "YE") and (anchor is None or anchor in MONTHS):
        size, end = _MONTHLY[unit], unit.endswith("E")
        month = MONTHS.index(anchor) % size if anchor else None
        name = f"{name}-{anchor}" if anchor else name
        return Frequency(name, "month", count * size, end, month)
    if anchor is not None:
        return None
    if unit in _UNITS:
        return Frequency(name, "fixed", count * _UNITS[unit])
    if unit == "B":
        return Frequency(name, "business", count)
    if unit in _MONTHLY:
        return Frequency(name, "month", count, unit == "ME")
    return None


def _instants(times: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    return times.view("datetime64[ns]")


def _month(times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return _instants(times).astype("datetime64[M]").astype(np.int64)


def _day(times: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    return _instants(times).astype("datetime64[D]")


def days_of_month(times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the day of the month of each instant in nanoseconds, from 1: (n,), int64."""
    days = _day(times)
    return np.asarray((days - days.astype("datetime64[M]")).astype(np.int64) + 1)


def _nanoseconds(days: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    return days.astype("datetime64[ns]").astype(np.int64)
