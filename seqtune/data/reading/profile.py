"""A line on every column of a table: what it holds, how much is missing, from where to where."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from seqtune.data.reading.columns import Parsed
from seqtune.data.reading.source import Source

EXAMPLE_CHARACTERS = 40


@dataclass(frozen=True)
class ColumnProfile:
    """What one column holds.

    Args:
        name: Its name.
        kind: "number", "integer", "time", "text", "boolean" or "empty".
        missing: Cells without a value.
        distinct: Different values.
        minimum: The smallest value, as text; "" if there is none.
        maximum: The largest.
        example: The first value, as it stands in the file.
    """

    name: str
    kind: str
    missing: int
    distinct: int
    minimum: str
    maximum: str
    example: str


@dataclass(frozen=True)
class Profile:
    """What a table holds.

    Args:
        path: The file.
        rows: Data rows.
        columns: One profile per column, in the order of the file.
        notes: What was decided while reading, and the faults that were met.
    """

    path: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {**asdict(self), "columns": [asdict(c) for c in self.columns]}


def profile_source(source: Source) -> Profile:
    """Look at every column once, one after the other, so that memory holds one at a time.

    Args:
        source: The table.

    Returns:
        The profile; cells that do not fit their column are counted in a note, with the first.
    """
    faults: list[str] = []
    columns = tuple(_profile(source, name, faults) for name in source.names)
    return Profile(str(source.path), source.rows, columns, (*source.notes, *faults))


def _profile(source: Source, name: str, faults: list[str]) -> ColumnProfile:
    kind = source.kind(name)
    if kind == "empty":
        return ColumnProfile(name, kind, source.rows, 0, "", "", "")
    if kind == "text":
        return _profile_of_text(source, name)
    is_time = kind == "time"
    parsed = source.parse_times(name) if is_time else source.parse_numbers(name)
    if parsed.faults:
        faults.append(_fault(source, name, parsed, "date" if is_time else "number"))
    values = parsed.values
    absent = np.isnat(values) if is_time else np.isnan(values)
    present = np.flatnonzero(~absent)
    missing = source.rows - len(present) - parsed.faults
    example = _shortened(source.text(name, int(present[0]))) if len(present) else ""
    values = values[present]
    values.sort()
    if not len(values):
        return ColumnProfile(name, kind, missing, 0, "", "", example)
    distinct = 1 + int(np.count_nonzero(values[1:] != values[:-1]))
    shown = [_shown(value, kind) for value in (values[0], values[-1])]
    if is_time:
        shown = _without_midnight(shown)
    return ColumnProfile(name, kind, missing, distinct, shown[0], shown[1], example)


def _profile_of_text(source: Source, name: str) -> ColumnProfile:
    """Order texts as pyarrow does, by code point; blank ones are the missing."""
    present = source.present_texts(name)
    distinct = int(pc.count_distinct(present).as_py())
    ends = pc.min_max(present).as_py()
    return ColumnProfile(
        name,
        "text",
        source.rows - len(present),
        distinct,
        _shortened(ends["min"] or ""),
        _shortened(ends["max"] or ""),
        _shortened(present[0].as_py()) if len(present) else "",
    )


def _fault(source: Source, name: str, parsed: Parsed, noun: str) -> str:
    row = parsed.first_fault
    number = f"{parsed.faults} values are" if parsed.faults > 1 else "1 value is"
    text = _shortened(source.text(name, row))
    return f"column '{name}': {number} no usable {noun}; the first is '{text}', {source.where(row)}"


def _shown(value: Any, kind: str) -> str:
    if kind == "time":
        return str(np.datetime_as_string(value, unit="auto")).replace("T", " ")
    if kind == "boolean":
        return "true" if value else "false"
    return str(int(value)) if kind == "integer" else f"{value:.10g}"


def _without_midnight(shown: list[str]) -> list[str]:
    """Write both ends with their clock if one of them has it."""
    clocks = [" " in text for text in shown]
    if any(clocks):
        return [
            text if clock else f"{text} 00:00" for text, clock in zip(shown, clocks, strict=True)
        ]
    return shown


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXAMPLE_CHARACTERS else f"{line[: EXAMPLE_CHARACTERS - 1]}…"
