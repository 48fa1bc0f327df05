"""Reading a table from a file of any usual form, saying what was guessed.

CSV with any separator, encoding and decimal mark, TSV, Parquet and JSON Lines; text files also
compressed with gzip, bzip2, xz or zstd. The form is told by the content first, by the name second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from seqtune.data.reading.delimited import read_delimited
from seqtune.data.reading.dialect import sniff, unique_names
from seqtune.data.reading.encoding import scan_text
from seqtune.data.reading.files import check_file, compression, fingerprint, first_bytes
from seqtune.data.reading.jsonlines import read_json_lines
from seqtune.data.reading.source import ReadOptions, Source
from seqtune.errors import DataError

__all__ = ["ReadOptions", "Source", "read_source"]

JSON_ENDINGS = {".jsonl", ".ndjson", ".json"}


def read_source(path: str | Path, options: ReadOptions | None = None) -> Source:
    """Read a table.

    Args:
        path: CSV, TSV, Parquet or JSON Lines; text may be compressed.
        options: Overrides of what is guessed.

    Returns:
        The table; its `notes` say what was guessed.

    Raises:
        DataError: The file is missing, empty, damaged, not a table, or a row of it is ragged.

    Example:
        >>> read_source("data/airline.csv").names  # doctest: +SKIP
        ('month', 'passengers')
    """
    path, options = Path(path), options or ReadOptions()
    _check_options(options)
    check_file(path)
    start = first_bytes(path)
    if start.startswith(b"PAR1") or _endings(path)[-1:] == [".parquet"]:
        return _read_parquet(path, options)
    _refuse_foreign(path, start)
    text = scan_text(path, options.encoding)
    if JSON_ENDINGS & set(_endings(path)[-2 if compression(path) else -1 :]):
        table, objects = read_json_lines(path, text)
        return Source(
            path, table, options, lines=objects, notes=text.notes, fingerprint=fingerprint(path)
        )
    dialect = sniff(path, text, options.separator, options.decimal, options.header)
    table, lines = read_delimited(path, text, dialect)
    return Source(
        path,
        table,
        options,
        decimal=dialect.decimal,
        lines=lines,
        notes=(*text.notes, *dialect.notes),
        fingerprint=fingerprint(path),
    )


def _endings(path: Path) -> list[str]:
    return [ending.lower() for ending in path.suffixes]


def _check_options(options: ReadOptions) -> None:
    if options.decimal not in ("auto", ".", ","):
        raise DataError(
            f"decimal '{options.decimal}' is unknown", "--set data.decimal=auto, '.' or ','"
        )
    if options.header not in ("auto", "first_line", "none"):
        raise DataError(
            f"header '{options.header}' is unknown", "--set data.header=auto, first_line or none"
        )
    if options.dates not in ("auto", "day_first", "month_first") and "%" not in options.dates:
        raise DataError(
            f"dates '{options.dates}' is unknown",
            "--set data.dates=auto, day_first, month_first or a form such as %d.%m.%Y",
        )


def _refuse_foreign(path: Path, start: bytes) -> None:
    """Refuse spreadsheets and archives by name, for they are the usual mistake."""
    if start.startswith(b"PK\x03\x04"):
        spreadsheet = {".xlsx", ".ods"} & set(_endings(path))
        hint = "save it as CSV first" if spreadsheet else f"unpack it first: unzip {path}"
        kind = "a spreadsheet" if spreadsheet else "a ZIP archive"
        raise DataError(f"{path} is {kind}; expected a CSV, Parquet or JSON Lines file", hint)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError(
            f"{path} is a spreadsheet; expected a CSV, Parquet or JSON Lines file",
            "save it as CSV first",
        )


def _read_parquet(path: Path, options: ReadOptions) -> Source:
    try:
        table: Any = parquet.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0][:200]
        raise DataError(
            f"{path} is not a readable Parquet file: {reason}", "it may be cut short; copy it again"
        ) from error
    if table.num_rows == 0 or table.num_columns == 0:
        raise DataError(
            f"{path} has {table.num_rows} rows and {table.num_columns} columns",
            "expected at least one of each",
        )
    unique_names(path, table.column_names)
    return Source(path, table, options, fingerprint=fingerprint(path))
