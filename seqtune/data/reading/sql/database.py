"""A table of a database, or what a statement reads from it.

The address and the statement come from whoever types the command, never from a recipe: a recipe of
a stranger decides neither where seqtune connects nor what it reads there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from seqtune.data.reading.frame import digest_of
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.sql.duckdb import read_duckdb
from seqtune.data.reading.sql.server import read_server, shown_address
from seqtune.data.reading.sql.sqlite import read_sqlite
from seqtune.data.reading.sql.statement import check_reading, shown_query
from seqtune.errors import DataError, UsageError, literal

ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
FILES = {"sqlite": read_sqlite, "duckdb": read_duckdb}
ELSEWHERE = ("http", "https", "ftp", "s3", "gs", "gcs", "az", "abfs", "hdfs")


def is_address(data: object) -> bool:
    """Say whether data is the address of a database rather than a file.

    Example:
        >>> is_address("postgresql://host/shop"), is_address("data/shop.csv")
        (True, False)
    """
    return isinstance(data, str) and bool(ADDRESS.match(data))


def read_database(file: OpenedFile, query: str, options: ReadOptions) -> Source:
    """Read from a SQLite or a DuckDB file.

    Args:
        file: The file.
        query: One statement that reads; "" for the only table.
        options: How its columns are read.

    Raises:
        UsageError: The statement is none that reads, or the file is no database.
        DataError: It cannot be run, or there is not one table.
    """
    if file.form not in FILES:
        raise UsageError(
            f"--query is for databases; {file.path} is none",
            "leave --query out, or name a SQLite or DuckDB file or the address of a database",
        )
    statement = check_reading(query) if query else ""
    table, name = FILES[file.form](file.whole_path(), statement)
    return _source(file.path, table, options, statement, name)


def read_address(address: str, query: str, options: ReadOptions) -> Source:
    """Read from a database by its address.

    Args:
        address: As SQLAlchemy takes it.
        query: One statement that reads; "" for the only table.
        options: How its columns are read.

    Raises:
        UsageError: The statement is none that reads, or the address is of no database.
        DataError: The database does not answer, or the statement cannot be run.
    """
    scheme, rest = address.split("://", 1)
    if scheme.lower() in ELSEWHERE:
        raise UsageError(
            f"{shown_address(address)} is on another machine; expected a file or a database",
            f"download it first: curl -O '{shown_address(address)}'"
            if scheme.lower().startswith("http") else "download it first",
        )  # fmt: skip
    if scheme in FILES and "?" not in rest:
        with OpenedFile(Path(rest.removeprefix("/"))) as file:
            if file.form != scheme:
                raise DataError(f"{file.path} is no {scheme} database", "check the name")
            return read_database(file, query, options)
    statement = check_reading(query) if query else ""
    table, name = read_server(address, statement)
    place = Path(shown_address(address).rsplit("/", 1)[-1] or scheme)
    return _source(place, table, options, statement, name)


def _source(path: Path, table: Any, options: ReadOptions, statement: str, name: str) -> Source:
    if table.num_rows == 0 or table.num_columns == 0:
        raise DataError(
            f"{path}: {shown_query(statement) or literal(name)} gives {table.num_rows} rows",
            "expected at least one",
        )
    origin = f"the table '{literal(name)}'" if name else f"the query {shown_query(statement)}"
    return Source(
        path, table, options, notes=(f"read from {origin}",), fingerprint=digest_of(table)
    )
