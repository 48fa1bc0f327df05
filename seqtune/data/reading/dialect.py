"""Detecting how a delimited file is written: its separator, decimal mark, header and layout.

All is judged on the first rows, and on the last lines. What is not the everyday form (`,` and `.`
and a header on the first line) is announced in a note that ends in the `--set` that overrides it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from seqtune.data.reading.cell_forms import DRESSED, is_value
from seqtune.data.reading.encoding import Scan
from seqtune.data.reading.header import width_of
from seqtune.data.reading.layout import comment_lines, find_layout
from seqtune.data.reading.physical_lines import Row, lines_of, rows_of
from seqtune.data.reading.read_options import SEPARATOR_WORDS, ReadOptions
from seqtune.errors import DataError

SEPARATORS = "\t;|,"
ENOUGH = 0.5
"""With a separator, at least this share of the rows is equally wide."""

COMMA_NUMBER = re.compile(r"[+-]?(\d{1,3}([.'’ ]\d{3})+|\d+),\d+([eE][+-]?\d+)?")
COMMA_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
POINT_NUMBER = re.compile(r"[+-]?(\d{1,3}([,'’ ]\d{3})+|\d+)\.\d+([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Dialect:
    """How a delimited file is written.

    Args:
        separator: One character; a blank stands for runs of blanks.
        decimal: "." or ",": how numbers are written unless a column shows otherwise.
        names: The columns, unique and not empty.
        skip_lines: Physical lines before the first data row.
        notes: What was decided, with the override.
        end_line: The first physical line after the rows; 0 where the file ends with them.
        comment: What begins a line among the rows that is left out; "" for nothing.
        is_quoted: Whether a cell may stand in double quotes.
        repeated: Names that the header uses more than once, and how often.
    """

    separator: str
    decimal: str
    names: tuple[str, ...]
    skip_lines: int
    notes: tuple[str, ...]
    end_line: int = 0
    comment: str = ""
    is_quoted: bool = True
    repeated: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether every line from the first row on belongs to the rows, as a reader takes them."""
        return not self.end_line and not self.comment and self.separator != " "


def sniff(path: Path, scan: Scan, options: ReadOptions) -> Dialect:
    """Decide the dialect of a file from its beginning and its end.

    Args:
        path: For messages.
        scan: What a pass over the file showed.
        options: What is not to be guessed.

    Raises:
        DataError: There is nothing but blank lines.
    """
    if not scan.start.strip():
        raise DataError(
            f"{path} is empty: it holds only blank lines", "expected a header and rows below it"
        )
    above = comment_lines(scan.start)[0] if options.comment == "auto" else 0
    above = above if options.skip == "auto" else int(options.skip)
    body = "".join(lines_of(scan.start)[above:])
    mark = _separator(body, options.separator)
    comment = {"auto": "auto", "none": ""}.get(options.comment, options.comment)
    skip, footer = _count(options.skip), _count(options.footer)
    layout = find_layout(scan, mark, options.header, skip, footer, comment)
    width = layout.width
    notes = []
    if options.separator == "auto" and mark != "," and width > 1:
        notes.append(f"separator {_shown(mark)} (guessed; --set data.separator=... overrides)")
    decimal = options.decimal if options.decimal != "auto" else _decimal(layout.rows, mark)
    if options.decimal == "auto" and decimal == ",":
        notes.append("decimal comma (guessed; --set data.decimal=. overrides)")
    if not layout.names and options.header == "auto":
        notes.append(
            f"no header line: columns named column_1 to column_{width}"
            " (--set data.header=first_line if the first line holds names)"
        )
    names = _as_wide(layout.names or ("",) * width, width, layout.rows)
    unique, repeated = unique_names(names, notes if layout.names else [])
    return Dialect(
        mark,
        decimal,
        unique,
        layout.skip_lines,
        (*notes, *layout.notes),
        layout.end_line,
        layout.comment,
        options.quoting != "none",
        repeated,
    )


def _count(asked: str | int) -> int | None:
    return None if asked == "auto" else int(asked)


