"""Where tables come from, through the commands: pipes, databases, archives, workbooks, folders."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest
from command_line import TINY, Done, seqtune, weekly

ROWS = weekly(140)
CSV = ROWS.to_csv(index=False).encode()


def piped(content: bytes, *words: object, code: int = 0) -> Done:
    """Run a command with this on its standard input."""
    stdin = io.TextIOWrapper(io.BytesIO(content))
    with mock.patch.object(sys, "stdin", stdin):
        return seqtune(*words, code=code)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was fitted on what came through a pipe."""
    folder = tmp_path_factory.mktemp("piped") / "run"
    piped(CSV, "fit", "-", "--task", "forecast", *TINY, "--out", folder, "--json")
    return folder


def test_fit_through_a_pipe_keeps_no_path(run: Path) -> None:
    assert seqtune("report", run, "--json").json["status"] == "complete"
    assert '"path": null' in (run / "run.json").read_text(encoding="utf-8")


def test_every_command_reads_a_pipe(run: Path) -> None:
    assert piped(CSV, "inspect", "-", "--json").json["rows"] == 140
    assert "seqtune fit - --task forecast" in piped(CSV, "inspect", "-").out
    assert piped(CSV, "plan", "-", "--task", "forecast", "--json").json["rows"] == 140
    assert len(piped(CSV, "predict", run, "-").table) == 7
    later = weekly(170).to_csv(index=False).encode()
    assert piped(later, "evaluate", run, "-", "--json").json["scores"]
    found = piped(CSV, "fit", "-", code=2)
    assert "seqtune fit - --task forecast" in found.err


@pytest.mark.parametrize("form", ["parquet", "json", "gzip", "zip"])
def test_the_form_of_a_pipe_is_seen_in_its_bytes(form: str) -> None:
    held = io.BytesIO()
    if form == "parquet":
        ROWS.to_parquet(held)
    elif form == "json":
        held.write(ROWS.to_json(orient="records", date_format="iso").encode())
    elif form == "gzip":
        ROWS.to_csv(held, index=False, compression="gzip")
    else:
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr("rows.csv", CSV)
    found = piped(held.getvalue(), "inspect", "-", "--json").json
    assert (found["rows"], [each["name"] for each in found["columns"]]) == (140, ["date", "y"])


def test_an_empty_pipe_and_a_fault_in_one(run: Path) -> None:
    assert "error: /dev/stdin is empty" in piped(b"", "inspect", "-", code=1).err
    found = piped(b"date,y\n1,2,3\n", "predict", run, "-", code=1)
    assert "error: /dev/stdin:2: 3 fields found" in found.err


def test_what_a_pipe_leaves_is_removed(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "seqtune", "inspect", "-"], input=CSV, env=environment,
        capture_output=True, check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"140 rows" in done.stdout
    assert not list(tmp_path.glob("seqtune-*"))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    connection = sqlite3.connect(path)
    ROWS.to_sql("sales", connection, index=False)
    ROWS.head(3).to_sql("few", connection, index=False)
    connection.close()
    return path


def test_a_query_is_a_flag_of_every_command(run: Path, database: Path, tmp_path: Path) -> None:
    query = ("--query", "SELECT date, y FROM sales")
    found = seqtune("inspect", database, *query).out
    assert "--query 'SELECT date, y FROM sales'" in found
    assert "read from the query SELECT date, y FROM sales" in found
    assert seqtune("plan", database, "--task", "forecast", *query, "--json").json["rows"] == 140
    assert len(seqtune("predict", run, database, *query).table) == 7
    out = tmp_path / "run"
    seqtune("fit", database, "--task", "forecast", *TINY, *query, "--out", out)
    assert "query" not in (out / "recipe.yaml").read_text(encoding="utf-8")
    assert f'"query": "{query[1]}"' in (out / "run.json").read_text(encoding="utf-8")
    error = seqtune("inspect", database, code=1).err
    assert "has 2 tables: sales, few" in error
    assert "a query needs a database" in seqtune("predict", run, *query, code=1).err


