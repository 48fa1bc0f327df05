"""The time of each row: instants, integers that are dates, plain integers, or the rows' order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.frequency import ONE_DAY
from seqtune.errors import DataError

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source

Ints = npt.NDArray[np.int64]


def read_times(source: Source, name: str) -> tuple[npt.NDArray[Any], tuple[str, ...]]:
    """Read a time column: (rows,), datetime64[ns] or int64, and notes on how it was read.

    Integers that are all dates written like 20240131 or 202401 are read as dates; other integers
    are steps.

    Raises:
        DataError: A time is missing, is not a date, or is a number that is not whole.
    """
    if source.kind(name) not in ("integer", "number"):
        times = source.times(name)
        _refuse(source, name, np.isnat(times), "a time")
        return times, ()
    numbers = source.numbers(name)
    _refuse(source, name, np.isnan(numbers), "a time")
    if bool((numbers != np.floor(numbers)).any()):
        row = int(np.flatnonzero(numbers != np.floor(numbers))[0])
        raise DataError(
            f"{_where(source, row, name)}: the time is {numbers[row]}, expected a date or a "
            "whole number",
            hint="name the time column: --time COLUMN",
        )
    steps = numbers.astype(np.int64)
    dates = dates_of_integers(steps)
    if dates is None:
        return steps, ()
    return dates, (f"the integers in '{name}' are dates, like {steps[0]}: read as dates",)


def count_rows(codes: npt.NDArray[np.int32] | None, rows: int) -> Ints:
    """Number the rows of each series in the order of the file, from 0: (rows,), int64."""
    if codes is None:
        return np.arange(rows)
    order = np.argsort(codes, kind="stable")
    begins = np.flatnonzero(np.diff(codes[order], prepend=-1) != 0)
    counts = np.diff(begins, append=rows)
    steps = np.empty(rows, dtype=np.int64)
    steps[order] = np.arange(rows) - np.repeat(begins, counts)
    return steps


def dates_of_integers(values: Ints) -> npt.NDArray[Any] | None:
    """Read integers such as 20240131 or 202401 as dates; None where they are not all such.

    Args:
        values: (rows,), int64.

    Returns:
        (rows,), datetime64[ns], or None.

    Example:
        >>> dates_of_integers(np.array([20240131, 20240201]))[0]
        np.datetime64('2024-01-31T00:00:00.000000000')
    """
    if len(values) < 2:
        return None
    low, high = int(values.min()), int(values.max())
    if low >= 19000101 and high <= 21991231:
        year, month, day = values // 10000, values // 100 % 100, values % 100
    elif low >= 190001 and high <= 219912:
        year, month, day = values // 100, values % 100, np.ones_like(values)
    else:
        return None
    if not bool(((month >= 1) & (month <= 12) & (day >= 1)).all()):
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1) * ONE_DAY
    if bool((days.astype("datetime64[M]") != months).any()):
        return None
    return days.astype("datetime64[ns]")


def _refuse(source: Source, name: str, missing: npt.NDArray[np.bool_], what: str) -> None:
    if bool(missing.any()):
        row = int(missing.argmax())
        count = int(missing.sum())
        more = f" (and in {count - 1} more rows)" if count > 1 else ""
        raise DataError(
            f"{_where(source, row, name)}: expected {what}, found nothing{more}",
            hint="fill it in, remove the row, or name another column: --time COLUMN",
        )


def _where(source: Source, row: int, name: str) -> str:
    return f"{source.where(row)}: column '{name}'"
