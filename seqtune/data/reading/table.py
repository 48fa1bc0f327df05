"""Reading a table from a file of any usual form, saying what was guessed.

CSV with any separator, encoding and decimal mark, TSV, Parquet and JSON Lines; text files also
compressed with gzip, bzip2, xz or zstd.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from seqtune.data.reading.delimited import read_delimited
from seqtune.data.reading.dialect import sniff, unique_names
from seqtune.data.reading.jsonlines import read_json_lines
from seqtune.data.reading.opened import OLD_SPREADSHEET, ZIP, OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.unpivot import find_across, unpivot
from seqtune.errors import DataError


def read_source(path: str | Path, options: ReadOptions | None = None) -> Source:
    """Open a file and read its table; see `read_table`.

    Example:
        >>> read_source("data/airline.csv").names  # doctest: +SKIP
        ('month', 'passengers')
    """
    with OpenedFile(Path(path)) as file:
        return read_table(file, options or ReadOptions())


def read_table(file: OpenedFile, options: ReadOptions) -> Source:
    """Read a table.

    Args:
        file: CSV, TSV, Parquet or JSON Lines; text may be compressed.
        options: Overrides of what is guessed.

    Returns:
        The table; its `notes` say what was guessed.

    Raises:
        DataError: The file is empty, damaged, not a table, or a row of it is ragged.
    """
    options.check()
    if not file.start:
        raise DataError(
            f"{file.path} is empty (0 bytes)", "expected a header line and rows below it"
        )
    if file.form == "parquet":
        renamed: list[str] = []
        rows = _read_parquet(file)
        names, repeated = unique_names(rows.column_names, renamed)
        return Source(
            file.path, rows.rename_columns(list(names)), options, notes=tuple(renamed),
            fingerprint=file.fingerprint(), repeated=repeated,
        )  # fmt: skip
    _refuse_foreign(file)
    scan = file.scan(options.encoding)
    if file.form == "json_lines":
        objects, lines = read_json_lines(file, scan)
        return Source(
            file.path, objects, options, lines=lines, notes=scan.notes,
            fingerprint=file.fingerprint(),
        )  # fmt: skip
    dialect = sniff(file.path, scan, options)
    rows, line_of, notes = read_delimited(file, scan, dialect, options.quoting)
    place: Callable[[int], int] = line_of
    if options.wide != "false":
        rows, place, said = _with_dates_down(rows, line_of, options.named)
        notes = (*notes, *said)
    return Source(
        file.path, rows, options, decimal=dialect.decimal, lines=place,
        notes=(*scan.notes, *dialect.notes, *notes), fingerprint=file.fingerprint(),
        repeated=dialect.repeated,
    )  # fmt: skip


def _with_dates_down(
    rows: Any, lines: Callable[[int], int], named: tuple[str, ...]
) -> tuple[Any, Callable[[int], int], tuple[str, ...]]:
    """Return a table with a column per date as one with a row per date; others as they are."""
    across = find_across(rows.column_names, rows.num_rows)
    found = None if across is None else unpivot(rows, across, named)
    if across is None or found is None:
        return rows, lines, ()
    count = len(across.dates)
    return found[0], lambda row: lines(row // count), (found[1],)


def _refuse_foreign(file: OpenedFile) -> None:
    """Refuse spreadsheets and archives by name, for they are the usual mistake."""
    path, is_zip = file.path, file.start.startswith(ZIP)
    if not is_zip and not file.start.startswith(OLD_SPREADSHEET):
        return
    is_spreadsheet = not is_zip or path.suffix.lower() in (".xlsx", ".ods")
    hint = "save it as CSV first" if is_spreadsheet else f"unpack it first: unzip {path}"
    kind = "a spreadsheet" if is_spreadsheet else "a ZIP archive"
    raise DataError(f"{path} is {kind}; expected a CSV, Parquet or JSON Lines file", hint)


def _read_parquet(file: OpenedFile) -> Any:
    try:
        with file.arrow_stream() as stream:
            table: Any = parquet.ParquetFile(stream).read()
    except (pa.ArrowException, DataError) as error:
        reason = str(error.__cause__ or error).splitlines()[0][:200]
        raise DataError(
            f"{file.path} is not a readable Parquet file: {reason}",
            "it may be cut short; copy it again",
        ) from error
    if table.num_rows == 0 or table.num_columns == 0:
        raise DataError(
            f"{file.path} has {table.num_rows} rows and {table.num_columns} columns",
            "expected at least one of each",
        )
    return table
