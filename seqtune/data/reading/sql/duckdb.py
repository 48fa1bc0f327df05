"""Reading from a DuckDB file; a statement reaches no other file and no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seqtune.data.reading.sql.statement import quoted, whole_table
from seqtune.errors import DataError, MissingExtra

CLOSED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}


def read_duckdb(path: Path, statement: str) -> tuple[Any, str]:
    """Return what a statement gives, or the only table, and how that is called.

    Args:
        path: The file.
        statement: One that reads; "" for the only table.

    Raises:
        MissingExtra: The package is not installed.
        DataError: The file is damaged, the statement cannot be run, or the table is not clear.
    """
    try:
        import duckdb
    except ImportError as error:
        raise MissingExtra(
            f"{path} is a DuckDB database, for which a package is needed that is not installed",
            "pip install 'seqtune[sql]'",
        ) from error
    try:
        with duckdb.connect(str(path), read_only=True, config=CLOSED) as connection:
            name = ""
            if not statement:
                found = connection.execute(
                    "SELECT table_schema, table_name, table_type FROM information_schema.tables"
                    " WHERE table_catalog = current_database() ORDER BY 1, 2"
                ).fetchall()
                tables = [_called(schema, table) for schema, table, kind in found if kind != "VIEW"]
                views = [_called(schema, table) for schema, table, kind in found if kind == "VIEW"]
                name = whole_table(tables, path, views)
                statement = f"SELECT * FROM {'.'.join(map(quoted, name.split('.', 1)))}"
            parsed = connection.extract_statements(statement)
            if len(parsed) != 1 or parsed[0].type != duckdb.StatementType.SELECT:
                raise DataError("--query is no statement that reads", '--query "SELECT … FROM …"')
            return connection.sql(statement).to_arrow_table(), name
    except duckdb.Error as error:
        reason = (str(error).splitlines() or [""])[0][:200]
        raise DataError(
            f"{path}: DuckDB says: {reason}", f"seqtune inspect {path} names its tables"
        ) from error


def _called(schema: str, table: str) -> str:
    return table if schema == "main" else f"{schema}.{table}"
