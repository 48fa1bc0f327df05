"""Every bad input ends in one line that says what is wrong and one that says how to mend it."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from command_line import DATA, TINY, left_alone, lines, weekly

GOOD = weekly(31).to_csv(index=False)


def dated(values, header="date,y"):
    """A CSV of daily rows with these values."""
    dates = np.datetime64("2024-01-01") + np.arange(len(values))
    return lines(header, [f"{date},{value}" for date, value in zip(dates, values, strict=True)])


BAD_FILES = {
    "empty file": ("", "x.csv is empty", "expected a header line"),
    "header alone": ("date,y\n", "x.csv has a header and no rows: date, y", "rows below"),
    "one row": (dated([3]), "the longest series has 1 row; a forecast needs at least 4", "more"),
    "three rows": (dated([3, 4, 6]), "the longest series has 3 rows", "give more data"),
    "binary rubbish": (bytes(range(256)) * 8, "x.csv is not text", "export the table again"),
    "ragged row": (GOOD + "2024-02-01,4,5\n", "x.csv:33: 3 fields found, 2 expected", "quote"),
    "no numeric column": (
        dated([f"a{n}" for n in range(31)]),
        "no numeric column to take as the target; found date (time), y (text)",
        "--target",
    ),
    "one bad number": (
        dated([*range(30), "many"]),
        "x.csv:32: column 'y': 'many' is not a number",
        "--set 'data.missing=[many]'",
    ),
    "two time columns": (
        lines("start,end,y", [f"2024-01-{n:02d},2024-02-{n:02d},{n}" for n in range(1, 29)]),
        "2 columns could be the time: start, end",
        "--time start",
    ),
    "two targets": (
        lines("date,a b,c", [f"2024-01-{n:02d},{n * 5 % 11},{n * n % 7}" for n in range(1, 29)]),
        "2 columns could be the target: a b, c",
        "--target 'a b'",
    ),
    "unparseable date": (
        GOOD + "2024-13-45,5\n",
        "x.csv:33: column 'date': '2024-13-45' is not a date",
        "data.dates",
    ),
    "missing date": (GOOD + ",5\n", "x.csv:33: column 'date': expected a time", "--time COLUMN"),
    "all values missing": (dated([""] * 31), "no numeric column", "--target"),
    "all values equal": (
        dated([5.5] * 60),
        "every value of 'y' is 5.5; there is nothing to forecast",
        "--target COLUMN",
    ),
    "all values zero": (dated([0] * 60), "every value of 'y' is 0", "--target COLUMN"),
    "all values of a part missing": (
        dated([*range(60), *[""] * 39, 7]),
        "all values of the validation part are missing",
        "--set validation.steps=N",
    ),
    "infinite value": (
        dated([*range(30), "inf"]),
        "x.csv:32: column 'y': 'inf' is infinite",
        "--set 'data.missing=[inf]'",
    ),
    "value past float64's safe range": (
        dated([*range(30), "1e300"]),
        "x.csv:32: column 'y': '1e300' is too large",
        "--set 'data.missing=[1e300]'",
    ),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused_in_two_lines(case, refused, here):
    content, expected, way_out = BAD_FILES[case]
    path = here / "x.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with left_alone(here):
        for command in ("fit", "plan"):
            error, hint = refused(command, "x.csv", "--task", "forecast", *TINY)
            assert expected in error and way_out in hint


BAD_WORDS = {
    "text as the target": (("--target", "word"), "x.csv:2: column 'word': 'w0' is not a n", "numb"),
    "empty target": (("--target", "void"), "column 'void' has no values at all", "another column"),
    "target unknown": (("--target", "z"), "has no column 'z'", "--target"),
    "target misspelt": (("--target", "sale"), "did you mean 'sales'?", "--target sales"),
    "time misspelt": (("--time", "dat"), "did you mean 'date'?", "--time date"),
    "covariate misspelt": (("--future", "pric"), "did you mean 'price'?", "--future price"),
    "two roles": (("--target", "sales", "--past", "sales"), "'sales' has two roles", "one of"),
    "changing static": (("--static", "price"), "x.csv:3: column 'price' changes", "--past price"),
    "horizon of zero": (
        ("--horizon", "0"),
        "found 0, expected a whole number from 1 to 100000",
        "",
    ),
    "horizon below zero": (("--horizon", "-3"), "found -3, expected a whole number", ""),
    "horizon longer than the data": (
        ("--horizon", "100"),
        "a horizon of 100 steps is too long: the longest series has 31 rows, and 102 are needed",
        "--horizon 6",
    ),
    "horizon one too long": (("--horizon", "30"), "has 31 rows, and 32 are needed", "--horizon 6"),
    "splits longer than the data": (
        ("--set", "test.steps=30"),
        "leave too few rows to train on: the longest series has 31, and 37 are needed",
        "--set validation.steps=auto",
    ),
    "frequency unknown": (("--freq", "often"), "'often' is not a frequency", "--freq"),
    "budget": (("--budget", "soon"), "found 'soon', expected a duration", ""),
    "trials": (("--trials=-1",), "search.trials: found -1, expected", ""),
    "seed": (("--seed", "-1"), "seed: found -1", ""),
    "backend": (("--backend", "torch"), "expected one of auto, tensorflow, jax", ""),
    "recipe unknown": (("--recipe", "quik"), "did you mean 'forecast/quick'?", "recipes list"),
    "recipe missing": (("--recipe", "my.yaml"), "my.yaml: found no such file", "recipes list"),
    "recipe is a folder": (("--recipe", "."), "found a folder, expected a recipe", "recipes list"),
    "key unknown": (("--set", "network.unit=3"), "did you mean 'units'?", "recipes new forecast"),
    "cell unknown": (("--set", "network.cell=lstn"), "did you mean 'lstm'?", "recipes new"),
    "architecture unknown": (("--set", "network.architecture=stackd"), "mean 'stacked'?", ""),
    "baseline unknown": (("--set", "baselines.methods=[naiv]"), "did you mean 'naive'?", ""),
    "no equals sign": (("--set", "horizon"), "found no '=', expected key.path=value", ""),
    "unknown encoding": (("--set", "data.encoding=utf-9"), "found 'utf-9'", ""),
    "wrong encoding": (("--set", "data.encoding=utf-16"), "is not utf-16", "=auto finds"),
}


@pytest.mark.parametrize("case", BAD_WORDS)
def test_a_bad_flag_is_refused_in_two_lines(case, refused, here):
    words, expected, way_out = BAD_WORDS[case]
    table = weekly(31).rename(columns={"y": "sales"})
    table["price"] = np.arange(31) % 4
    table["word"] = [f"w{n}" for n in range(31)]
    table["void"] = ""
    table.to_csv(here / "x.csv", index=False)
    target = () if "--target" in words else ("--target", "sales")
    with left_alone(here):
        error, hint = refused("fit", "x.csv", "--task", "forecast", *TINY, *target, *words)
    assert expected in error and way_out in hint


BAD_RECIPES = {
    "a list": ("- a\n- b\n", "my.yaml:1: found ['a', 'b'], expected keys"),
    "nothing": ("", "my.yaml:1: found nothing, expected keys"),
    "no YAML": ("task: forecast\n  x: [\n", "my.yaml:2: found no valid YAML"),
    "no text": (b"\xff\x00{", "my.yaml"),
    "another task": ("task: anomaly\n", "my.yaml:1: task: found 'anomaly', expected 'forecast'"),
    "a wrong type": ("task: forecast\nhorizon: soon\n", "my.yaml:2: horizon: found 'soon'"),
    "a section that is none": ("task: forecast\nnetwork: 5\n", "my.yaml:2: network: found 5"),
}


@pytest.mark.parametrize("case", BAD_RECIPES)
def test_a_bad_recipe_is_refused_in_two_lines(case, refused, here):
    content, expected = BAD_RECIPES[case]
    (here / "x.csv").write_text(GOOD)
    (here / "my.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with left_alone(here):
        error, hint = refused("fit", "x.csv", "--task", "forecast", "--recipe", "my.yaml")
    assert error.startswith(expected) and hint.endswith(("my.yaml", "recipes list"))


def test_every_fault_of_a_recipe_is_told_at_once(seqtune, here):
    (here / "x.csv").write_text(GOOD)
    (here / "my.yaml").write_text("task: forecast\nhorizon: 0\nnetwork:\n  cel: lstm\n  units: x\n")
    done = seqtune("fit", "x.csv", "--task", "forecast", "--recipe", "my.yaml", code=1)
    error, *more, hint = done.err.splitlines()
    assert error.startswith("error: my.yaml:2: horizon")
    assert [line.split(" ")[0] for line in more] == ["my.yaml:4:", "my.yaml:5:"]
    assert hint == "hint: correct the file, then: seqtune recipes check my.yaml"


@pytest.mark.parametrize("name", ["nowhere.csv", "deep/nowhere.csv", "."])
def test_a_missing_file_and_a_folder(name, refused, here):
    (here / "nowhere.txt").write_text("x")
    with left_alone(here):
        error, _ = refused("fit", name, "--task", "forecast")
        assert error.startswith(f"{name} ")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("nowhere.csv", "check the name"),
        ("deep/nowhere.csv", "the folder deep does not exist either"),
    ],
)
def test_a_missing_file_is_not_inspected(name, hint, refused, here):
    assert refused("inspect", name) == (f"{name} does not exist", hint)


def test_of_a_folder_with_a_short_text_it_is_said_why_it_suits_no_task(seqtune, here):
    (here / "nowhere.txt").write_text("x")
    found = seqtune("inspect", ".", "--json").json
    assert found["tasks"] == {}
    assert found["unsuited"]["generate"].startswith(". has 1 characters, expected at least")


def test_a_fault_in_the_data_is_told_after_what_was_guessed(fit, here):
    (here / "x.csv").write_text(dated([5] * 31))
    done = fit("x.csv", code=1)
    assert done.err.splitlines()[-2].startswith("error: x.csv: every value of 'y' is 5")
    assert "target: y (" in done.err and not (here / "runs").exists()


def test_wide_tables_need_a_target(refused):
    error, hint = refused("fit", DATA / "shops.csv", "--task", "forecast")
    assert "2 columns could be the target: sales, price" in error
    assert hint == "choose one: --target sales"


@pytest.mark.parametrize(
    ("out", "expected"),
    [
        ("file", "file is a file; --out needs a folder"),
        ("file/run", "the run folder file/run cannot be created: Not a directory"),
        ("/proc/run", "the run folder /proc/run cannot be created"),
        ("/dev/null", "/dev/null is a file"),
        ("full", "the folder full is not empty"),
        ("run", "run already holds a run"),
    ],
)
def test_an_output_folder_that_cannot_be_used(out, expected, refused, here):
    (here / "x.csv").write_text(GOOD)
    (here / "file").write_text("mine")
    (here / "full").mkdir()
    (here / "full" / "mine.txt").write_text("mine")
    (here / "run").mkdir()
    (here / "run" / "run.json").write_text("{}")
    with left_alone(here):
        error, hint = refused("fit", "x.csv", "--task", "forecast", *TINY, "--out", out)
    assert expected in error and "--out" in hint


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_is_told_in_two_lines(call, refused, here):
    (here / "x.csv").write_text(GOOD)
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    place = mock.patch.object(os, call, side_effect=full)
    if call == "replace":
        place = mock.patch.object(Path, call, side_effect=full)
    with place:
        error, hint = refused("fit", "x.csv", "--task", "forecast", *TINY)
    assert "No space left on device" in error and "free some disk space" in hint
    assert not list((here / "runs").iterdir())


def test_a_fault_of_the_system_that_nobody_foresaw_is_no_traceback(refused, here):
    from seqtune.workflow.fitting import Fitting

    (here / "x.csv").write_text(GOOD)
    fault = OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), "runs/x/models/t001.keras")
    with mock.patch.object(Fitting, "begin", side_effect=fault):
        error, hint = refused("fit", "x.csv", "--task", "forecast")
    assert error == f"runs/x/models/t001.keras: {os.strerror(errno.EDQUOT)}"
    assert "free some disk space" in hint


def test_usage_errors_exit_with_two(seqtune, here):
    (here / "x.csv").write_text(GOOD)
    for words in (
        ("fit",),
        ("fit", "x.csv", "--horizon", "x"),
        ("fit", "x.csv", "--bogus"),
        ("fit", "x.csv", "--task", "forecats"),
        ("evaluate", "runs/x"),
        ("sing",),
        ("predict", "runs/x", "-o", "x.doc"),
    ):
        done = seqtune(*words, code=2)
        assert done.out == "" and "Traceback" not in done.err


# a fitted run, and what is asked of it


def test_new_rows_that_lack_columns_of_the_fitted_ones(airline, shops, refused, here):
    (here / "a.csv").write_text("passengers\n400\n401\n")
    (here / "b.csv").write_text("month,other\n1961-01,4\n")
    (here / "c.csv").write_text("date,shop,promotion,sales\n2024-12-31,Ash,0,4\n")
    error, hint = refused("predict", airline, "a.csv")
    assert error == "a.csv lacks column 'month' of the fitted data; it has passengers"
    assert hint.startswith("add column 'month'")
    for command in ("predict", "evaluate"):
        error, _ = refused(command, airline, "b.csv")
        assert "b.csv lacks column 'passengers' of the fitted data; it has month, other" in error
        error, _ = refused(command, shops, "c.csv")
        assert "c.csv lacks columns 'price', 'region' of the fitted data" in error


BAD_ROWS = {
    "another frequency": (
        [f"1961-01-{n:02d},{n}" for n in range(1, 29)],
        "x.csv:3: the time 1961-01-02",
        "fit again",
    ),
    "integers for dates": (["1,400", "2,401"], "column 'month' holds integers", "fit again"),
    "text": (["1961-01,many", "1961-02,4"], "x.csv:2: column 'passengers': 'many' is not", ""),
    "infinite": (["1961-01,-inf"], "x.csv:2: column 'passengers': '-inf' is infinite", "missing"),
    "no value": (["1961-01,"], "all values of 'passengers' are missing", ""),
    "no rows": ([], "x.csv has a header and no rows", ""),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_new_rows_that_do_not_fit_the_run(case, airline, refused, here):
    rows, expected, way_out = BAD_ROWS[case]
    (here / "x.csv").write_text(lines("month,passengers", rows))
    for command in ("predict", "evaluate"):
        error, hint = refused(command, airline, "x.csv")
        assert expected in error and way_out in hint


def test_unknown_models_and_files_that_exist(airline, refused, here):
    error, hint = refused("predict", airline, "--use", "seasonal")
    assert "did you mean 'seasonal_naive'?" in error and hint == f"seqtune report {airline}"
    (here / "mine.csv").write_text("mine")
    with left_alone(here):
        error, hint = refused("predict", airline, "-o", "mine.csv")
        assert error == "mine.csv already exists" and "--force" in hint
        error, _ = refused("predict", airline, "-o", "mine.csv/x.csv")
        assert "mine.csv/x.csv cannot be written" in error
        refused("evaluate", airline, "nowhere.csv")


@pytest.mark.parametrize("command", ["predict", "report", "evaluate"])
def test_a_folder_that_is_no_run(command, refused, here):
    words = ["x.csv"] if command == "evaluate" else []
    (here / "some").mkdir()
    assert "there is no run folder nowhere" in refused(command, "nowhere", *words)[0]
    assert "some is not a run folder: it has no run.json" in refused(command, "some", *words)[0]
    assert "there is no folder nowhere" in refused("runs", "nowhere")[0]


def cut(path):
    path.write_bytes(path.read_bytes()[:300])


def newer(path):
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))


def empty(path):
    path.write_text("{}")


def listed(path):
    path.write_text("[1, 2]\n")


DAMAGES = [
    ("run.json", Path.unlink, "it has no run.json"),
    ("run.json", cut, "run.json cannot be read"),
    ("run.json", empty, "run.json is damaged: it states no format"),
    ("run.json", listed, "run.json is damaged"),
    ("run.json", newer, "has run format 99; this seqtune reads up to 1"),
    ("leaderboard.json", Path.unlink, "leaderboard.json is missing"),
    ("leaderboard.json", cut, "leaderboard.json cannot be read"),
    ("leaderboard.json", empty, "leaderboard.json is damaged"),
    ("leaderboard.json", listed, "leaderboard.json is damaged"),
    ("codec.json", Path.unlink, "codec.json is missing"),
    ("codec.json", cut, "codec.json cannot be read"),
    ("codec.json", empty, "codec.json is damaged"),
    ("codec.json", listed, "codec.json is damaged"),
    ("members.json", Path.unlink, "members.json is missing"),
    ("members.json", empty, "members.json is damaged: it lacks "),
    ("members.json", listed, "members.json is damaged"),
    ("data/panel.json", Path.unlink, "panel.json is missing"),
    ("data/target.npy", cut, "the panel is damaged"),
    ("data/train_end.npy", Path.unlink, "train_end.npy is missing"),
    ("data/train_end.npy", empty, "data is damaged"),
    ("models", shutil.rmtree, "is damaged: it is missing"),
]


@pytest.mark.parametrize(("file", "damage", "expected"), DAMAGES)
def test_a_damaged_run_is_told_in_two_lines(file, damage, expected, airline, refused, here):
    shutil.copytree(airline, here / "run")
    damage(here / "run" / file)
    error, hint = refused("predict", "run")
    assert expected in error
    assert hint


@pytest.mark.parametrize("file", ["leaderboard.json", "chart.json", "trials.jsonl"])
def test_a_damaged_report_is_told_in_two_lines(file, airline, refused, seqtune, here):
    shutil.copytree(airline, here / "run")
    listed(here / "run" / file)
    error, _ = refused("report", "run")
    assert f"run/{file} is damaged" in error
    found = seqtune("runs", ".", "--json").json["runs"]
    assert [run["status"] for run in found] == ["complete" if file == "chart.json" else "damaged"]


def test_a_network_that_is_cut_short(airline, refused, here):
    shutil.copytree(airline, here / "run")
    for path in (here / "run" / "models").iterdir():
        cut(path)
    error, hint = refused("predict", "run")
    assert "is damaged" in error and hint == "fit again, or restore the folder"