def test_a_recipe_may_not_say_what_is_read(database: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text("task: forecast\ndata:\n  query: SELECT 1\n", encoding="utf-8")
    found = seqtune("plan", database, "--task", "forecast", "--recipe", recipe, code=1)
    assert "query" in found.err


def test_inspect_says_where_the_table_came_from(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("inner/rows.csv", CSV)
    assert "read from the archive: inner/rows.csv" in seqtune("inspect", tmp_path / "a.zip").out
    ROWS.to_excel(tmp_path / "b.xlsx", index=False, sheet_name="Rows")
    assert "read from the sheet 'Rows'" in seqtune("inspect", tmp_path / "b.xlsx").out
    folder = tmp_path / "shops"
    folder.mkdir()
    for name in ("north", "south"):
        (folder / f"{name}.csv").write_bytes(CSV)
    found = " ".join(seqtune("inspect", folder).out.split())
    assert "280 rows of 2 files: taken for a series each, named in 'series'" in found


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_predictions_and_scores_are_written_by_the_ending(
    ending: str, run: Path, tmp_path: Path
) -> None:
    read = {
        "csv": pd.read_csv, "parquet": pd.read_parquet,
        "tsv": lambda path: pd.read_csv(path, sep="\t"),
        "jsonl": lambda path: pd.read_json(path, lines=True),
    }[ending]  # fmt: skip
    data, file, scores = tmp_path / "d.csv", tmp_path / f"p.{ending}", tmp_path / f"s.{ending}"
    data.write_bytes(CSV)
    seqtune("predict", run, data, "-o", file)
    assert list(read(file).columns)[:2] == ["date", "mean"]
    data.write_text(weekly(170).to_csv(index=False), encoding="utf-8")
    found = seqtune("evaluate", run, data, "-o", scores, "--json").json
    assert list(read(scores)["name"]) == [each["name"] for each in found["scores"]]
    for command, written in (("predict", file), ("evaluate", scores)):
        before = written.read_bytes()
        refused = seqtune(command, run, data, "-o", written, code=1)
        assert "already exists" in refused.err
        assert "--force" in refused.err
        assert written.read_bytes() == before
        seqtune(command, run, data, "-o", written, "--force")
    assert "unknown ending" in seqtune("evaluate", run, data, "-o", "x.docx", code=2).err


def test_every_command_that_writes_a_file_has_a_flag_that_replaces_one() -> None:
    from typer.main import get_command

    from seqtune.cli.app import app

    commands = dict(get_command(app).commands)
    commands |= commands["recipes"].commands
    for name, command in commands.items():
        flags = {option for each in command.params for option in each.opts}
        assert "-o" not in flags or "--force" in flags, name


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text elsewhere")
def test_a_file_whose_name_is_no_text_is_read(tmp_path: Path, run: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv"))
    path.write_bytes(CSV)
    out = tmp_path / "run"
    seqtune("fit", path, "--task", "forecast", *TINY, "--out", out)
    assert "caf\\\\xe9.csv" in (out / "run.json").read_text(encoding="utf-8")
    assert seqtune("inspect", path, "--json").code == 0
    assert len(seqtune("predict", run, path).table) == 7
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/d\xe9"))
    folder.mkdir()
    for name in (b"/\xe9a.csv", b"/\xe9b.csv"):
        Path(os.fsdecode(os.fsencode(folder) + name)).write_bytes(CSV)
    found = seqtune("plan", folder, "--task", "forecast", "--json").json
    assert found["series"] == 2


@pytest.mark.parametrize(("setting", "words"), [
    ("data.encoding=base64", "expected the name of a text encoding"),
    ("data.encoding=rot13", "expected the name of a text encoding"),
    ("data.separator=é", "separator 'é' cannot be used"),
])  # fmt: skip
def test_odd_settings_are_errors_with_a_hint(setting: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_bytes(CSV)
    found = seqtune("inspect", tmp_path / "d.csv", "--set", setting, code=1)
    assert words in found.err
    assert "hint: " in found.err
