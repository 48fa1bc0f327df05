"""What the files of a folder of tables are: a series each, or one table in several files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seqtune.data.reading.file_dates import FileDate, file_date
from seqtune.data.reading.folder import printable, stem_of
from seqtune.data.reading.source import Source

SERIES, TIME, DATE = "series", "time", "date"
CLOCK = r"^\s*([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?\s*$"
NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Layout:
    """In which order files are read, and the columns that come from their names.

    Args:
        order: (files,), their places in that order.
        columns: Values by column, one for each file in the order of the files.
        notes: What was decided, with the override.
        clock: The column to which the date of each file is added; "" for none.
        dates: The date of each file, in the order of the files; empty where names have none.
    """

    order: tuple[int, ...]
    columns: dict[str, tuple[str, ...]]
    notes: tuple[str, ...]
    clock: str = ""
    dates: tuple[np.datetime64, ...] = ()


def layout_of(names: Sequence[str], rows: Source, counts: Sequence[int], wanted: str) -> Layout:
    """Decide what files are.

    Args:
        names: The files, relative to the folder.
        rows: The rows of all, file after file.
        counts: Rows of each file.
        wanted: "auto", "series" or "parts".
    """
    stems = [stem_of(name) for name in names]
    files = f"{len(names):,} files"
    if SERIES in rows.names:  # what a series is does not depend on the file that it is in
        note = f"{files} with a column '{SERIES}': joined in the order of their names"
        return Layout(_natural(stems), {}, (note,))
    if wanted == "series":
        return _as_series(names, stems, (f"{files}: a series each, named in '{SERIES}'",))
    dates = _file_dates(stems)
    if dates:
        return _dated(dates, rows, counts, files)
    begins = None if wanted == "parts" else _following(rows, counts)
    if begins is not None:
        order = tuple(int(place) for place in np.argsort(begins, kind="stable"))
        note = f"{files} whose times follow one another: joined ({_instead('series')})"
        return Layout(order, {}, (note,))
    if wanted == "parts":
        return Layout(_natural(stems), {}, (f"{files}: joined in the order of their names",))
    note = f"{files}: taken for a series each, named in '{SERIES}' ({_instead('parts')})"
    return _as_series(names, stems, (note,))


def _instead(other: str) -> str:
    meaning = {"series": "if each is a series", "parts": "if they are one table in parts"}[other]
    return f"--set data.folder={other} {meaning}"


def _as_series(names: Sequence[str], stems: Sequence[str], notes: tuple[str, ...]) -> Layout:
    short = [stem.rsplit("/", 1)[-1] for stem in stems]
    chosen = next(each for each in (short, stems, names) if len(set(each)) == len(each))
    return Layout(_natural(stems), {SERIES: tuple(map(printable, chosen))}, notes)


def _natural(stems: Sequence[str]) -> tuple[int, ...]:
    """Return the places of names in their order; 2 comes before 10."""

    def key(place: int) -> list[tuple[bool, int, str]]:
        parts = NUMBER.split(stems[place])
        return [
            (part.isdecimal(), int(part[:18]) if part.isdecimal() else 0, part) for part in parts
        ]

    return tuple(sorted(range(len(stems)), key=key))


def _file_dates(stems: Sequence[str]) -> list[FileDate]:
    """Return the date of every file; nothing where one has none, or all have the same."""
    found = [date for stem in stems if (date := file_date(stem))]
    if len(found) < len(stems) or len({date.begin for date in found}) == 1:
        return []
    return found if len({date.unit for date in found}) == 1 else []


def _dated(dates: Sequence[FileDate], rows: Source, counts: Sequence[int], files: str) -> Layout:
    begins = tuple(date.begin for date in dates)
    rests = [printable(date.rest) for date in dates]
    order = tuple(sorted(range(len(dates)), key=lambda place: (rests[place], begins[place])))
    columns: dict[str, tuple[str, ...]] = {}
    unit = dates[0].unit
    notes = [f"{files}, one for each {unit}: joined ({_instead('series')})"]
    if len(set(rests)) > 1:
        columns[SERIES] = tuple(rests)
        notes = [f"{files}, one for each series and {unit}: '{SERIES}' is what else their names say"
                 f" ({_instead('series')})"]  # fmt: skip
    clock = _clock(rows) if unit == "day" else ""
    if clock:
        notes.append(f"'{clock}' has only clocks: '{TIME}' adds the dates of the file names")
        return Layout(order, columns, tuple(notes), clock, begins)
    if max(counts) == 1 and not _time_columns(rows):
        columns[DATE] = tuple(map(str, begins))
        notes.append(f"'{DATE}' is the date in the file name")
    return Layout(order, columns, tuple(notes), dates=begins)


def _time_columns(rows: Source) -> list[str]:
    return [name for name in rows.names if rows.kind(name) == "time"]


def _clock(rows: Source) -> str:
    """Return the column of clocks where no column has a date; "" for none."""
    clocks = [name for name in rows.names if _is_clock(rows, name)]
    return clocks[0] if clocks and set(_time_columns(rows)) <= set(clocks) else ""


def _is_clock(rows: Source, name: str) -> bool:
    column = rows.table().column(name)
    if not pa.types.is_string(column.type) or column.null_count:
        return False
    if not pc.match_substring_regex(column.slice(0, 1), CLOCK)[0].as_py():
        return False
    return bool(pc.all(pc.match_substring_regex(column, CLOCK)).as_py())


def _following(rows: Source, counts: Sequence[int]) -> np.ndarray[Any, Any] | None:
    """Return when each file begins, where each begins when another has ended; None where not."""
    begins_at = np.cumsum([0, *counts[:-1]])
    for name in _time_columns(rows):
        parsed = rows.parse_times(name)
        begins = np.fmin.reduceat(parsed.values, begins_at)
        ends = np.fmax.reduceat(parsed.values, begins_at)
        if parsed.faults or np.isnat(begins).any():
            continue
        order = np.argsort(begins, kind="stable")
        if (begins[order][1:] > ends[order][:-1]).all():
            return begins
    return None
