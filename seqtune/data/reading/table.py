"""Reading a table from a file of any usual form, saying what was guessed.

CSV with any separator, encoding and decimal mark, TSV, JSON, Parquet, Feather, ORC, HDF5 and
workbooks; also compressed with gzip, bzip2, xz or zstd, or in a ZIP archive.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seqtune.data.reading.arrow_files import NAMES, read_arrow_file
from seqtune.data.reading.delimited import read_delimited
from seqtune.data.reading.dialect import sniff
from seqtune.data.reading.hdf5 import read_hdf5
from seqtune.data.reading.jsonlines import read_json_lines
from seqtune.data.reading.music.open_pieces import FORMS as MUSIC
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.unpivot import find_across, unpivot
from seqtune.data.reading.workbook import read_workbook
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
        file: A file of any form that `OpenedFile.form` names.
        options: Overrides of what is guessed.

    Returns:
        The table; its `notes` say what was guessed, and where in the file it was.

    Raises:
        DataError: The file is empty, damaged, not a table, or a row of it is ragged.
        MissingExtra: A package is needed that is not installed.
    """
    options.check()
    if not file.start:
        raise DataError(
            f"{file.path} is empty (0 bytes)", "expected a header line and rows below it"
        )
    form = file.form
    if form in MUSIC:
        raise DataError(
            f"{file.path} holds music, no table", f"seqtune inspect {shlex.quote(str(file.path))}"
        )
    if form in NAMES:
        table = read_arrow_file(file)
        return Source(file.path, table, options, notes=file.notes, fingerprint=file.fingerprint())
    if form in ("hdf5", "workbook"):
        return _read_workbook(file, options) if form == "workbook" else _read_hdf5(file, options)
    if form in ("sqlite", "duckdb"):
        from seqtune.data.reading.sql.database import read_database

        return read_database(file, "", options)
    return _read_text(file, options)


def _read_text(file: OpenedFile, options: ReadOptions) -> Source:
    _refuse_tape(file)
    scan = file.scan(options.encoding)
    if file.form == "json_lines":
        objects, lines = read_json_lines(file, scan)
        return Source(
            file.path, objects, options, lines=lines, notes=(*file.notes, *scan.notes),
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
        notes=(*file.notes, *scan.notes, *dialect.notes, *notes), fingerprint=file.fingerprint(),
        repeated=dialect.repeated,
    )  # fmt: skip


def _with_dates_down(
    rows: Any, lines: Callable[[int], int], named: tuple[str, ...]
) -> tuple[Any, Callable[[int], int], tuple[str, ...]]:
    """Return a table with a column per date as one with a row per date; others as they are."""
    across = find_across(rows.column_names)
    found = None if across is None else unpivot(rows, across, named)
    if across is None or found is None:
        return rows, lines, ()
    count = len(across.dates)
    return found[0], lambda row: lines(row // count), (found[1],)


def _refuse_tape(file: OpenedFile) -> None:
    """Refuse an archive that has no list of its members."""
    endings = [ending.lower() for ending in file.path.suffixes[-2:]]
    if ".tar" in endings or endings[-1:] == [".tgz"]:
        raise DataError(
            f"{file.path} is a tar archive; of archives only ZIP is read",
            f"unpack it first: tar xf {file.path}",
        )


def _read_workbook(file: OpenedFile, options: ReadOptions) -> Source:
    table, lines, notes = read_workbook(file, options)
    return Source(
        file.path, table, options, lines=lines, notes=(*file.notes, *notes),
        fingerprint=file.fingerprint(),
    )  # fmt: skip


def _read_hdf5(file: OpenedFile, options: ReadOptions) -> Source:
    table, notes = read_hdf5(file)
    return Source(file.path, table, options, notes=notes, fingerprint=file.fingerprint())
