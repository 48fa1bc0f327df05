"""What a shell is offered at Tab: by every kind of parameter, and in real shells."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import re
import shutil
from pathlib import Path
from unittest import mock

import pytest
from command_line import DATA, seqtune

from seqtune.cli.completion import MOST_OFFERED, is_harmless
from seqtune.data.reading.first_rows import first_names


def offered(*words: str) -> list[str]:
    """Return what bash puts on the line for the last of some words."""
    asked = {
        "_SEQTUNE_COMPLETE": "complete_bash",
        "COMP_WORDS": "\n".join(("seqtune", *words)),
        "COMP_CWORD": str(len(words)),
    }
    with mock.patch.dict(os.environ, asked):
        done = seqtune()
    assert done.err == ""
    return done.out.splitlines()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with runs, one of them below a folder with a blank in its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    shutil.copy(DATA / "shops.csv", tmp_path / "shops.csv")
    for name, task in (("runs/air-1", "forecast"), ("runs/tales-1", "generate"), ("my runs/x", "")):
        (tmp_path / name / "data").mkdir(parents=True)
        (tmp_path / name / "run.json").write_text(json.dumps({"task": task}))
    board = [{"name": "blend"}, {"name": "naive"}, {"name": "\x1b[2J"}]
    (tmp_path / "runs/air-1/leaderboard.json").write_text(json.dumps({"leaderboard": board}))
    (tmp_path / "air.zip").touch()
    (tmp_path / "own.yaml").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("fi",), ["fit"]),
        (("fit", "shops.csv", "--target", ""), "date shop region sales price promotion"),
        (("fit", "shops.csv", "--series", "s"), "shop sales"),
        (("fit", "shops.csv", "--target", "=", "s"), "shop sales"),
        (("fit", "--budget", "5s", "shops.csv", "--past", "pr"), "price promotion"),
        (("fit", "~/shops.csv", "--time", "d"), "date"),
        (("fit", "missing.csv", "--target", ""), ""),
        (("fit", "--target", ""), ""),
        (("fit", "--track", "m"), "mlflow"),
        (("fit", "--track", "mlflow", "--track", "t"), "tensorboard"),
        (("fit", "--task", ""), "anomaly classify forecast generate tag translate"),
        (("fit", "--task", "tag", "--recipe", ""),
         "tag/default tag/quick tag/steps tag/text own.yaml"),
        (("fit", "--recipe", "forecast/q"), "forecast/quick"),
        (("fit", "--executor", ""), "auto inline processes ray"),
        (("fit", "--backend", "j"), "jax"),
        (("fit", "--horizon", ""), ""),
        (("fit", "--set", "ensemble"), "ensemble.size= ensemble.size=8"),
        (("fit", "--set", "horizon"), ""),
        (("fit", "--task", "forecasting", "--set", "hor"), "horizon= horizon=auto"),
        (("fit", "--recipe", "forecast/quick", "--set", "hor"), "horizon= horizon=auto"),
        (("fit", "--set", "network.cell", "=", "g"), "gru"),
        (("fit", "--set", "refit", "="), "true false"),
        (("fit", "--set", "network.cell=mi"), "network.cell=min_gru network.cell=min_lstm"),
        (("inspect", "shops.csv", "--set", "data.dec"),
         "data.decimal= data.decimal=auto data.decimal=. data.decimal=,"),
        (("predict", "--set", "decoding.b"), ""),
        (("resume", ""), r"runs/air-1 runs/tales-1 my\ runs/x"),
        (("report", "air"), "air.zip"),
        (("report", "ru"), "runs/air-1 runs/tales-1"),
        (("report", "./runs/t"), "./runs/tales-1"),
        (("report", "~/runs/a"), "~/runs/air-1"),
        (("report", '"my'), "my runs/x"),
        (("report", "nowhere/"), ""),
        (("predict", "runs/air-1", "--use", ""), "network blend naive"),
        (("evaluate", "runs/tales-1", "--use", ""), "network"),
        (("export", "runs/air-1", "--format", "on"), "onnx"),
        (("recipes", "show", "tag/q"), "tag/quick"),
        (("recipes", "new", "for"), "forecast"),
    ],
)  # fmt: skip
def test_what_could_be_typed_next(words: tuple[str, ...], found: object, here: Path) -> None:
    expected = re.split(r"(?<!\\)(?<!my) ", found) if isinstance(found, str) else found
    assert sorted(offered(*words)) == sorted(filter(None, expected))


def test_the_keys_that_predict_takes_are_those_of_the_run(here: Path) -> None:
    (here / "runs/air-1/run.json").write_text(json.dumps({"task": "translate"}))
    found = offered("predict", "runs/air-1", "--set", "decoding.")
    assert "decoding.beam=" in found and all(each.startswith("decoding.") for each in found)


@pytest.mark.parametrize(
    "broken", ["{", "[]", '{"task": 7}', '{"task": "no_such"}', '{"task": "../../x"}', "\0"]
)
def test_a_broken_run_offers_nothing_and_says_nothing(broken: str, here: Path) -> None:
    for name in ("run.json", "leaderboard.json"):
        (here / "runs/air-1" / name).write_text(broken)
    assert offered("predict", "runs/air-1", "--set", "") == []
    assert offered("predict", "runs/air-1", "--use", "") == ["network"]


HOSTILE = ("\x1b[2J", "\x9b31m", "$(touch pwned)", "\\$(touch pwned)", "`touch pwned`",
           "';touch pwned;'", '";touch pwned;"', "\u202evil", "--force", "a\u00a0b")  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_not_offered(name: str, here: Path) -> None:
    cell = name.replace('"', '""')
    (here / "bad.csv").write_text(f'"{cell}",good (EUR)\n1,2\n3,4\n')
    assert offered("fit", "bad.csv", "--target", "") == ["good\\ \\(EUR\\)"]
    assert not is_harmless(name)


def test_of_a_wide_table_not_all_columns_are_offered(here: Path) -> None:
    (here / "wide.csv").write_text(",".join(f"c{n}" for n in range(3000)) + "\n")
    assert len(offered("fit", "wide.csv", "--target", "c")) == MOST_OFFERED


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.csv", b"", None),
        ("a.csv", b"\n\n", None),
        ("a.csv", b"\0\1\2\3", None),
        ("a.csv", b"x;y z\n1;2\n", ("x", "y z")),
        ("a.csv", b"\xef\xbb\xbfx,y\n1,2\n", ("x", "y")),
        ("a.csv", "grö,ß\n1,2\n".encode("cp1252"), ("grö", "ß")),
        ("a.tsv", b"x\ty\n1\t2\n", ("x", "y")),
        ("a.csv.gz", gzip.compress(b"x,y\n1,2\n", mtime=0), ("x", "y")),
        ("a.csv", bz2.compress(b"x,y\n1,2\n"), ("x", "y")),
        ("a.csv.gz", gzip.compress(b"x,y\n1,2\n", mtime=0)[:12], None),
        ("a.jsonl", b'{"x": 1, "y": "\\u00e9"}\n{"x"', ("x", "y")),
        ("a.json", b' [{"x": [1, 2], "y": 3}, ', ("x", "y")),
        ("a.json.gz", gzip.compress(b'{"x": 1}', mtime=0), ("x",)),
        ("a.jsonl", b"nonsense", None),
        ("a.jsonl", b"[1, 2]", ()),
        ("a.txt", b"Once upon a time,\nthere was\n", ()),
        ("a.parquet", b"PAR1....", ()),
    ],
)  # fmt: skip
def test_the_first_rows_name_the_columns(
    name: str, content: bytes, found: object, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    try:
        names: object = first_names(tmp_path / name)
    except Exception:
        names = None
    assert names == found


def test_a_character_that_is_cut_in_two_spoils_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x,y\n" + "1,é\n".encode() * 20_000)
    assert first_names(tmp_path / "a.csv") == ("x", "y")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(here: Path) -> None:
    os.mkfifo(here / "pipe.csv")
    assert offered("fit", "pipe.csv", "--target", "") == []
    assert first_names(here) == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_in_a_run_is_not_waited_for(here: Path) -> None:
    os.mkfifo(here / "runs/tales-1/leaderboard.json")
    assert offered("predict", "runs/tales-1", "--use", "") == ["network"]
