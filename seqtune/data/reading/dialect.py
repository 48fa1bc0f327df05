"""Detecting how a delimited file is written: its separator, decimal mark and header.

All three are judged on the first rows. What is not the everyday form (`,` and `.` and a header)
is announced in a note that ends in the `--set` that overrides it.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from seqtune.data.reading.encoding import Scan
from seqtune.errors import DataError

SEPARATORS = "\t;|,"
SEPARATOR_WORDS = {
    "tab": "\t",
    "\\t": "\t",
    "semicolon": ";",
    "comma": ",",
    "pipe": "|",
    "space": " ",
}
SAMPLE_ROWS = 300
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?([ T]\d.*)?")
COMMA_NUMBER = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+([eE][+-]?\d+)?")
COMMA_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
POINT_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)\.\d+([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Dialect:
    """How a delimited file is written.

    Args:
        separator: One character.
        decimal: "." or ",": how numbers are written unless a column shows otherwise.
        names: The columns, unique and not empty.
        skip_lines: Physical lines before the first data row.
        notes: What was decided, with the override.
    """

    separator: str
    decimal: str
    names: tuple[str, ...]
    skip_lines: int
    notes: tuple[str, ...]


def sniff(
    path: Path,
    scan: Scan,
    separator: str = "auto",
    decimal: str = "auto",
    header: str = "auto",
) -> Dialect:
    """Decide the dialect of a file from its beginning.

    Args:
        path: For messages.
        scan: What a pass over the file showed.
        separator: One character, a word such as "tab", or "auto".
        decimal: ".", "," or "auto".
        header: "first_line", "none" or "auto".

    Raises:
        DataError: There is nothing but blank lines, or column names repeat.
    """
    notes: list[str] = []
    blank = _leading_blank_lines(scan.start)
    body = "".join(scan.start.splitlines(keepends=True)[blank:])
    if not body.strip():
        raise DataError(
            f"{path} is empty: it holds only blank lines", "expected a header and rows below it"
        )
    mark = _separator(body, separator)
    rows, header_lines = _rows(body, mark)
    if separator == "auto" and mark != "," and len(rows[0]) > 1:
        notes.append(f"separator {_shown(mark)} (guessed; --set data.separator=... overrides)")
    named = header == "first_line" or (header == "auto" and not _is_data(rows[0]))
    point = decimal if decimal != "auto" else _decimal(rows[named:], mark)
    if decimal == "auto" and point == ",":
        notes.append("decimal comma (guessed; --set data.decimal=. overrides)")
    if not named and header == "auto":
        notes.append(
            f"no header line: columns named column_1 to column_{len(rows[0])}"
            " (--set data.header=first_line if the first line holds names)"
        )
    names = _names(path, rows[0] if named else [""] * len(rows[0]), notes if named else [])
    return Dialect(mark, point, names, blank + (header_lines if named else 0), tuple(notes))


def unique_names(path: Path | str, names: list[str]) -> None:
    """Refuse names that two columns share.

    Raises:
        DataError: With the name and both positions.
    """
    first: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if name in first:
            raise DataError(
                f"{path}: column name '{name}' is used twice (columns {first[name]} and"
                f" {position})",
                "rename one of them in the header",
            )
        first[name] = position


def _leading_blank_lines(start: str) -> int:
    count = 0
    for line in start.splitlines():
        if line.strip():
            break
        count += 1
    return count


def _shown(separator: str) -> str:
    return "tab" if separator == "\t" else f"'{separator}'"


def _rows(body: str, separator: str) -> tuple[list[list[str]], int]:
    """Return the sampled rows without blank ones, and the physical lines of the first."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator)
    rows: list[list[str]] = []
    first_lines = 0
    try:
        for row in reader:
            if row:
                rows.append([cell.strip() for cell in row])
                first_lines = first_lines or reader.line_num
            if len(rows) >= SAMPLE_ROWS:
                break
    except csv.Error:  # a quote left open: reading the file in earnest names the line
        pass
    return rows or [[""]], max(first_lines, 1)


def _separator(body: str, wanted: str) -> str:
    if wanted != "auto":
        mark = SEPARATOR_WORDS.get(wanted, wanted)
        if len(mark) != 1:
            raise DataError(
                f"separator '{wanted}' is not one character",
                "--set data.separator=';' or tab, comma, semicolon, pipe, space",
            )
        return mark
    widths = {mark: [len(row) for row in _rows(body, mark)[0]] for mark in SEPARATORS}
    steady = [mark for mark in SEPARATORS if len(set(widths[mark])) == 1 and widths[mark][0] > 1]
    if steady:
        return steady[0]
    split = [mark for mark in SEPARATORS if widths[mark][0] > 1]
    if split:  # ragged: the mark with which most rows are as wide as the header
        return max(split, key=lambda mark: _share(widths[mark]))
    return _separator_of_one_column(body)


def _share(widths: list[int]) -> float:
    return sum(width == widths[0] for width in widths) / len(widths)


def _separator_of_one_column(body: str) -> str:
    """Choose a mark that does not split decimal commas in a file of one column."""
    values = [line.strip() for line in body.splitlines()[1:] if line.strip()]
    with_comma = [value for value in values if "," in value]
    if with_comma and all(COMMA_NUMBER.fullmatch(value) for value in with_comma):
        return ";"
    return ","


def _is_data(row: list[str]) -> bool:
    """Say whether a first row is no header: all numbers or dates, at least one number."""
    numbers = [bool(NUMBER.fullmatch(cell)) for cell in row]
    dates = [bool(DATE.fullmatch(cell)) for cell in row]
    return any(numbers) and all(number or date for number, date in zip(numbers, dates, strict=True))


def _decimal(rows: list[list[str]], separator: str) -> str:
    commas = points = 0
    for row in rows:
        for cell in row:
            if COMMA_NUMBER.fullmatch(cell):
                commas += separator != "," or not COMMA_THOUSANDS.fullmatch(cell)
            elif POINT_NUMBER.fullmatch(cell):
                points += 1
    return "," if commas > points else "."


def _names(path: Path, cells: list[str], notes: list[str]) -> tuple[str, ...]:
    unique_names(path, [cell for cell in cells if cell])
    taken = set(cells)
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = cell or f"column_{position}"
        while not cell and name in taken:
            name += "_"
        if not cell:
            notes.append(f"column {position} has no name; it is called '{name}'")
        names.append(name)
    return tuple(names)
