"""Reading a delimited text file as columns of strings, each row traceable to its line.

pyarrow splits the file with all cores; nothing is converted yet, so that a fault in a cell can be
reported with the text that stands there. Line numbers are plain arithmetic for a file without
blank lines and line breaks inside quotes; for others the file is walked again, once a fault asks.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import pyarrow as pa
import pyarrow.csv as arrow_csv

from seqtune.data.reading.body_lines import BodyStream, body_lines
from seqtune.data.reading.dialect import Dialect
from seqtune.data.reading.encoding import Scan
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.physical_lines import FIELD_CHARACTERS, lines_of, split_blanks
from seqtune.data.reading.quoting import NOTE, cells_with_line_ends, swallowed, unquoted
from seqtune.errors import DataError

BLOCK_BYTES = 4 << 20
MAX_BLOCK_BYTES = 1 << 30


@dataclass(frozen=True)
class Lines:
    """Where the rows of a delimited file are.

    Args:
        file: The file.
        scan: Its encoding and physical lines.
        dialect: Its separator and header.
        rows: Data rows read from it.
        is_strict: Whether walking over it fails where a quote is closed within a cell, or never.
    """

    file: OpenedFile
    scan: Scan
    dialect: Dialect
    rows: int
    is_strict: bool = False

    def __call__(self, row: int) -> int:
        """Return the 1-based physical line on which data row `row` (from 0) begins."""
        dialect = self.dialect
        if dialect.is_plain and self.scan.lines == dialect.skip_lines + self.rows:
            return dialect.skip_lines + row + 1
        for index, (line, _) in enumerate(self.walk()):
            if index == row:
                return line
        return self.scan.lines

    def walk(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the first line and the cells of every data row, slowly."""
        before = csv.field_size_limit(FIELD_CHARACTERS)
        try:
            yield from self._rows()
        finally:
            csv.field_size_limit(before)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        dialect, numbers = self.dialect, array("q")
        lines = body_lines(self.file, self.scan, dialect)
        one_column = len(dialect.names) == 1
        if dialect.separator == " ":
            for number, line in lines:
                if line.strip():
                    yield number, split_blanks(line)
            return

        def texts() -> Iterator[str]:
            for number, line in lines:
                numbers.append(number)
                yield line

        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if dialect.is_quoted else csv.QUOTE_NONE
        reader = csv.reader(
            texts(), delimiter=dialect.separator, quoting=quoting, strict=self.is_strict
        )
        before = 0
        for row in reader:
            if row or one_column:
                yield numbers[before], row
            before = reader.line_num

    @property
    def blank(self) -> int:
        """Lines among the rows that hold nothing, if no cell holds a line end."""
        last = self.dialect.end_line - 1 if self.dialect.end_line else self.scan.lines
        within = last - self.dialect.skip_lines - self.rows
        for line in reversed(lines_of(self.scan.end)):
            if line.strip() or not within:
                break
            within -= 1
        return within


def read_delimited(
    file: OpenedFile, scan: Scan, dialect: Dialect, quoting: str = "auto"
) -> tuple[Any, Lines, tuple[str, ...]]:
    """Read every column as strings.

    Args:
        file: The file, compressed or not.
        scan: What a pass over it showed.
        dialect: How it is written.
        quoting: "auto" takes quotes as text where they would swallow lines.

    Returns:
        A pyarrow table of string columns, the map from rows to lines, and notes.

    Raises:
        DataError: There are no rows, a row has too few or too many fields, a quote stays open.
    """
    notes: tuple[str, ...] = ()
    table, fault = None, None
    try:
        table = _read(file, scan, dialect)
    except pa.ArrowInvalid as error:
        fault = error
    if quoting == "auto" and scan.quotes and len(dialect.names) > 1:
        plain = _without_quotes(file, scan, dialect, table)
        if plain is not None:
            table, dialect, notes = plain, replace(dialect, is_quoted=False), (NOTE,)
    if table is None:
        assert fault is not None
        raise _fault(file, scan, dialect, fault) from fault
    if len(dialect.names) == 1:
        table = _without_last_blanks(table)
    if table.num_rows == 0:
        raise DataError(
            f"{file.path} has a header and no rows: {_some(dialect.names)}",
            "expected rows below it",
        )
    lines = Lines(file, scan, dialect, table.num_rows)
    if dialect.is_quoted and scan.quotes:
        _refuse_open_quote(table, lines)
        if quoting == "auto":
            _refuse_swallowed(table, lines)
    elif len(dialect.names) > 1 and dialect.is_plain and lines.blank > 0:
        notes = (
            *notes,
            f"{lines.blank} blank line{'s' * (lines.blank > 1)} among the rows left out",
        )
    return table, lines, notes


def _without_quotes(file: OpenedFile, scan: Scan, dialect: Dialect, table: Any) -> Any:
    """Return the table with quotes as text, if with quotes around cells lines were swallowed.

    That is so where a cell holds line ends though its quote is closed within it or never, or though
    the lines in it look like rows, and where each line is a row when quotes are text.

    Args:
        file: The file.
        scan: What a pass over it showed.
        dialect: How it is written.
        table: As it was read with quotes around cells; None where that failed.
    """
    if table is not None:
        if not cells_with_line_ends(table):
            return None
        if _is_well_quoted(file, scan, dialect) and not swallowed(table, dialect.separator):
            return None
    try:
        return unquoted(_read(file, scan, replace(dialect, is_quoted=False)))
    except pa.ArrowInvalid:
        return None


def _is_well_quoted(file: OpenedFile, scan: Scan, dialect: Dialect) -> bool:
    try:
        for _ in Lines(file, scan, dialect, 0, is_strict=True).walk():
            pass
    except csv.Error:
        return False
    return True


def _refuse_swallowed(table: Any, lines: Lines) -> None:
    """Refuse a quote whose end stands in another row, so that rows between are lost in a cell."""
    found = swallowed(table, lines.dialect.separator)
    if found is None:
        return
    row, count = found
    raise DataError(
        f"{lines.file.path}:{lines(row)}: a quote that is opened on this line is closed {count} "
        f"line{'s' * (count > 1)} below, and what stands between looks like rows",
        "close or double it; or --set data.quoting=none reads quotes as text, standard as they are",
    )


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")


def _read(file: OpenedFile, scan: Scan, dialect: Dialect) -> Any:
    """Read with blocks large enough for the longest row."""
    block = BLOCK_BYTES
    while True:
        try:
            if not dialect.is_plain:
                body: Any = pa.PythonFile(BodyStream(file, scan, dialect), "r")
                return arrow_csv.read_csv(body, **_settings(scan, dialect, block))
            with file.arrow_stream() as stream:
                return arrow_csv.read_csv(stream, **_settings(scan, dialect, block))
        except pa.ArrowInvalid as error:
            if "block" not in str(error) or block >= MAX_BLOCK_BYTES:
                raise
            block *= 16


def _settings(scan: Scan, dialect: Dialect, block: int) -> dict[str, Any]:
    names = list(dialect.names)
    encoding = "utf8" if scan.encoding.startswith("utf-8") else scan.encoding
    skipped = dialect.skip_lines
    if not dialect.is_plain:
        encoding, skipped = "utf8", 0
    return {
        "read_options": arrow_csv.ReadOptions(
            column_names=names, skip_rows=skipped, encoding=encoding, block_size=block
        ),
        "parse_options": arrow_csv.ParseOptions(
            delimiter="\t" if dialect.separator == " " else dialect.separator,
            quote_char='"' if dialect.is_quoted and dialect.separator != " " else False,
            newlines_in_values=scan.quotes > 0 and dialect.is_quoted,
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
