"""Times that stand in two or more columns: a date and a clock, a year and a month, a half hour.

Where days have 23 and 25 hours, periods are placed by the clock on the wall: the hour that is
missing in spring stays missing, the one that comes twice in autumn comes twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.data.reading import column_names as called
from seqtune.data.reading.clock_text import DAY, are_clocks, clock_seconds
from seqtune.data.reading.month_words import month_of
from seqtune.errors import DataError

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source

Times = npt.NDArray[np.datetime64]

PER_DAY = (2, 3, 4, 6, 8, 12, 24, 48, 72, 96, 144, 288, 1440)
"""Periods that a day is divided into."""

CHANGE = 2.0
"""Hour of the night at which clocks change: what comes later on that day is an hour off."""

NANO = 1_000_000_000


def part_of(source: Source, name: str) -> str:
    """Return which part of a time a column holds by its values and its name; "" for none.

    Returns:
        "date", "year", "quarter", "month", "week", "day", "day_of_year", "hour", "minute",
        "second", "clock", "period" or "".
    """
    kind = source.kind(name)
    if kind == "time":
        return "date"
    if kind == "text":
        texts = source.distinct(name, 200)
        if are_clocks(texts):
            return "clock"
        is_month = called.is_called(name, called.MONTH) and all(month_of(each) for each in texts)
        return "month" if texts and is_month else ""
    if kind not in ("integer", "number"):
        return ""
    called_so = [(part, low, high) for part, names, low, high in called.PARTS
                 if called.is_called(name, names)]  # fmt: skip
    if not called_so and not called.is_called(name, called.CLOCK):
        return ""
    values = source.parse_numbers(name).values
    known = values[np.isfinite(values)]
    if not len(known):
        return ""
    low, high = float(known.min()), float(known.max())
    if kind == "number":
        return "clock" if _is_pointed_clock(source, name, low, high) else ""
    for part, least, most in called_so:
        if least <= low and high <= most:
            return part
    if called.is_called(name, called.CLOCK) and high <= 2359 and low >= 0:
        return "clock" if bool((known % 100 < 60).all()) and high > 24 else ""
    return ""


def _is_pointed_clock(source: Source, name: str, low: float, high: float) -> bool:
    """Say whether numbers such as 18.30 are hours and minutes."""
    if not called.is_called(name, called.CLOCK) or low < 0 or high >= 24:
        return False
    return are_clocks(source.distinct(name, 200))


def find_parts(source: Source, date: str | None, free: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that make the time together; nothing where one does, or none.

    Args:
        source: The table.
        date: The column of dates, None if there is none.
        free: Columns without a role.
    """
    others = [name for name in free if name != date]
    parts = {name: part_of(source, name) for name in others}
    by_part: dict[str, str] = {}
    for name, part in parts.items():
        if part and part != "date":
            by_part.setdefault(part, name)
    clock = [by_part[part] for part in ("clock", "hour", "minute", "second") if part in by_part]
    if date is not None:
        if not _are_midnights(source, date):
            return ()
        finer = clock or ([by_part["period"]] if "period" in by_part else [])
        return (date, *finer) if finer and _tells_apart(source, date, finer) else ()
    if "year" not in by_part:
        return ()
    year = by_part["year"]
    for chain in (("month", "day"), ("day_of_year",), ("quarter",), ("week",)):
        if chain[0] in by_part:
            days = [by_part[part] for part in chain if part in by_part]
            if chain == ("month", "day") and "day" not in by_part:
                return (year, *days)
            finer = clock or ([by_part["period"]] if "period" in by_part else [])
            return (year, *days, *(finer if chain[-1] in ("day", "day_of_year") else []))
    return ()


def _are_midnights(source: Source, date: str) -> bool:
    times = source.parse_times(date).values
    known = times[~np.isnat(times)].astype("datetime64[ns]").astype(np.int64)
    return bool(len(known)) and bool((known % (86_400 * NANO) == 0).all())


def _tells_apart(source: Source, date: str, finer: Sequence[str]) -> bool:
    """Say whether a date occurs with several values of the finer columns."""
    codes, names = source.codes(date)
    pairs = codes.astype(np.int64)
    for name in finer:
        more, labels = source.codes(name)
        pairs = pairs * (len(labels) + 1) + more + 1
    return len(pd.unique(pairs)) > 1.2 * len(names)


def join_time(source: Source, names: Sequence[str]) -> str:
    """Make one column of times of several, which it then stands for.

    Args:
        source: The table.
        names: Columns such as a date and a clock, from the coarsest to the finest.

    Returns:
        The name of the new column.

    Raises:
        DataError: A column is no part of a time, or a cell is none.
    """
    return source.joined(names) or source.add_times(names, _times(source, names))


