"""Every command as a user types it: what it prints where, and what it leaves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from command_line import DATA, TINY, left_alone, lines, parse, weekly
from explaining import explained

QUANTILES = ["mean", "q0.1", "q0.5", "q0.9"]
AHEAD = [f"1961-{month:02d}-01" for month in range(1, 13)]

COMMANDS = (
    *("fit", "plan", "predict", "evaluate", "report", "runs", "inspect", "doctor"),
    *("recipes", "recipes list", "recipes show", "recipes check", "recipes new", "recipes schema"),
)


@pytest.fixture(scope="module")
def fitted(seqtune, tmp_path_factory):
    """A small file and what `fit --json` printed of it, beside its run."""
    folder = tmp_path_factory.mktemp("fitted")
    path = folder / "sales.csv"
    weekly(60).to_csv(path, index=False)
    words = ("fit", path, "--task", "forecasting", *TINY, "--out", folder / "run", "--json")
    return path, seqtune(*words)


def months(first, count):
    """Rows of the airline sample that never were, from the first of a month on."""
    dates = pd.date_range(first, periods=count, freq="MS").strftime("%Y-%m-%d")
    return [f"{date},{400 + 10 * number}" for number, date in enumerate(dates)]


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_ends_in_an_example_that_parses(name, seqtune):
    done = seqtune(*name.split(), "--help")
    example = done.out.rstrip().splitlines()[-1].strip()
    assert example.startswith("Example: seqtune ")
    parse(example.removeprefix("Example: "))


def test_help_and_usage_errors_load_nothing_heavy():
    script = """
import sys
from seqtune.cli.app import main
for words in (["--help"], ["fit", "--help"], ["--version"], ["fit"], ["fit", "x", "--sett", "y"],
              ["recipes", "list"], ["predict"], ["fit", "x.csv", "--task", "forecats"]):
    sys.argv = ["seqtune", *words]
    try:
        main()
    except SystemExit as end:
        print(end.code, *words, file=sys.stderr)
