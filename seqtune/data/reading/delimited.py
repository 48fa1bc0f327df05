"""Reading a delimited text file as columns of strings, each row traceable to its line.

pyarrow splits the file with all cores; nothing is converted yet, so that a fault in a cell can be
reported with the text that stands there. Line numbers are plain arithmetic for a file without
blank lines and line breaks inside quotes; for others the file is walked again, once a fault asks.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from seqtune.data.reading.dialect import Dialect
from seqtune.data.reading.encoding import Scan
from seqtune.data.reading.opened import OpenedFile
from seqtune.errors import DataError

BLOCK_BYTES = 4 << 20
MAX_BLOCK_BYTES = 1 << 30
FIELD_CHARACTERS = 1 << 30


@dataclass(frozen=True)
class Lines:
    """Where the rows of a delimited file are.

    Args:
        file: The file.
        scan: Its encoding and physical lines.
        dialect: Its separator and header.
        rows: Data rows read from it.
    """

    file: OpenedFile
    scan: Scan
    dialect: Dialect
    rows: int

    def __call__(self, row: int) -> int:
        """Return the 1-based physical line on which data row `row` (from 0) begins."""
        if self.scan.lines == self.dialect.skip_lines + self.rows:
            return self.dialect.skip_lines + row + 1
        for index, (line, _) in enumerate(self.walk()):
            if index == row:
                return line
        return self.scan.lines

    def walk(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the first line and the cells of every data row, slowly."""
        before = csv.field_size_limit(FIELD_CHARACTERS)
        try:
            with self.file.text(self.scan.encoding) as file:
                for _ in range(self.dialect.skip_lines):
                    file.readline()
                yield from self._rows(file)
        finally:
            csv.field_size_limit(before)

    def _rows(self, file: IO[str]) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(file, delimiter=self.dialect.separator)
        one_column = len(self.dialect.names) == 1
        line = self.dialect.skip_lines + 1
        for row in reader:
            if row or one_column:
                yield line, row
            line = self.dialect.skip_lines + reader.line_num + 1


def read_delimited(file: OpenedFile, scan: Scan, dialect: Dialect) -> tuple[Any, Lines]:
    """Read every column as strings.

    Args:
        file: The file, compressed or not.
        scan: What a pass over it showed.
        dialect: How it is written.

    Returns:
        A pyarrow table of string columns, and the map from rows to lines.

    Raises:
        DataError: There are no rows, a row has too few or too many fields, a quote stays open.
    """
    try:
        table = _read(file, scan, dialect)
    except pa.ArrowInvalid as error:
        raise _fault(file, scan, dialect, error) from error
    if len(dialect.names) == 1:
        table = _without_last_blanks(table)
    if table.num_rows == 0:
        raise DataError(
            f"{file.path} has a header and no rows: {_some(dialect.names)}",
            "expected rows below it",
        )
    lines = Lines(file, scan, dialect, table.num_rows)
    _refuse_open_quote(table, lines)
    return table, lines


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")


def _read(file: OpenedFile, scan: Scan, dialect: Dialect) -> Any:
    """Read with blocks large enough for the longest row."""
    block = BLOCK_BYTES
    while True:
        try:
            with file.arrow_stream() as stream:
                return arrow_csv.read_csv(stream, **_settings(scan, dialect, block))
        except pa.ArrowInvalid as error:
            if "block" not in str(error) or block >= MAX_BLOCK_BYTES:
                raise
            block *= 16


def _settings(scan: Scan, dialect: Dialect, block: int) -> dict[str, Any]:
    names = list(dialect.names)
    encoding = "utf8" if scan.encoding.startswith("utf-8") else scan.encoding
    return {
        "read_options": arrow_csv.ReadOptions(
            column_names=names, skip_rows=dialect.skip_lines, encoding=encoding, block_size=block
        ),
        "parse_options": arrow_csv.ParseOptions(
            delimiter=dialect.separator,
            newlines_in_values=scan.quotes > 0,
            ignore_empty_lines=len(names) > 1,
        ),
        "convert_options": arrow_csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            strings_can_be_null=False,
            check_utf8=False,
        ),
    }


def _without_last_blanks(table: Any) -> Any:
    """Drop the blank lines at the end of a one-column file; those within are missing values."""
    rows = table.num_rows
    while rows and not table.column(0)[rows - 1].as_py().strip():
        rows -= 1
    return table.slice(0, rows)


def _refuse_open_quote(table: Any, lines: Lines) -> None:
    """Refuse a quote that swallowed the rest of the file into one cell of the last row."""
    if lines.scan.quotes % 2 == 0:
        return
    last = table.slice(table.num_rows - 1, 1).to_pylist()[0]
    if any("\n" in cell for cell in last.values()):
        raise _open_quote(lines.file, lines(lines.rows - 1))


def _open_quote(file: OpenedFile, line: int) -> DataError:
    return DataError(
        f"{file.path}:{line}: a quote is opened on this line and never closed",
        "close it, or double it if it belongs to the text",
    )


def _fault(file: OpenedFile, scan: Scan, dialect: Dialect, error: Exception) -> DataError:
    """Find the line that pyarrow could not split; it does not say which."""
    expected = len(dialect.names)
    for line, row in Lines(file, scan, dialect, 0).walk():
        if len(row) != expected and scan.quotes % 2 and any("\n" in cell for cell in row):
            return _open_quote(file, line)
        if len(row) != expected and row:
            return DataError(
                f"{file.path}:{line}: {len(row)} field{'s' * (len(row) != 1)} found, {expected}"
                f" expected as in the {'header' if dialect.skip_lines else 'first line'}",
                "quote a value that holds the separator, or name another with"
                " --set data.separator=...",
            )
    reason = str(error).splitlines()[0][:200]
    return DataError(
        f"{file.path} cannot be split into rows and columns: {reason}",
        "check its quotes and separators",
    )