def _times(source: Source, names: Sequence[str]) -> Times:
    """Return the times that several columns make together, (rows,) datetime64[ns]."""
    for name in names:
        source.require(name, "--time")
    parts = {name: part_of(source, name) for name in names}
    strange = [name for name, part in parts.items() if not part]
    if strange:
        raise DataError(
            f"{source.path}: column '{strange[0]}' is no part of a time: expected a date, year, "
            "month, day, hour, clock or number of a period, as its name and values say",
            "name the columns of the time: --set 'data.time=[DATE, CLOCK]'",
        )
    numbers = {part: _values(source, name, part) for name, part in parts.items()}
    days = _days(numbers)
    seconds = np.zeros(source.rows)
    for part, unit in (("clock", 1.0), ("hour", 3600.0), ("minute", 60.0), ("second", 1.0)):
        if part in numbers:
            values = numbers[part]
            if part == "hour" and np.nanmax(values) >= 24 and np.nanmin(values) >= 1:
                values = values - 1  # the hour that ends then
            seconds = seconds + unit * values
    if "period" in numbers:
        seconds = seconds + _of_periods(days, numbers["period"])
    missing = np.isnan(days) | np.isnan(seconds)
    if missing.any():
        row = int(missing.argmax())
        cells = ", ".join(f"'{source.text(name, row)[:30]}'" for name in names)
        raise DataError(
            f"{source.where(row)}: columns {', '.join(map(repr, names))} hold {cells}, which is "
            "no time",
            "correct it, or name other columns: --time COLUMN",
        )
    whole = days.astype(np.int64) * (86_400 * NANO) + np.round(seconds * NANO).astype(np.int64)
    return whole.astype("datetime64[ns]")


def _values(source: Source, name: str, part: str) -> npt.NDArray[np.float64]:
    """Return the values of one part, (rows,): days since 1970 of dates, seconds of clocks."""
    if part == "date":
        times = source.times(name).astype("datetime64[ns]")
        days = times.astype(np.int64) / (86_400 * NANO)
        return np.where(np.isnat(times), np.nan, days)
    if source.kind(name) in ("text", "number") and part in ("clock", "month"):
        codes, texts = source.codes(name)
        if part == "clock":
            values = clock_seconds(texts)
        else:
            values = np.array([month_of(text) or np.nan for text in texts], np.float64)
        return np.where(codes >= 0, np.append(values, np.nan)[codes], np.nan)
    numbers = source.numbers(name)
    if part == "clock":
        return 3600.0 * (numbers // 100) + 60.0 * (numbers % 100)
    return numbers


def _days(numbers: dict[str, npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """Return days since 1970, (rows,), NaN where there is none."""
    if "date" in numbers:
        return numbers["date"]
    year = numbers["year"]
    missing = np.isnan(year)
    years = np.where(missing, 1970, year).astype(np.int64)
    first = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    if "month" in numbers or "quarter" in numbers:
        month = numbers.get("month", 3 * numbers.get("quarter", np.ones(len(year))) - 2)
        missing |= np.isnan(month) | (month < 1) | (month > 12)
        months = (years - 1970) * 12 + np.where(missing, 1, month).astype(np.int64) - 1
        first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    extra = np.zeros(len(year))
    if "week" in numbers:  # the Monday of an ISO week: the fourth of January lies in the first
        fourth = first + 3
        first = fourth - (fourth + 3) % 7
        extra = 7 * (numbers["week"] - 1)
    for part in ("day", "day_of_year"):
        if part in numbers:
            extra = numbers[part] - 1
    days = first + extra
    if "day" in numbers:
        later = np.where(np.isnan(days), 0, days).astype(np.int64).astype("datetime64[D]")
        missing |= later.astype("datetime64[M]") != first.astype("datetime64[D]").astype(
            "datetime64[M]"
        )
    return np.where(missing, np.nan, days)


def _of_periods(
    days: npt.NDArray[np.float64], period: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return seconds since midnight of numbered periods, (rows,), as the clock on the wall shows.

    Example:
        >>> _of_periods(np.zeros(48), np.arange(1.0, 49.0))[[0, 1, 47]]
        array([    0.,  1800., 84600.])
    """
    first = 0.0 if np.nanmin(period) == 0 else 1.0
    number = period - first
    most = pd.Series(number).groupby(days).max() + 1
    usual = float(most.mode().iloc[0]) if len(most) else 24.0
    per_day = next((count for count in PER_DAY if count >= usual), PER_DAY[-1])
    hour = per_day / 24.0
    length = most.reindex(days).to_numpy()
    shift = np.zeros(len(days))
    is_late = number >= CHANGE * hour
    if hour >= 1:
        shift = np.where((length == per_day - hour) & is_late, hour, shift)
        shift = np.where((length == per_day + hour) & is_late, -hour, shift)
    return (number + shift) * (DAY / per_day)
