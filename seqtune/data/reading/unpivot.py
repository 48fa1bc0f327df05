"""Tables with a column per date: read as a row per date, beside the ids of what it is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seqtune.data.reading.cell_forms import is_number
from seqtune.data.reading.column_names import YEAR, is_called
from seqtune.data.reading.missing_words import WORDS
from seqtune.data.reading.month_words import month_of
from seqtune.data.reading.timestamps import parse_labels

MIN_DATES = 4
"""With fewer names that are dates, a table is taken as it stands."""

VALUE, DATE, SERIES = "value", "date", "series"
OVERRIDE = "--set data.wide=false reads the table as it stands"


@dataclass(frozen=True)
class Across:
    """What stands across.

    Args:
        ids: Columns that say what a row is of.
        dates: Columns whose names are dates or months.
        left_out: Columns that are neither.
        year: The column of years, where the names are months; "" where they are dates.
    """

    ids: tuple[str, ...]
    dates: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    year: str = ""


def find_across(names: Sequence[str]) -> Across | None:
    """Return which names are dates, or months beside a year; None where a table is no such one.

    Args:
        names: The columns.

    Example:
        >>> find_across(["place", "2020-01", "2020-02", "2020-03", "2020-04"]).ids
        ('place',)
    """
    months = [name for name in names if not name.isdecimal() and month_of(name)]
    years = [name for name in names if is_called(name, YEAR)]
    if len(years) == 1 and [month_of(name) for name in months] == list(range(1, 13)):
        others = tuple(name for name in names if name not in (*months, years[0]))
        return Across((years[0],), tuple(months), others, years[0])
    dates = _dates(names)
    if len(dates) < MIN_DATES or 2 * len(dates) < len(names) or len(dates) == len(names):
        return None
    return Across(tuple(name for name in names if name not in dates), tuple(dates))


def _dates(names: Sequence[str]) -> list[str]:
    """Return names that are dates, in order."""
    years = [name for name in names if name.isdecimal() and 1500 <= int(name) <= 2200]
    candidates = [name for name in names if any(map(str.isdigit, name)) and not name.isdecimal()]
    for found in (years, candidates):
        if len(found) < MIN_DATES:
            continue
        times = _times(found)
        known = [name for name, time in zip(found, times, strict=True) if not np.isnat(time)]
        gaps = np.diff(times[~np.isnat(times)]).astype(np.int64)
        if len(known) >= MIN_DATES and (bool((gaps > 0).all()) or bool((gaps < 0).all())):
            return known
    return []


def _times(names: Sequence[str]) -> Any:
    if all(map(str.isdecimal, names)):
        return np.array([f"{name}-01-01" for name in names], "datetime64[ns]")
    return parse_labels(list(names))


def unpivot(table: Any, across: Across, named: Sequence[str]) -> tuple[Any, str] | None:
    """Return a table with a row for each row and date, and what is said of it.

    Args:
        table: A pyarrow table of strings.
        across: What stands across.
        named: Columns that the user speaks of; a table that has them otherwise stays as it is.

    Returns:
        The table and a note; None where the table is to stay.
    """
    gone = {*across.dates, *across.left_out, across.year}
    if gone & {*named} or not _hold_numbers(table, across.dates):
        return None
    rows, count = table.num_rows, len(across.dates)
    place = np.repeat(np.arange(rows), count)
    columns: dict[str, Any] = {}
    for name in across.ids:
        if name != across.year:
            columns[name] = table.column(name).take(place)
    if across.year:
        texts = [f"{month_of(name):02d}" for name in across.dates]
        years = table.column(across.year).cast(pa.string()).take(place)
        dates = pc.binary_join_element_wise(years, pa.array(texts * rows), "-")
    else:
        series = _series_of(table, across.ids)
        if series is not None:
            columns[_free(SERIES, across.ids)] = series.take(place)
        dates = pa.array(np.tile(_times(across.dates), rows))
    columns[_free(DATE, columns)] = dates
    values = pa.chunked_array([table.column(name).combine_chunks() for name in across.dates])
    order = (np.arange(count)[None, :] * rows + np.arange(rows)[:, None]).ravel()
    columns[_free(VALUE, columns)] = values.take(order)
    what = "months" if across.year else "dates"
    note = (
        f"{count} columns are named by {what} ({across.dates[0]} to {across.dates[-1]}): read as "
        f"rows ({OVERRIDE})"
    )
    if across.left_out:
        note += f"; not used: {', '.join(across.left_out[:8])}"
    return pa.table(columns), note


def _series_of(table: Any, ids: Sequence[str]) -> Any:
    """Return names of series, joined of the texts of several ids; None where one id tells all."""
    words = [name for name in ids if not _are_numbers(table.column(name))]
    for name in words or ids:
        column = table.column(name)
        if _names_rows(column.cast(pa.string())):
            return None
    if len(ids) < 2:
        return None
    joined = None
    for name in (*words, *(name for name in ids if name not in words)):
        part = pc.fill_null(table.column(name).cast(pa.string()), "")
        joined = part if joined is None else pc.binary_join_element_wise(joined, part, " ")
        joined = pc.utf8_trim_whitespace(joined)
        if _names_rows(joined):
            return joined
    return joined


def _names_rows(column: Any) -> bool:
    """Say whether every cell is another name."""
    is_blank = pc.any(pc.equal(pc.utf8_length(column), 0)).as_py()
    return len(column.unique()) == len(column) and not column.null_count and not is_blank


def _are_numbers(column: Any) -> bool:
    cells = column.slice(0, 200).drop_null().cast(pa.string()).to_pylist()
    return all(is_number(cell.strip()) for cell in cells if cell.strip())


def _hold_numbers(table: Any, names: Sequence[str]) -> bool:
    """Say whether cells of some columns are numbers, or missing."""
    some = names[:: max(1, len(names) // 8)]
    for name in some:
        column = table.column(name).slice(0, 50)
        if not pa.types.is_string(column.type):
            continue
        cells = pc.utf8_trim_whitespace(column).drop_null().to_pylist()
        present = [cell for cell in cells if cell not in WORDS]
        if any(not any(map(str.isdigit, cell)) for cell in present):
            return False
    return True


def _free(name: str, taken: Any) -> str:
    while name in taken:
        name += "_"
    return name
