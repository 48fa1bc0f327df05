"""The physical lines of a text, and the rows that cells in quotes make of them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
FIELD_CHARACTERS = 1 << 30
BLANKS = re.compile(r"[ \t]+")


@dataclass(frozen=True)
class Row:
    """A row of a delimited text.

    Args:
        line: 1-based physical line on which it begins.
        cells: Its cells, without blanks around them.
    """

    line: int
    cells: tuple[str, ...]

    def present(self, columns: Sequence[int]) -> list[str]:
        """Return the cells of some columns that are there and not empty."""
        some = (self.cells[column] for column in columns if column < len(self.cells))
        return [cell for cell in some if cell]

    @property
    def filled(self) -> int:
        """Number of cells that are not empty."""
        return sum(map(bool, self.cells))


def lines_of(text: str) -> list[str]:
    r"""Return physical lines with their ends; a carriage return alone ends a line too.

    Example:
        >>> lines_of("a\rb\r\nc\n\nd")
        ['a\r', 'b\r\n', 'c\n', '\n', 'd']
    """
    return LINE.findall(text)


def split_blanks(line: str) -> list[str]:
    """Return the cells of a line whose columns stand apart by blanks."""
    return BLANKS.split(line.strip())


def rows_of(
    text: str, separator: str, first_line: int = 1, most: int = 300, quoted: bool = True
) -> list[Row]:
    """Return the rows of a text that are not blank.

    Args:
        text: From the beginning of a line on.
        separator: One character; a blank stands for runs of blanks.
        first_line: The physical line that the text begins with.
        most: So many rows at most.
        quoted: Whether a cell may stand in double quotes.
    """
    if separator == " ":
        numbered = enumerate(lines_of(text), start=first_line)
        rows = [Row(number, tuple(split_blanks(line))) for number, line in numbered if line.strip()]
        return rows[:most]
    rows = []
    for number, cells in _read(text, separator, quoted):
        if cells:
            rows.append(Row(first_line + number, tuple(cell.strip() for cell in cells)))
        if len(rows) >= most:
            break
    return rows


def _read(text: str, separator: str, quoted: bool) -> Iterator[tuple[int, list[str]]]:
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, quoting=quoting)
    before, limit = 0, csv.field_size_limit(FIELD_CHARACTERS)
    try:
        for cells in reader:
            yield before, cells
            before = reader.line_num
    except csv.Error:  # a quote left open: reading the file in earnest names the line
        return
    finally:
        csv.field_size_limit(limit)
