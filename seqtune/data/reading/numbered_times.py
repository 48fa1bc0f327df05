"""Numbers that are times: seconds since 1970 and finer, dates without signs, days of a spreadsheet.

Sources:
    POSIX.1-2017, section 4.16, "Seconds since the Epoch". ECMA-376, part 1, section 18.17.4.1: the
    serial dates of spreadsheets, day 1 being 1 January 1900, and 1900 a leap year by mistake, so
    that later days count from 30 December 1899.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Times = npt.NDArray[Any]

EARLIEST, LATEST = 631_152_000, 4_102_444_800
"""Seconds since 1970 of 1990 and 2100: numbers of this size are times."""

UNITS = {
    "seconds": 1_000_000_000,
    "milliseconds": 1_000_000,
    "microseconds": 1_000,
    "nanoseconds": 1,
}

SERIAL = (18_264, 73_051)
"""Days of a spreadsheet from 1950 to 2100."""

SERIAL_START = np.datetime64("1899-12-30", "ns")
SECONDS_PER_DAY = 86_400


def epoch_unit(values: npt.NDArray[Any]) -> str:
    """Return the unit in which numbers count from 1970; "" if they lie beyond 1990 to 2100.

    Args:
        values: (rows,) numbers, NaN where missing.

    Example:
        >>> epoch_unit(np.array([1.7e9, 1.7e9 + 60])), epoch_unit(np.array([1.0, 2.0]))
        ('seconds', '')
    """
    known = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    if not len(known):
        return ""
    low, high = float(known.min()), float(known.max())
    for unit, nanoseconds in UNITS.items():
        factor = 1_000_000_000 // nanoseconds
        if low >= EARLIEST * factor and high <= LATEST * factor:
            return unit
    return ""


def times_of_epoch(values: npt.NDArray[Any], unit: str) -> Times:
    """Return numbers that count from 1970 as (rows,) datetime64[ns]."""
    per_unit = UNITS[unit]
    if values.dtype.kind == "f":
        whole = np.floor(values)
        rest = np.round((values - whole) * per_unit).astype(np.int64)
        return np.asarray((whole.astype(np.int64) * per_unit + rest).astype("datetime64[ns]"))
    return np.asarray((values * per_unit).astype("datetime64[ns]"))


def times_of_digits(values: Ints) -> Times | None:
    """Read integers such as 20240131, 202401, 2024013118 or 20240131183000; None if not all are.

    Args:
        values: (rows,), int64.

    Returns:
        (rows,), datetime64[ns], or None.

    Example:
        >>> times_of_digits(np.array([2024013118, 2024020100]))[0]
        np.datetime64('2024-01-31T18:00:00.000000000')
    """
    if len(values) < 2:
        return None
    low, high = int(values.min()), int(values.max())
    for digits in (6, 8, 10, 12, 14):
        if not (190001 * 10 ** (digits - 6) <= low and high < 220000 * 10 ** (digits - 6)):
            continue
        fields = [values // 10 ** (digits - at) % 100 for at in range(6, digits + 1, 2)]
        month, day, hour, minute, second = [*fields, *[None] * 5][:5]
        year = values // 10 ** (digits - 4)
        return _checked(year, month, day, (hour, minute, second))
    return None


def _checked(year: Ints, month: Any, day: Any, clock: tuple[Any, ...]) -> Times | None:
    day = np.ones_like(year) if day is None else day
    if not bool(((month >= 1) & (month <= 12) & (day >= 1)).all()):
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    if bool((days.astype("datetime64[M]") != months).any()):
        return None
    times = days.astype("datetime64[s]")
    for field, most, seconds in zip(clock, (24, 60, 60), (3600, 60, 1), strict=True):
        if field is None:
            break
        if bool((field >= most).any()):
            return None
        times = times + (field * seconds).astype("timedelta64[s]")
    return np.asarray(times.astype("datetime64[ns]"))


def are_serial_days(values: npt.NDArray[Any]) -> bool:
    """Say whether numbers are of the size of the days that spreadsheets count from 1900."""
    known = values[np.isfinite(values)]
    return len(known) > 1 and bool(((known >= SERIAL[0]) & (known <= SERIAL[1])).all())


def times_of_serial_days(values: npt.NDArray[Any]) -> Times:
    """Return the days of a spreadsheet as (rows,) datetime64[ns], to the second.

    Example:
        >>> times_of_serial_days(np.array([45322.75]))[0]
        np.datetime64('2024-01-31T18:00:00.000000000')
    """
    seconds = np.round(values * SECONDS_PER_DAY).astype(np.int64)
    return np.asarray(SERIAL_START + seconds * np.timedelta64(1_000_000_000, "ns"))
