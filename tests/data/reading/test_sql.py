"""Tables of databases: only read, one statement, and never where a recipe says."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from unittest import mock

import duckdb
import pytest

from seqtune.data.reading.open import name_of, open_source, shown_data
from seqtune.data.reading.source import Source
from seqtune.data.reading.sql.server import shown_address
from seqtune.data.reading.sql.statement import check_reading
from seqtune.errors import DataError, MissingExtra, SeqtuneError, UsageError
from seqtune.recipe.load import Recipe

MAKE = (
    "CREATE TABLE sales (day TEXT, y REAL, n INTEGER)",
    "INSERT INTO sales VALUES ('2024-01-01', 1.5, 1), ('2024-01-02', NULL, 2)",
)
SECOND = ('CREATE TABLE "two words" (a INTEGER)', 'INSERT INTO "two words" VALUES (7)')


def made(path: Path, *statements: str) -> Path:
    connect = duckdb.connect if path.suffix == ".duckdb" else sqlite3.connect
    connection = connect(str(path))
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def read(data: Path | str, query: str | None = None) -> Source:
    return open_source(data, Recipe.load(None, "forecast"), query)


def fault(data: Path | str, query: str | None = None) -> SeqtuneError:
    with pytest.raises(SeqtuneError) as caught:
        read(data, query)
    assert caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint
    return caught.value


@pytest.fixture(params=["t.sqlite", "t.duckdb", "address"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    path = tmp_path / request.param
    if request.param == "address":
        path = tmp_path / "t.db"
        made(path, *MAKE)
        return f"sqlite+pysqlite:///{path}"
    return made(path, *MAKE)


def more(database: Path | str, *statements: str) -> None:
    made(Path(str(database).rsplit(":///", 1)[-1]), *statements)


def test_the_only_table_is_read(database: Path | str) -> None:
    source = read(database)
    assert source.names == ("day", "y", "n")
    assert source.kind("day") == "time"
    assert source.numbers("n").tolist() == [1.0, 2.0]
    assert source.texts("y") == ["1.5", ""]
    assert source.notes == ("read from the table 'sales'",)
    assert len(source.fingerprint()) == 64


def test_of_several_tables_a_query_chooses(database: Path | str) -> None:
    more(database, *SECOND, "CREATE VIEW v AS SELECT 1 AS one")
    error = fault(database)
    assert "has 2 tables: sales, two words, v" in error.message
    assert '--query "SELECT * FROM sales"' in error.hint
    source = read(database, 'SELECT a AS "the a" FROM "two words" -- ;')
    assert source.names == ("the a",)
    assert source.notes[0].startswith("read from the query SELECT a AS")


@pytest.mark.parametrize("query", [
    "DELETE FROM sales",
    "SELECT 1; DELETE FROM sales",
    "WITH x AS (SELECT 1) DELETE FROM sales",
    "ATTACH 'other.db' AS other",
    "PRAGMA writable_schema=1",
    "COPY sales TO 'out.csv'",
    "",
    "-- SELECT 1",
    "SELECT nothing FROM nowhere",
    "SELECT",
])  # fmt: skip
def test_what_does_not_read_is_refused(
    database: Path | str, query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    there = set(tmp_path.iterdir())
    if query:
        fault(database, query)
    else:
        assert read(database, query).rows == 2
    assert read(database).rows == 2
    assert set(tmp_path.iterdir()) == there


def test_a_statement_in_duckdb_reaches_no_other_file(tmp_path: Path) -> None:
    path = made(tmp_path / "t.duckdb", *MAKE)
    (tmp_path / "secret.csv").write_text("a\n1\n")
    assert "DuckDB says" in fault(path, f"SELECT * FROM '{tmp_path}/secret.csv'").message
    assert "DuckDB says" in fault(path, f"SELECT * FROM read_csv('{tmp_path}/secret.csv')").message


def test_statements_that_read() -> None:
    for good in (
        'SELECT "update", updated FROM t',
        "select 1;",
        " WITH a AS (SELECT ';') SELECT * FROM a ; -- end",
        "VALUES (1)",
    ):
        assert not check_reading(good).rstrip().endswith(";")
    with pytest.raises(UsageError, match="more than one statement"):
        check_reading("SELECT ';'; SELECT 2")
    with pytest.raises(UsageError, match="holds the word INTO"):
        check_reading("SELECT * INTO copied FROM t")


def test_columns_that_sqlite_computes_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    path = made(
        tmp_path / "t.sqlite",
        "CREATE TABLE s (a TEXT, b AS (hex(a)), c AS (a || a) STORED, d AS (a))",
        "INSERT INTO s (a) VALUES ('x')",
    )
    refused = fault(path)
    assert "the table 's' computes columns: b, d" in refused.message
    assert refused.hint == 'if you trust it: --query "SELECT * FROM s"'
    assert read(path, "SELECT a, c FROM s").texts("c") == ["xx"]


def test_what_needs_more_memory_than_there_is_is_said(tmp_path: Path) -> None:
    path = made(tmp_path / "t.sqlite", *MAKE)
    with mock.patch("seqtune.data.reading.sql.sqlite.table_of_rows", side_effect=MemoryError):
        assert "needs more memory than there is" in fault(path).message


def test_columns_of_sqlite_may_hold_anything(tmp_path: Path) -> None:
    path = made(
        tmp_path / "t.db", "CREATE TABLE t (a, b)",
        "INSERT INTO t VALUES (1, x'ff41'), ('x', NULL), (2.5, 'y'), (9223372036854775807, '')",
    )  # fmt: skip
    source = read(path)
    assert source.texts("a") == ["1", "x", "2.5", "9223372036854775807"]
    assert source.texts("b") == ["\ufffdA", "", "y", ""]


@pytest.mark.parametrize("suffix", ["sqlite", "duckdb"])
def test_damaged_and_empty_databases(suffix: str, tmp_path: Path) -> None:
    path = made(tmp_path / f"t.{suffix}", *MAKE)
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    assert "says: " in fault(path).message
    path.unlink()
    made(path, "CREATE TABLE t (a INTEGER)")
    assert "gives 0 rows" in fault(path).message
    path.unlink()
    made(path, "CREATE VIEW v AS SELECT 1 AS one")
    assert "has no table, but views: v" in fault(path).message


def test_a_query_needs_a_database(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n")
    assert "--query is for databases" in fault(path, "SELECT 1").message


def test_addresses(tmp_path: Path) -> None:
    path = made(tmp_path / "t.sqlite", *MAKE)
    assert read(f"sqlite:///{path}").rows == 2
    assert "does not exist" in fault(f"sqlite:///{tmp_path}/none.sqlite").message
    assert "is no address of a database" in fault("nonsense://host/x").message
    assert "curl -O" in fault("https://example.org/t.csv").hint
    assert "on another machine" in fault("s3://bucket/t.csv").message


def test_a_password_is_never_shown() -> None:
    address = "postgresql://ada:se@cret@127.0.0.1:1/shop?password=hidden"
    assert shown_address(address) == "postgresql://ada@127.0.0.1:1/shop"
    assert name_of(address) == shown_data(address) == "postgresql://ada@127.0.0.1:1/shop"
    error = fault(address, "SELECT 1")
    assert "cret" not in error.message + error.hint
    assert "hidden" not in error.message + error.hint


@pytest.mark.parametrize(("package", "name"), [
    ("duckdb", "t.duckdb"), ("sqlalchemy", "postgresql://host/x"),
])  # fmt: skip
def test_without_the_package_the_error_names_it(package: str, name: str, tmp_path: Path) -> None:
    data = name if "://" in name else made(tmp_path / name, *MAKE)
    with (
        mock.patch.dict(sys.modules, {package: None}),
        pytest.raises(MissingExtra) as caught,
    ):
        read(data)
    assert "pip install 'seqtune[sql]'" in caught.value.hint


def test_no_recipe_names_a_query_or_an_address() -> None:
    keys = Recipe.load(None, "forecast").to_dict()["data"]
    assert {"query", "address", "path", "url"}.isdisjoint(keys)


def test_a_database_in_an_archive_is_to_be_unpacked(tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "t.sqlite.gz"
    path.write_bytes(gzip.compress(made(tmp_path / "t.sqlite", *MAKE).read_bytes()))
    with pytest.raises(DataError, match="is compressed") as caught:
        read(path)
    assert "gunzip" in caught.value.hint