def _as_wide(names: Sequence[str], width: int, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return a name for each cell of a row, where the header is one short."""
    full = [row for row in rows if len(row.cells) == width]
    if len(names) != width - 1 or len(full) < 2:
        return tuple(names)
    is_last_empty = not any(row.cells[-1] for row in full)
    return (*names, "") if is_last_empty else ("", *names)


def unique_names(
    cells: Sequence[str], notes: list[str]
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Name the nameless, and number names that several columns share.

    Args:
        cells: The names as they stand in the file.
        notes: Take what was changed.

    Returns:
        The names; and of each name that was used more than once, those that it became.

    Example:
        >>> unique_names(["a", "", "a"], [])
        (('a', 'column_2', 'a_2'), {'a': ('a', 'a_2')})
    """
    taken, names = set(cells), []
    became: dict[str, list[str]] = {}
    places: dict[str, list[str]] = {}
    for position, cell in enumerate(cells, start=1):
        name = cell
        if not cell:
            name = f"column_{position}"
            while name in taken:
                name += "_"
            notes.append(f"column {position} has no name; it is called '{name}'")
        elif cell in became:
            number = len(became[cell]) + 1
            while (name := f"{cell}_{number}") in taken:
                number += 1
        taken.add(name)
        names.append(name)
        if cell:
            became.setdefault(cell, []).append(name)
            places.setdefault(cell, []).append(str(position))
    repeated = {cell: tuple(each) for cell, each in became.items() if len(each) > 1}
    for cell, each in list(repeated.items())[:5]:
        notes.append(
            f"column name '{cell}' is used {_times(len(each))} (columns "
            f"{', '.join(places[cell][:-1])} and {places[cell][-1]}): called {', '.join(each)}"
        )
    return tuple(names), repeated


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"


def _shown(separator: str) -> str:
    return {"\t": "tab", " ": "blanks"}.get(separator, f"'{separator}'")


def _separator(body: str, wanted: str) -> str:
    if wanted != "auto":
        mark = SEPARATOR_WORDS.get(wanted, wanted)
        if len(mark) != 1:
            raise DataError(
                f"separator '{wanted}' is not one character",
                "--set data.separator=';' or tab, comma, semicolon, pipe, space",
            )
        return mark
    if _is_one_column(body):
        return ";"
    rows = {mark: rows_of(body, mark) for mark in SEPARATORS}
    shares = {mark: _share(rows[mark]) for mark in SEPARATORS}
    if 1.0 in shares.values():
        return next(mark for mark in SEPARATORS if shares[mark] == 1.0)
    if _stands_apart(body):
        return " "
    best = max(SEPARATORS, key=lambda mark: shares[mark])
    return best if shares[best] >= ENOUGH else _separator_of_ragged(body, rows)


def _share(rows: Sequence[Row]) -> float:
    """Return the share of rows of the usual width, from the first such row on; 0 of one column."""
    width = width_of(rows)
    if width == 1:
        return 0.0
    fits = [len(row.cells) == width for row in rows]
    first = fits.index(True)
    while fits and not fits[-1] and len(fits) - first > 4:  # totals and notes at the end
        fits.pop()
    return sum(fits[first:]) / len(fits[first:])


def _stands_apart(body: str) -> bool:
    """Say whether the columns stand apart by blanks: as many values on each line."""
    lines = [line.strip() for line in lines_of(body) if line.strip()][:300]
    if all(map(is_value, lines)):
        return False
    rows = rows_of(body, " ")
    width = width_of(rows)
    full = [row for row in rows if len(row.cells) == width]
    if width == 1 or len(full) < max(2, 0.9 * len(rows) - 1):
        return False
    cells = [cell for row in full[1:] for cell in row.cells]
    return sum(map(is_value, cells)) >= 0.7 * len(cells)


def _separator_of_ragged(body: str, rows: dict[str, list[Row]]) -> str:
    """Return the mark that splits the first line, so that reading names the ragged one."""
    split = [mark for mark in SEPARATORS if rows[mark] and len(rows[mark][0].cells) > 1]
    if split:
        wide = {mark: len(rows[mark][0].cells) for mark in split}
        return max(
            split,
            key=lambda mark: sum(len(row.cells) == wide[mark] for row in rows[mark]),
        )
    return ","


def _is_one_column(body: str) -> bool:
    """Say whether a file holds one column of numbers with decimal commas, which split nothing."""
    first, *values = [line.strip() for line in lines_of(body)[:300] if line.strip()] or [""]
    with_comma = [value for value in values if "," in value]
    is_split = any(mark in first for mark in SEPARATORS)
    return bool(with_comma) and not is_split and all(map(COMMA_NUMBER.fullmatch, with_comma))


def _decimal(rows: Sequence[Row], separator: str) -> str:
    commas = points = 0
    for row in rows:
        for cell in row.cells:
            dressed = DRESSED.fullmatch(cell)
            number = dressed["number"] if dressed else cell
            if COMMA_NUMBER.fullmatch(number):
                commas += separator != "," or not COMMA_THOUSANDS.fullmatch(number)
            elif POINT_NUMBER.fullmatch(number):
                points += 1
    return "," if commas > points else "."