heavy = {"keras", "keras_tuner", "tensorflow", "jax", "pandas", "numpy", "pyarrow", "rich"}
print("loaded:", sorted(heavy & set(sys.modules)))
"""
    words = [sys.executable, "-c", script]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded: []"
    codes = [line.split()[0] for line in done.stderr.splitlines() if line[:2] in ("0 ", "2 ")]
    assert codes == ["0", "0", "0", "2", "2", "0", "2", "2"]
    assert "seqtune 0.1.0" in done.stdout and "\nkeras 3" in done.stdout


def test_fit_without_a_task_gives_the_command(seqtune, here):
    weekly().to_csv(here / "my sales.csv", index=False)
    for command in ("fit", "plan"):
        done = seqtune(command, "my sales.csv", code=2)
        assert done.out == ""
        assert done.err.splitlines() == [
            "error: --task is missing; the data suits forecast, anomaly",
            f"hint: seqtune {command} 'my sales.csv' --task forecast, or: "
            f"seqtune {command} 'my sales.csv' --task anomaly",
        ]
    assert "--task" in seqtune("fit", "my sales.csv", "--task", "forecats", code=2).err
    (here / "words.csv").write_text("a,b\nx,y\nz,w\n")
    assert "no numeric column" in seqtune("fit", "words.csv", code=2).err
    assert sorted(path.name for path in here.iterdir()) == ["my sales.csv", "words.csv"]


def test_fit_prints_its_report_on_stdout_and_its_progress_on_stderr(fit, here):
    weekly(60).to_csv("sales.csv", index=False)
    done = fit("sales.csv")
    assert "Leaderboard" in done.out and "segment-gru-t001" in done.out
    assert "q0.1 to q0.9" in done.out  # the chart's legend
    assert "best simple method" in done.out
    assert "\nNext:\n  seqtune predict runs/sales-forecast-1" in done.out
    for line in (
        "time: date (dates; --time COLUMN)",
        "target: y (the only numeric column; --target COLUMN)",
        "horizon: 7 steps (a season of 7 steps; --horizon N)",
    ):
        assert line in done.err.splitlines()
    assert "\nseasonality: 7 (from the data; --set seasonality=" in done.err
    assert "trial t001" in done.err and "trial t001" not in done.out

    # the second run stands beside the first
    with left_alone(here / "runs/sales-forecast-1"):
        done = fit("sales.csv", "--quiet")
    assert done.err == ""
    assert "runs/sales-forecast-2" in done.out


def test_fit_with_json_prints_one_document(fitted, seqtune):
    path, done = fitted
    result = done.json
    assert set(result) >= {
        *("run", "task", "status", "metric", "direction", "winner", "best_network"),
        *("best_baseline", "skill", "leaderboard", "trials", "seconds", "budget_seconds"),
    }
    assert (result["task"], result["status"]) == ("forecast", "complete")
    assert (result["metric"], result["direction"]) == ("mase", "min")
    assert result["trials"] == {"completed": 1, "failed": 0, "stopped": 0}
    assert result["budget_seconds"] == 9 * 3600
    names = {row["name"]: row for row in result["leaderboard"]}
    assert set(names) == {"blend", "segment-gru-t001", "naive", "seasonal_naive"}
    assert result["best_network"] == "segment-gru-t001"
    assert {result["winner"], result["best_baseline"]} <= set(names)
    for row in names.values():
        assert set(row) >= {"name", "kind", "validation", "test", "fit_seconds", "parameters"}
        figures = {"mase", "smape", "mae", "rmse", "mean_quantile_loss", "coverage80"}
        figures |= {"mase_deviation"}
        assert set(row["validation"]) == set(row["test"]) == figures
    winner, baseline = (names[result[key]]["test"]["mase"] for key in ("winner", "best_baseline"))
    assert result["skill"] == pytest.approx(1 - winner / baseline)
    assert "trial t001" in done.err  # progress is on stderr
    assert seqtune("report", path.parent / "run", "--json").json == result


def test_a_run_folder_is_complete(fitted):
    run = fitted[0].parent / "run"
    names = {path.name for path in run.iterdir()}
    assert names >= {
        *("recipe.yaml", "run.json", "trials.jsonl", "leaderboard.json", "codec.json"),
        *("models", "oracle", "log.txt"),
    }
    record = json.loads((run / "run.json").read_text())
    assert record["format"] == 1 and record["status"] == "complete" and record["seed"] == 0
    assert record["versions"]["seqtune"] == "0.1.0" and len(record["data"]["fingerprint"]) == 64
    assert "auto" not in (run / "recipe.yaml").read_text().split("horizon")[1].split("network")[0]
    assert not [path for path in run.rglob("*") if path.suffix in (".pkl", ".pickle")]
    assert not list(run.rglob(".*"))  # nothing half written


def test_the_recipe_of_a_run_repeats_it(fitted, seqtune, tmp_path):
    path, done = fitted
    recipe = path.parent / "run" / "recipe.yaml"
    words = ("--task", "forecast", "--recipe", recipe, "--out", tmp_path / "again", "--json")
    again = seqtune("fit", path, *words).json
    assert (tmp_path / "again" / "recipe.yaml").read_text() == recipe.read_text()
    scores = [[row["name"], row["validation"], row["test"]] for row in done.json["leaderboard"]]
    assert scores == [[row["name"], row["validation"], row["test"]] for row in again["leaderboard"]]
    first = seqtune("predict", path.parent / "run")
    assert first.out == seqtune("predict", tmp_path / "again").out


def test_no_season_is_written_into_the_recipe_and_read_again(seqtune, tmp_path):
    path = tmp_path / "noise.csv"
    path.write_text(lines("y", np.random.default_rng(1).normal(size=60)))
    fit = ("fit", path, "--task", "forecast", *TINY)
    seqtune(*fit, "--out", tmp_path / "run")
    assert "\nseasonality: 1\n" in (tmp_path / "run" / "recipe.yaml").read_text()
    words = ("--task", "forecast", "--recipe", tmp_path / "run" / "recipe.yaml", "--json")
    assert seqtune("plan", path, *words).json["periods"] == []


def test_predict_continues_the_data(airline, seqtune):
    done = seqtune("predict", airline)
    assert done.err == ""
    table = done.table
    assert list(table.columns) == ["month", *QUANTILES]
    assert list(table["month"]) == AHEAD
    assert table["mean"].between(100, 1000).all() and (table["q0.1"] <= table["q0.9"]).all()


def test_predict_with_a_simple_method(airline, seqtune):
    table = seqtune("predict", airline, "--use", "seasonal_naive").table
    last = pd.read_csv(DATA / "airline.csv")["passengers"].tail(12)
    assert list(table["mean"]) == list(last)


def test_predict_writes_every_form_of_table(airline, seqtune, tmp_path):
    expected = seqtune("predict", airline).table
    stamps = [f"{month}T00:00:00" for month in AHEAD]

    records = seqtune("predict", airline, "--json").json["predictions"]
    assert [record["month"] for record in records] == stamps
    assert [record["mean"] for record in records] == list(expected["mean"])

    done = seqtune("predict", airline, "-o", tmp_path / "deep" / "x.csv")
    assert done.out == "" and "wrote 12 rows to" in done.err
    assert (tmp_path / "deep" / "x.csv").read_text() == seqtune("predict", airline).out

    done = seqtune("predict", airline, "-o", tmp_path / "x.jsonl", "--json")
    assert done.json == {"output": str(tmp_path / "x.jsonl"), "rows": 12}
    rows = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    assert rows == records

    seqtune("predict", airline, "-o", tmp_path / "x.parquet")
    table = pd.read_parquet(tmp_path / "x.parquet")
    assert list(table["month"].dt.strftime("%Y-%m-%d")) == AHEAD
    assert list(table["mean"]) == list(expected["mean"])


def test_predict_goes_on_from_new_rows(airline, seqtune, tmp_path):
    path = tmp_path / "new.csv"
    path.write_text(lines("month,passengers", months("1961-01-01", 3)))
    table = seqtune("predict", airline, path, "--use", "seasonal_naive").table
    assert (table["month"].min(), table["month"].max()) == ("1961-04-01", "1962-03-01")
    history = list(pd.read_csv(DATA / "airline.csv")["passengers"])[3 - 12 :]
    assert list(table["mean"]) == [*history, 400, 410, 420]


def test_predict_says_what_it_repaired_in_new_rows(airline, seqtune, tmp_path):
    path = tmp_path / "new.csv"
    path.write_text("month;passengers\n1961-01-01;400,5\n1961-03-01;420,5\n")
    done = seqtune("predict", airline, path, "--json")
    assert done.json["predictions"][0]["month"] == "1961-04-01T00:00:00"
    assert "note: decimal comma" in done.err and "note: 1 missing step" in done.err


def test_predict_for_a_series_that_the_run_does_not_know(shops, seqtune, tmp_path):
    known = [
        f"{date:%Y-%m-%d},Elm,abroad,{50 + date.day},4.5,0"
        for date in pd.date_range("2024-12-01", "2024-12-30")
    ]
    ahead = [
        f"{date:%Y-%m-%d},Elm,abroad,,,1" for date in pd.date_range("2024-12-31", "2025-01-06")
    ]
    path = tmp_path / "elm.csv"
    path.write_text(lines("date,shop,region,sales,price,promotion", [*known, *ahead]))
    table = seqtune("predict", shops, path).table
    assert list(table["shop"]) == ["Elm"] * 7
    assert (table["date"].min(), table["date"].max()) == ("2024-12-31", "2025-01-06")
    assert np.isfinite(table[QUANTILES].to_numpy()).all()


def test_evaluate_scores_new_rows_beside_a_simple_method(airline, seqtune, tmp_path):
    path = tmp_path / "new.csv"
    path.write_text(lines("month,passengers", months("1961-01-01", 14)))
    best = json.loads((airline / "leaderboard.json").read_text())
    result = seqtune("evaluate", airline, path, "--json").json
    assert (result["windows"], result["metric"]) == (3, "mase")  # 14 - 12 + 1
    kinds = {score["name"]: score["kind"] for score in result["scores"]}
    assert "seasonal_naive" in kinds and set(kinds.values()) & {"network", "ensemble"}
    assert set(kinds) <= {row["name"] for row in best["leaderboard"]}
    text = " ".join(seqtune("evaluate", airline, path).out.split())
    assert "3 windows" in text and "seasonal_naive" in text


def test_evaluate_never_scores_rows_that_the_run_was_fitted_on(airline, seqtune, refused, tmp_path):
    old = (DATA / "airline.csv").read_text()
    path = tmp_path / "all.csv"
    path.write_text(old + "".join(f"{row[:7]}{row[10:]}\n" for row in months("1961-01-01", 12)))
    assert seqtune("evaluate", airline, path, "--json").json["windows"] == 1
    error, hint = refused("evaluate", airline, DATA / "airline.csv")
    assert "the run was fitted on all of them" in error and "come after" in hint


def test_report_and_runs_tell_of_runs_again(airline, seqtune):
    text = seqtune("report", airline).out
    assert "Leaderboard" in text and "seasonal_naive" in text
    result = seqtune("report", airline, "--json").json
    listed = seqtune("runs", airline.parent, "--json").json
    assert len(listed["runs"]) == 1
    run = listed["runs"][0]
    assert (run["status"], run["winner"], run["skill"]) == (
        *("complete", result["winner"]),
        result["skill"],
    )
    assert result["winner"] in seqtune("runs", airline.parent).out


def test_runs_shows_a_damaged_run_and_an_empty_folder(seqtune, here):
    assert seqtune("runs", here, "--json").json["runs"] == []
    (here / "broken").mkdir()
    (here / "broken" / "run.json").write_text("{")
    assert seqtune("runs", here, "--json").json["runs"][0]["status"] == "damaged"
    assert "damaged" in seqtune("runs", here).out


def test_plan_shows_what_fit_would_do_and_does_nothing(seqtune, here):
    weekly().to_csv("sales.csv", index=False)
    with left_alone(here):
        text = seqtune("plan", "sales.csv", "--task", "forecast", "--budget", "10m").out
        found = seqtune("plan", "sales.csv", "--task", "forecast", "--json").json
    assert "7 steps" in text and "seqtune fit sales.csv --task forecast" in text
    assert found["horizon"] == 7 and found["budget_seconds"] == 300
    assert found["workers"] >= 1 and found["workers_why"] in " ".join(text.split())
    assert found["executor"] == ("processes" if found["workers"] > 1 else "inline")
    # 140 days, of which validation and test take 15 % each
    assert [(split["name"], split["first"], split["last"]) for split in found["splits"]] == [
        ("training", "2024-01-01", "2024-04-07"),
        ("validation", "2024-04-08", "2024-04-28"),
        ("test", "2024-04-29", "2024-05-19"),
    ]


def test_inspect_shows_columns_and_suggests_the_command(seqtune):
    text = seqtune("inspect", DATA / "airline.csv").out
    assert "passengers" in text and "--task forecast" in text
    found = seqtune("inspect", DATA / "airline.csv", "--json").json
    assert [column["name"] for column in found["columns"]] == ["month", "passengers"]
    assert found["rows"] == 144


def test_doctor_shows_versions_and_devices(seqtune):
    assert "keras" in seqtune("doctor").out
    found = seqtune("doctor", "--json").json
    assert found["versions"]["seqtune"] == "0.1.0" and found["backend"] in ("jax", "tensorflow")
    assert found["machine"]["cores"] and found["workers"] >= 1 and found["workers_why"]
    assert [extra["name"] for extra in found["extras"]] == [
        *("test", "ray", "export", "serve", "optuna", "music", "images", "plot", "excel", "sql"),
        *("mlflow", "tensorboard", "wandb"),
    ]


def at_the_second_trial(act):
    """Return what `Inline.wait` becomes: it acts before it runs the second trial."""
    from seqtune.search.executor.inline import Inline

    wait, calls = Inline.wait, []

    def waiting(self, seconds):
        calls.append(1)
        if len(calls) == 2:
            act()
        return wait(self, seconds)

    return mock.patch.object(Inline, "wait", waiting)


@pytest.fixture
def patient(monkeypatch):
    """Signals cut nothing off by the clock, however slow the machine is."""
    for name in ("ORDER_SECONDS", "END_SECONDS"):
        monkeypatch.setattr(f"seqtune.runtime.interrupt.{name}", 3600.0)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 130)]
)
def test_one_interruption_lets_the_search_come_to_an_end(number, code, fit, seqtune, here):
    weekly(60).to_csv("sales.csv", index=False)
    with at_the_second_trial(lambda: os.kill(os.getpid(), number)):
        done = fit("sales.csv", "--trials", "3", "--set", "network.units=[4,6]", code=code)
    assert "interrupted: saving what was finished" in done.err
    assert "trial t002 stopped" in done.err
    assert "segment-gru-t001" in done.out and "segment-gru-t002" not in done.out  # hardly trained
    run = "runs/sales-forecast-1"
    assert f"seqtune resume {run}" in done.out
    report = seqtune("report", run, "--json").json
    assert report["status"] == "interrupted"
    assert report["trials"] == {"completed": 1, "failed": 0, "stopped": 1}
    assert len(seqtune("predict", run).table) == 7
    if number != signal.SIGINT:
        return  # the run does not know which it was

    resumed = seqtune("resume", run, "--json").json
    assert resumed["status"] == "complete"
    assert sum(resumed["trials"].values()) == 3
    lines = (here / run / "trials.jsonl").read_text().splitlines()
    assert [json.loads(line)["trial"] for line in lines] == ["t001", "t002", "t003"]
    assert "is complete" in seqtune("resume", run, code=1).err

    longer = seqtune("resume", run, "--trials", "4", "--json").json
    assert sum(longer["trials"].values()) == 4


def test_a_search_that_halves_trains_the_best_to_the_end(fit, seqtune, here):
    weekly(60).to_csv("sales.csv", index=False)
    words = ("--set", "network.units=[4,6,8]", "--set", "training.steps=6")
    halving = ("--set", "search.stopping=halving", "--set", "training.steps_per_epoch=1")
    done = fit("sales.csv", "--trials", "3", *words, *halving, "--json").json
    assert done["trials"] == {"completed": 1, "failed": 0, "stopped": 2}
    lines = (here / "runs/sales-forecast-1/trials.jsonl").read_text().splitlines()
    trials = [json.loads(line) for line in lines]
    assert sorted(trial["steps"] for trial in trials) == [2, 2, 6]
    paused = {trial["trial"]: min(trial["scores"][:2]) for trial in trials}
    (whole,) = (trial["trial"] for trial in trials if trial["steps"] == 6)
    assert paused[whole] == min(paused.values())


@pytest.mark.usefixtures("patient")
def test_two_interruptions_stop_at_once(fit, seqtune, here):
    def twice():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    weekly(60).to_csv("sales.csv", index=False)
    with at_the_second_trial(twice):
        done = fit("sales.csv", "--trials", "3", "--set", "network.units=[4,6]", code=130)
    assert done.out == ""
    run = "runs/sales-forecast-1"
    assert f"go on with: seqtune resume {run}" in done.err
    assert seqtune("report", run, "--json").json["trials"]["completed"] == 1
    assert len(seqtune("predict", run).table) == 7
    resumed = seqtune("resume", run, "--json").json
    assert (resumed["status"], resumed["trials"]["completed"]) == ("complete", 3)


def test_a_search_that_was_resumed_ends_like_one_that_was_not(fit, seqtune, here):
    weekly(60).to_csv("sales.csv", index=False)
    words = (
        "--set",
        "network.units=[4,6]",
        "--set",
        "search.oracle=random",
        "--set",
        "refit=false",
    )
    whole = fit("sales.csv", "--trials", "2", *words, "--json").json
    fit("sales.csv", "--trials", "1", *words, "--out", "short")
    resumed = seqtune("resume", "short", "--trials", "2", "--json").json
    networks = [
        [(row["name"], row["validation"]) for row in summary["leaderboard"]]
        for summary in (whole, resumed)
    ]
    assert networks[0] == networks[1]


@pytest.mark.parametrize("stage", ["fitting.Fitting._run_baselines", "conclusion.Conclusion.run"])
def test_an_interruption_anywhere_leaves_a_readable_run(stage, fit, seqtune, here):
    weekly(60).to_csv("sales.csv", index=False)
    with mock.patch(f"seqtune.workflow.{stage}", side_effect=KeyboardInterrupt):
        fit("sales.csv", code=130)
    run = "runs/sales-forecast-1"
    assert seqtune("report", run, "--json").json["status"] == "interrupted"
    assert "interrupted" in seqtune("runs").out
    if "conclusion" in stage:
        assert len(seqtune("predict", run).table) == 7
    else:
        assert "has nothing that can predict" in seqtune("predict", run, code=1).err
        assert "has no network yet" in seqtune("predict", run, "--use", "network", code=1).err


def test_a_search_in_which_every_trial_fails_says_why(fit, seqtune, here):
    from seqtune.tasks.forecast.task import ForecastTask

    weekly(60).to_csv("sales.csv", index=False)
    with mock.patch.object(ForecastTask, "build", side_effect=RuntimeError("no such luck")):
        done = fit("sales.csv", "--json")
    assert done.json["trials"] == {"completed": 0, "failed": 1, "stopped": 0}
    assert "RuntimeError: no such luck" in done.err
    assert done.json["winner"] in ("naive", "seasonal_naive")
    assert "no such luck" in seqtune("report", "runs/sales-forecast-1").out
    assert len(seqtune("predict", "runs/sales-forecast-1").table) == 7


def test_worker_processes_give_what_the_main_process_gives(fit, here):
    weekly(60).to_csv("sales.csv", index=False)
    words = ("--trials", "2", "--set", "network.units=[4,6]", "--json")
    inline = fit("sales.csv", *words).json
    done = fit("sales.csv", *words, "--executor", "processes", "--workers", "2")
    assert "workers: 2 (as asked" in " ".join(done.err.split())
    rows = [
        [(row["name"], row["validation"], row["test"]) for row in found["leaderboard"]]
        for found in (inline, done.json)
    ]
    assert rows[0] == rows[1]


def test_workers_that_cannot_start_are_replaced_by_the_main_process(fit, here):
    from seqtune.search.executor._dispatcher import WorkerSpec

    weekly(60).to_csv("sales.csv", index=False)
    _, grace = WorkerSpec.__init__.__defaults__
    defaults = ("seqtune.no_such_module", grace)
    with mock.patch.object(WorkerSpec.__init__, "__defaults__", defaults):
        done = fit("sales.csv", "--executor", "processes", "--workers", "1", "--json")
    assert "the remaining trials run in the main process" in " ".join(done.err.split())
    assert done.json["trials"]["completed"] + done.json["trials"]["failed"] == 1


def test_the_winner_predicts_without_a_note_and_network_takes_the_network(
    fit, seqtune, refused, here
):
    weekly(60).to_csv("sales.csv", index=False)
    # a network that learns nothing, and starts from the level instead of the season
    words = ("--set", "preprocessing.base=none", "--set", "training.learning_rate=1e-9")
    summary = fit("sales.csv", *words, "--json").json
    assert summary["winner"] == "seasonal_naive"
    run = "runs/sales-forecast-1"
    by_default = seqtune("predict", run)
    by_name = seqtune("predict", run, "--use", "seasonal_naive")
    by_network = seqtune("predict", run, "--use", "network")
    assert by_default.out == by_name.out != by_network.out
    best = next(row["name"] for row in summary["leaderboard"] if row["kind"] != "baseline")
    assert by_network.out == seqtune("predict", run, "--use", best).out
    assert "note:" not in by_default.err + by_name.err + by_network.err
    error, _ = refused("predict", run, "--use", "nonsense")
    assert all(name in error for name in ("network", "seasonal_naive", "segment-gru-t001"))


def test_a_search_that_ended_early_still_knows_which_methods_did_not_run(fit, seqtune, here):
    from seqtune.baselines.runner import BaselineResult
    from seqtune.workflow.search import Searching

    weekly(60).to_csv("sales.csv", index=False)
    late = [BaselineResult("mstl", left_out="no time was left")]
    with (
        mock.patch("seqtune.tasks.forecast.task.run_all_methods", return_value=late),
        mock.patch.object(Searching, "run", side_effect=KeyboardInterrupt),
    ):
        fit("sales.csv", code=130)
    report = seqtune("report", "runs/sales-forecast-1", "--json").json
    assert report["left_out"] == {"mstl": "no time was left"}


def test_evaluate_rolls_the_origin_over_new_rows(airline, seqtune, refused, tmp_path):
    path = tmp_path / "new.csv"
    path.write_text(lines("month,passengers", months("1961-01-01", 36)))
    result = seqtune("evaluate", airline, path, "--folds", 3, "--step", 12, "--json").json
    assert result["windows"] == 3
    assert [fold["origin"] for fold in result["folds"]] == [
        "1961-01-01", "1962-01-01", "1963-01-01",
    ]  # fmt: skip
    names = [score["name"] for score in result["scores"]]
    assert "seasonal_naive" in names
    assert all(set(fold["scores"]) == set(names) for fold in result["folds"])
    text = seqtune("evaluate", airline, path, "--folds", 3).out
    assert "MASE from each origin" in text and "1963-01-01" in text
    error, hint = refused("evaluate", airline, path, "--folds", 4)
    assert "need 48 rows" in error and hint == "--folds 3"
    done = seqtune("evaluate", airline, path, "--step", 3, code=2)
    assert done.err.startswith("error: --step needs --folds")


def test_quantiles_are_a_flag_and_hold_in_every_command(fit, seqtune, tmp_path):
    out, path = tmp_path / "run", tmp_path / "new.csv"
    done = fit(DATA / "airline.csv", "--quantiles", "0.95,0.05", "--out", out)
    assert "note: the median, quantile 0.5, is forecast too" in done.err
    network = ("--use", "segment-gru-t001")
    table = seqtune("predict", out, *network).table
    assert list(table.columns) == ["month", "mean", "q0.05", "q0.5", "q0.95"]
    measured = json.loads((out / "calibration.json").read_text())["t001"]
    factors = measured["factors"]  # by step and level
    assert (measured["levels"], len(factors)) == ([0.05, 0.5, 0.95], 12)
    path.write_text(lines("month,passengers", months("1961-01-01", 14)))
    scores = seqtune("evaluate", out, path, "--json").json["scores"]
    assert all("coverage90" in score["metrics"] for score in scores)
    (out / "calibration.json").write_text(
        json.dumps({"t001": {**measured, "factors": [[1.0] * 3] * 12}})
    )
    plain = seqtune("predict", out, *network).table
    wider = (table["q0.95"] - table["mean"]) / (plain["q0.95"] - plain["mean"])
    assert wider.to_numpy() == pytest.approx([each[-1] for each in factors], rel=1e-4)
    assert seqtune("plan", DATA / "airline.csv", "--task", "forecast", "--quantiles", "2", code=2)


def test_a_run_says_what_its_network_looks_at(airline, shops, seqtune, refused, tmp_path):
    result = seqtune("report", airline, "--json").json["explanation"]
    assert result["network"].startswith("segment-gru-t00")
    assert {each["kind"] for each in result["importance"]} == {"calendar", "history"}
    assert len(result["reach"]["norms"]) >= result["reach"]["lag"] >= 1
    text = seqtune("report", airline).out
    assert "how much MASE rises from" in text and "of the gradient of the forecast" in text
    rises = seqtune("report", shops, "--json").json["explanation"]["importance"]
    kinds = {each["kind"] for each in rises}
    assert kinds >= {"past", "future", "static", "calendar", "history"}

    copied = tmp_path / "run"
    shutil.copytree(airline, copied)
    (copied / "explanation.json").unlink()
    assert "explanation" not in seqtune("report", copied, "--json").json
    again = seqtune("report", copied, "--explain", "--json").json["explanation"]
    assert (again["network"], again["windows"]) == (result["network"], result["windows"])
    assert again["score"] == pytest.approx(result["score"], rel=1e-5)
    (copied / "explanation.json").write_text('{"network": 1}')
    assert "explanation.json" in refused("report", copied)[0]


def test_without_time_nothing_is_explained_and_that_is_said(fit, seqtune, tmp_path):
    with explained(), mock.patch("seqtune.run.explanation.time_left", return_value=None):
        done = fit(DATA / "airline.csv", "--out", tmp_path / "run")
    assert "no time left to see what the network looks at: seqtune report" in done.err
    assert not (tmp_path / "run" / "explanation.json").exists()
    told = seqtune("report", tmp_path / "run", "--explain", "--json").json
    assert told["explanation"]["importance"]
    assert not [note for note in told["notes"] if "looks at" in note]
