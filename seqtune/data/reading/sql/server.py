"""Reading from a database by its address, through SQLAlchemy."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from seqtune.data.reading.python_rows import BATCH_ROWS, table_of_rows
from seqtune.data.reading.sql.statement import whole_table
from seqtune.errors import DataError, MissingExtra, UsageError

SECRET = re.compile(r"(?<=://)([^/?#]*)@")
READ_ONLY = {
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}
"""Statements that let a server refuse to write; PostgreSQL has an option."""


def shown_address(address: str) -> str:
    """Return an address without what lets somebody in: the password, and all options.

    Example:
        >>> shown_address("postgresql://ada:secret@host/shop?sslkey=k")
        'postgresql://ada@host/shop'
    """
    plain = address.split("?", 1)[0]
    return SECRET.sub(lambda found: found[1].split(":", 1)[0] + "@", plain)


def read_server(address: str, statement: str) -> tuple[Any, str]:
    """Return what a statement gives, or the only table, and how that is called.

    Args:
        address: As SQLAlchemy takes it: `postgresql://user:password@host/database`.
        statement: One that reads; "" for the only table.

    Raises:
        MissingExtra: SQLAlchemy, or the driver of the database, is not installed.
        UsageError: It is no address.
        DataError: The database does not answer, the statement cannot be run, or the table is not
            clear.
    """
    try:
        import sqlalchemy
    except ImportError as error:
        raise MissingExtra(
            f"{shown_address(address)} needs a package that is not installed",
            "pip install 'seqtune[sql]', and the driver of the database",
        ) from error
    with _explained(address, sqlalchemy):
        engine = sqlalchemy.create_engine(address)
        try:
            return _read(sqlalchemy, engine, address, statement)
        finally:
            engine.dispose()


def _read(sqlalchemy: Any, engine: Any, address: str, statement: str) -> tuple[Any, str]:
    name = ""
    if not statement:
        found = sqlalchemy.inspect(engine)
        names = found.get_table_names()
        name = whole_table(names, shown_address(address), found.get_view_names())
        statement = f"SELECT * FROM {engine.dialect.identifier_preparer.quote(name)}"
    options = {"stream_results": True, "no_parameters": True}
    if engine.dialect.name == "postgresql":
        options["postgresql_readonly"] = True
    with engine.connect().execution_options(**options) as connection:
        if engine.dialect.name in READ_ONLY:
            connection.exec_driver_sql(READ_ONLY[engine.dialect.name])
            connection.rollback()
        result = connection.exec_driver_sql(statement)
        table = table_of_rows(list(result.keys()), _rows(result))
        connection.rollback()
    return table, name


def _rows(result: Any) -> Iterator[Any]:
    for rows in result.partitions(BATCH_ROWS):
        yield from rows


@contextlib.contextmanager
def _explained(address: str, sqlalchemy: Any) -> Iterator[None]:
    """Turn what SQLAlchemy and a driver raise into an error that does not show the password."""
    shown = shown_address(address)
    try:
        yield
    except ImportError as error:
        raise MissingExtra(
            f"the driver for {shown} is not installed ({error.name})",
            f"pip install {error.name}" if error.name else "install the driver of the database",
        ) from error
    except (sqlalchemy.exc.ArgumentError, sqlalchemy.exc.NoSuchModuleError) as error:
        raise UsageError(
            f"{shown} is no address of a database",
            "such as postgresql://user@host/database, or sqlite:///file.db",
        ) from error
    except sqlalchemy.exc.SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        reason = (_without_secrets(reason, address).splitlines() or [""])[0][:200]
        raise DataError(
            f"{shown}: {reason}", "check the address, the rights and the statement"
        ) from error


def _without_secrets(text: str, address: str) -> str:
    found = SECRET.search(address)
    password = found[1].split(":", 1)[-1] if found and ":" in found[1] else ""
    return text.replace(password, "***") if password else text
