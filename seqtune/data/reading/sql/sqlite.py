"""Reading from a SQLite file by the standard library; nothing in it can be run or changed."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seqtune.data.reading.python_rows import BATCH_ROWS, table_of_rows
from seqtune.data.reading.sql.statement import quoted, whole_table
from seqtune.errors import DataError, listed, literal

ALLOWED = (
    *(sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ),
    *(sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE),
)

VIRTUAL = 2
"""How SQLite marks a column that is computed as it is read."""


def read_sqlite(path: Path, statement: str) -> tuple[Any, str]:
    """Return what a statement gives, or the only table, and how that is called.

    Args:
        path: The file.
        statement: One that reads; "" for the only table.

    Raises:
        DataError: The file is damaged, the statement cannot be run, or the table is not clear.
    """
    try:
        with contextlib.closing(_connect(path)) as connection:
            origin = ""
            if not statement:
                name = whole_table(_names(connection, "table"), path, _names(connection, "view"))
                statement, origin = f"SELECT * FROM {quoted(name)}", name
                _refuse_computed(connection, name, path)
            cursor = connection.execute(statement)
            names = [column[0] for column in cursor.description or ()]
            return table_of_rows(names, _rows(cursor)), origin
    except MemoryError as error:
        raise DataError(
            f"{path}: what is read needs more memory than there is",
            'read less: --query "SELECT … FROM … WHERE …"',
        ) from error
    except (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path}: SQLite says: {str(error)[:200]}",
            f"seqtune inspect {path} names its tables" if statement else "copy the file again",
        ) from error


def _connect(path: Path) -> sqlite3.Connection:
    """Open a file to read; functions and views in it are not trusted."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA query_only=ON")
    connection.set_authorizer(_authorize)
    return connection


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if first == "table_xinfo" else sqlite3.SQLITE_DENY
    is_loading = action == sqlite3.SQLITE_FUNCTION and str(second).lower() == "load_extension"
    return sqlite3.SQLITE_OK if action in ALLOWED and not is_loading else sqlite3.SQLITE_DENY


def _names(connection: sqlite3.Connection, kind: str) -> list[str]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        (kind,),
    )
    return [str(name) for (name,) in found]


def _refuse_computed(connection: sqlite3.Connection, name: str, path: Path) -> None:
    """Refuse a table with columns that SQLite computes as they are read.

    A file of few bytes can have it compute values that fill the memory.
    """
    found = connection.execute(f"PRAGMA table_xinfo({quoted(name)})")
    computed = [literal(column)[:60] for _, column, *_, hidden in found if hidden == VIRTUAL]
    if computed:
        raise DataError(
            f"{path}: the table '{literal(name)}' computes columns: {listed(computed)}",
            f'if you trust it: --query "{literal(f"SELECT * FROM {quoted(name)}")}"',
        )


def _rows(cursor: sqlite3.Cursor) -> Iterator[Any]:
    while rows := cursor.fetchmany(BATCH_ROWS):
        yield from rows
