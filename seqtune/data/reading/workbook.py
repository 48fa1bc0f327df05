"""Reading a sheet of a workbook: Excel's .xlsx, .xlsm, .xlsb and .xls, and .ods."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seqtune.data.reading.archive import ZIP, refuse_large_workbook
from seqtune.data.reading.header import Header, find_header
from seqtune.data.reading.layout import MAX_FOOTER, count_notes, line_numbers
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.physical_lines import Row
from seqtune.data.reading.python_rows import table_of_rows, text_of
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.sheet_area import refuse_wide_sheets
from seqtune.errors import DataError, MissingExtra, literal, nearest

MIDNIGHT = datetime.time()


@dataclass(frozen=True)
class SheetLines:
    """On which line of a sheet each row of the table is.

    Args:
        lines: (rows,), from 1 as the spreadsheet counts them.
    """

    lines: Sequence[int]

    def __call__(self, row: int) -> int:
        """Return the line of data row `row` (from 0)."""
        return self.lines[row]


def read_workbook(
    file: OpenedFile, options: ReadOptions
) -> tuple[Any, SheetLines, tuple[str, ...]]:
    """Read one sheet: the first that holds something, or the one that is asked for.

    Its first full line names the columns; blank lines are left out. Dates stay dates.

    Args:
        file: The workbook.
        options: `sheet` and `header`.

    Returns:
        A pyarrow table, the map from rows to lines, and what was decided.

    Raises:
        MissingExtra: The package that reads workbooks is not installed.
        DataError: It is damaged or encrypted, there is no such sheet, or it holds no table.
    """
    name, others, cells, first = _sheet(file, options.sheet)
    notes = [_origin(name, others, options.sheet)]
    rows = [
        (line, [_value(cell) for cell in row])
        for line, row in enumerate(cells, start=first + 1)
        if any(not _is_blank(cell) for cell in row)
    ]
    if not rows:
        raise DataError(
            f"{file.path}: the sheet '{literal(name)}' is empty",
            "--set data.sheet=NAME" + (f"; the others are {_names(others)}" if others else ""),
        )
    names, body = _table(rows, options, notes)
    if not body:
        raise DataError(
            f"{file.path} has a header and no rows: {', '.join(names)[:200]}",
            "expected rows below it",
        )
    kept = [at for at in range(len(names)) if names[at]]
    table = table_of_rows([names[at] for at in kept], ([row[at] for at in kept] for _, row in body))
    return table, SheetLines([line for line, _ in body]), tuple(notes)


def _sheet(file: OpenedFile, wanted: str) -> tuple[str, list[str], list[list[Any]], int]:
    """Return the name of the sheet, those of the others, its cells, and the lines above them."""
    try:
        import python_calamine as calamine
    except ImportError as error:
        raise MissingExtra(
            f"{file.path} is a spreadsheet, for which a package is needed that is not installed",
            "pip install 'seqtune[excel]', or save the sheet as CSV",
        ) from error
    content = b"".join(file.blocks())
    if content.startswith(ZIP):
        refuse_large_workbook(io.BytesIO(content), file.path)
        refuse_wide_sheets(io.BytesIO(content), len(content), file.path)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = _visible(calamine, book)
        if not names:
            raise DataError(f"{file.path} has no sheet", "save it again, or as CSV")
        if wanted != "auto":
            name = _named(file, wanted, [*book.sheet_names])
            sheet = book.get_sheet_by_name(name)
        else:
            sheets = ((each, book.get_sheet_by_name(each)) for each in names)
            name, sheet = next(((n, s) for n, s in sheets if s.height), (names[0], None))
        rows = sheet.to_python(skip_empty_area=True) if sheet is not None else []
        start = sheet.start if sheet is not None else None
    except calamine.CalamineError as error:
        reason = (str(error).splitlines() or [""])[0][:200]
        raise DataError(
            f"{file.path} is not a readable workbook: {reason}",
            "it may be damaged or encrypted; save it again without a password, or as CSV",
        ) from error
    return name, [each for each in names if each != name], rows, start[0] if start else 0


def _visible(calamine: Any, book: Any) -> list[str]:
    """Return the names of the sheets that a reader of the workbook sees."""
    kinds, states = calamine.SheetTypeEnum, calamine.SheetVisibleEnum
    names = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == kinds.WorkSheet and sheet.visible == states.Visible
    ]
    return names or list(book.sheet_names)


def _named(file: OpenedFile, wanted: str, names: list[str]) -> str:
    if wanted in names:
        return wanted
    guess = nearest(wanted, names)
    raise DataError(
        f"{file.path} has no sheet '{literal(wanted)}'; its sheets are {_names(names)}",
        f"--set 'data.sheet={literal(guess or names[0])}'",
    )


def _origin(name: str, others: list[str], wanted: str) -> str:
    if wanted != "auto" or not others:
        return f"read from the sheet '{literal(name)}'"
    return (
        f"read from the sheet '{literal(name)}', the first of {len(others) + 1}"
        f" (--set data.sheet=NAME takes another: {_names(others)})"
    )


def _names(names: Sequence[str]) -> str:
    return ", ".join(literal(name)[:40] for name in names[:8]) + (", …" if len(names) > 8 else "")


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _value(cell: Any) -> Any:
    """Return a cell: blank ones as None, whole numbers as integers, dates as times."""
    if _is_blank(cell):
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    if isinstance(cell, datetime.date) and not isinstance(cell, datetime.datetime):
        return datetime.datetime.combine(cell, MIDNIGHT)
    return str(cell) if isinstance(cell, datetime.time) else cell


SAMPLE_ROWS = 300

Rows = list[tuple[int, list[Any]]]


def _filled(row: Sequence[Any]) -> int:
    return sum(cell is not None for cell in row)


def _table(rows: Rows, options: ReadOptions, notes: list[str]) -> tuple[list[str], Rows]:
    """Return the names of the columns, "" for those that are empty, and the rows below them."""
    skip = 0 if options.skip == "auto" else int(options.skip)
    rows = rows[skip:]
    if options.footer != "auto":
        rows = rows[: len(rows) - int(options.footer)]
    sample = [Row(line, tuple(map(_text, row))) for line, row in rows[:SAMPLE_ROWS]]
    found = Header(()) if options.header == "none" else find_header(sample)
    if options.header == "first_line":
        found = Header(sample[0].cells, lines=(sample[0],), first=1)
    left = [row.line for row in (*found.titles, *found.under)]
    if left:
        notes.append(f"{line_numbers(left)} above the rows left out (--set data.skip=N overrides)")
    body = rows[found.first :]
    end = len(body) - _notes_below(rows, body) if options.footer == "auto" else len(body)
    if end < len(body):
        below = [line for line, _ in body[end:]]
        notes.append(
            f"{line_numbers(below)} at the end left out: '{_text(body[end][1][0])[:40]}' (total or "
            "note; --set data.footer=0 reads everything)"
        )
    body = body[:end]
    width = max(len(row) for _, row in rows)
    used = [any(at < len(row) and row[at] is not None for _, row in body) for at in range(width)]
    given = [*found.names, *[""] * width][:width]
    names = [
        name or (f"column_{place}" if is_used else "")
        for place, (name, is_used) in enumerate(zip(given, used, strict=True), start=1)
    ]
    if not found.names and options.header == "auto":
        notes.append(
            f"no header line: columns named column_1 to column_{len(names)}"
            " (--set data.header=first_line if the first line holds names)"
        )
    elif found.names:
        notes += [
            f"column {place} has no name; it is called '{name}'"
            for place, (cell, name) in enumerate(zip(given, names, strict=True), start=1)
            if not cell and name
        ]
    return names, body


def _text(cell: Any) -> str:
    return "" if cell is None else text_of(cell).strip()


def _notes_below(rows: Rows, body: Rows) -> int:
    """Return how many rows at the end are totals or notes."""
    sample = [Row(line, tuple(map(_text, row))) for line, row in body[:SAMPLE_ROWS]]
    tail = [Row(line, tuple(map(_text, row))) for line, row in body[-MAX_FOOTER - 1 :]]
    return count_notes(sample, tail)
