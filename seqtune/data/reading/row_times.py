"""The time of each row: instants, integers that are dates, plain integers, or the rows' order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.column_names import DATE, is_called
from seqtune.data.reading.numbered_times import (
    are_serial_days,
    epoch_unit,
    times_of_digits,
    times_of_epoch,
    times_of_serial_days,
)
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
    numbers = source.exact_numbers(name)
    _refuse(source, name, np.isnan(numbers), "a time")
    unit = epoch_unit(numbers)
    digits = times_of_digits(numbers) if numbers.dtype.kind == "i" else None
    if digits is not None:
        return digits, (f"the integers in '{name}' are dates, like {numbers[0]}: read as dates",)
    if unit:
        what = f"the numbers in '{name}' are {unit} since 1970, in UTC: read as times"
        return times_of_epoch(numbers, unit), (what,)
    if is_called(name, DATE) and are_serial_days(numbers):
        return times_of_serial_days(numbers), (
            f"the numbers in '{name}' are days of a spreadsheet: read as dates",
        )
    if numbers.dtype.kind == "f" and bool((numbers != np.floor(numbers)).any()):
        row = int(np.flatnonzero(numbers != np.floor(numbers))[0])
        raise DataError(
            f"{_where(source, row, name)}: the time is {numbers[row]}, expected a date or a "
            "whole number",
            hint="name the time column: --time COLUMN",
        )
    beyond = np.abs(numbers) >= 2.0**63 if numbers.dtype.kind == "f" else np.zeros(1, np.bool_)
    if beyond.any():
        row = int(beyond.argmax())
        raise DataError(
            f"{_where(source, row, name)}: the time is {numbers[row]:g}, expected a whole number "
            "below 2**63",
            hint="name the time column: --time COLUMN",
        )
    return numbers.astype(np.int64), ()


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
