"""How far apart the cells of a workbook lie, looked at before they are laid out in memory.

A sheet of two cells may reach to `XFD1048576`: 17 billion cells, for which the library that reads
workbooks takes half a terabyte, or ends the process. Only `.xlsx` and `.xlsm` are looked into.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import IO

from seqtune.data.reading.compression import DAMAGED, check_size

CELL_BYTES = 32
"""What calamine takes for a cell, empty or not."""
PLACE = re.compile(
    rb"[\s\"']r\s*=\s*[\"']([A-Za-z]{0,3})([0-9]{1,9})[\"']"
    rb"(?!(?:\s+[\w:]{1,20}=\"[\w .:]{0,20}\"){0,4}\s*/>)"
)
"""Where a cell or a row is, whatever tag says so; not of one that ends there, and so is empty."""
SHEET = b"sheetData"


def refuse_wide_sheets(raw: IO[bytes], packed: int, path: Path) -> None:
    """Refuse a workbook whose cells lie so far apart that they would fill the memory.

    Args:
        raw: The workbook, a ZIP archive.
        packed: Its bytes.
        path: The file, for messages.

    Raises:
        DataError: They do.
    """
    for part in _sheets(raw):
        rows, columns = area_of(part)
        check_size(rows * columns * CELL_BYTES, packed, path, "save the sheet as CSV and read that")


def area_of(sheet: bytes) -> tuple[int, int]:
    """Return how many rows and columns a sheet spans, from its first cell on.

    Args:
        sheet: Its XML.

    Example:
        >>> area_of(b'<row r="2"><c r="A2"><v>1</v></c><c r="AB2"><v>1</v></c><c r="ZZ9"/></row>')
        (2, 28)
    """
    found = PLACE.findall(sheet)
    rows = max((int(row) for _, row in found), default=0)
    return rows, max(map(_number, {letters for letters, _ in found}), default=0)


def _number(letters: bytes) -> int:
    """Return the number of a column, 1 for A and 27 for AA."""
    return reduce(lambda number, letter: 26 * number + letter - ord("A") + 1, letters.upper(), 0)


def _sheets(raw: IO[bytes]) -> Iterator[bytes]:
    """Yield the parts with cells, whatever they are called; one that is damaged is passed over."""
    with zipfile.ZipFile(raw) as archive:
        for info in archive.infolist():
            try:
                content = archive.read(info)
            except (*DAMAGED, OSError, RuntimeError, ValueError):
                continue
            if SHEET in content:
                yield content
