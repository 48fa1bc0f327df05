"""The reports of plan, inspect, runs, evaluate and doctor as exact text."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from seqtune.progress import Assumption
from seqtune.report.assumptions import AssumptionTable, assumption_line
from seqtune.report.doctor import Cache, DoctorReport, Extra
from seqtune.report.plan import PlanReport
from seqtune.report.profile import ProfileReport
from seqtune.report.runs import RunLine, RunsReport
from seqtune.report.scores import Score, ScoresReport
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.plan import Plan, Split
from seqtune.run.summary import Summary
from seqtune.runtime.devices import Machine
from seqtune.runtime.workers import shares

Draw = Callable[..., str]

TIME = Assumption("time", "[red]month[/red]", "the only column of dates", "--time")
PLAN = Plan(
    data="data/airline.csv",
    task="forecast",
    recipe="forecast/default",
    rows=144,
    series=1,
    roles={"time": ("month",), "target": ("passengers",)},
    assumptions=(TIME, Assumption("horizon", "12 steps", "one season", "--horizon")),
    frequency="MS",
    periods=(12,),
    horizon=12,
    gaps={"missing steps": 3, "duplicated times": 0},
    splits=(
        Split("train", 120, 85, "1949-01-01", "1958-12-01"),
        Split("test", 12, 1, "1960-01-01", "1960-12-01"),
    ),
    dimensions=9,
    combinations=2304,
    portfolio=5,
    trials=40,
    trial_seconds=14.5,
    workers=2,
    workers_why="one per core, each with 1 thread",
    executor="processes",
    seconds={"prepare": 1.0, "search": 290.0},
    memory_bytes=1_200_000_000,
    notes=("the last 2 rows are incomplete",),
)


def test_a_plan(draw: Draw) -> None:
    report = PlanReport(PLAN, "seqtune fit data/airline.csv --task forecast")
    assert (
        draw(report)
        == """\
Plan: forecast data/airline.csv
rows         144 in 1 series
time         month
target       passengers
frequency    MS
seasonality  12 steps
horizon      12 steps
gaps         3 missing steps

split  steps  windows  from        to
─────────────────────────────────────────────
train    120       85  1949-01-01  1958-12-01
test      12        1  1960-01-01  1960-12-01

Assumptions
what     taken             because                   override with
──────────────────────────────────────────────────────────────────
time     [red]month[/red]  the only column of dates  --time
horizon  12 steps          one season                --horizon

Estimate
recipe    forecast/default
space     9 searched keys, 2,304 combinations; 5 from the recipe's portfolio
          come first
trials    about 40, if one takes 14s (a rough estimate)
executor  processes
workers   2: one per core, each with 1 thread
time      5m 00s at most: prepare 1.0s, search 4m 50s
memory    about 1.20 GB
- the last 2 rows are incomplete

Next:
  seqtune fit data/airline.csv --task forecast"""
    )


def test_a_plan_of_which_little_is_known(draw: Draw) -> None:
    assert (
        draw(PlanReport(Plan("a.csv", "forecast", "forecast/quick", 2, 1, {})))
        == """\
Plan: forecast a.csv
rows  2 in 1 series
gaps  none

Estimate
recipe   forecast/quick
space    0 searched keys
workers  1
time     5m 00s at most"""
    )


def test_the_size_of_a_space(draw: Draw) -> None:
    def space(combinations: int | None) -> str:
        plan = Plan("a", "forecast", "r", 1, 1, {}, dimensions=1, combinations=combinations)
        return draw(PlanReport(plan))

    assert "1 searched key, a continuous space" in space(None)
    assert "1 searched key, 1 combination\n" in space(1)
    assert "2.5e+07 combinations" in space(25_000_000)


def test_a_plan_is_json() -> None:
    document = json.loads(json.dumps(PlanReport(PLAN, "seqtune fit a.csv").to_dict()))
    assert document["roles"] == {"time": ["month"], "target": ["passengers"]}
    assert document["assumptions"][0]["flag"] == "--time"
    assert document["splits"][1]["windows"] == 1
    assert document["next"] == ["seqtune fit a.csv"]
    assert PlanReport(PLAN).to_dict()["next"] == []


@dataclass(frozen=True)
class ColumnStub:
    name: str
    kind: str
    missing: int
    distinct: int
    minimum: str
    maximum: str
    example: str


@dataclass(frozen=True)
class ProfileStub:
    path: str = "a.csv"
    rows: int = 144
    columns: tuple[ColumnStub, ...] = field(
        default=(
            ColumnStub("month", "time", 0, 144, "1949-01-01", "1960-12-01", "1949-01-01"),
            ColumnStub("[b]n[/b]", "integer", 3, 118, "104", "622", "112"),
        )
    )
    notes: tuple[str, ...] = ("separator ';'",)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def test_a_profile(draw: Draw) -> None:
    report = ProfileReport(
        ProfileStub(),
        (TIME,),
        {"forecast": "seqtune fit a.csv --task forecast"},
        {"classify": "there is no label"},
    )
    assert (
        draw(report)
        == """\
a.csv: 144 rows, 2 columns

column    type     missing  distinct  smallest    largest     example
────────────────────────────────────────────────────────────────────────
month     time           0       144  1949-01-01  1960-12-01  1949-01-01
[b]n[/b]  integer        3       118  104         622         112
- separator ';'

Suggested
what  taken             because                   override with
───────────────────────────────────────────────────────────────
time  [red]month[/red]  the only column of dates  --time
- not ready for classify: there is no label

forecast:
  seqtune fit a.csv --task forecast"""
    )
    assert report.to_dict()["tasks"] == {"forecast": "seqtune fit a.csv --task forecast"}
    assert report.to_dict()["rows"] == 144


def test_long_decimals_are_cut_in_a_profile_and_odd_texts_kept(draw: Draw) -> None:
    column = ColumnStub("x", "number", 0, 2, "-22.70599937", "1.5", "1,5")
    text = draw(ProfileReport(ProfileStub(columns=(column,), notes=())))
    assert text.splitlines()[-1] == "x       number        0         2  -22.706   1.5      1,5"


def summary(status: str, direction: Any = "min") -> Summary:
    rows = (
        Row("theta", "baseline", {"m": 1.0}, {"m": 1.0}, 0.5),
        Row("e", "ensemble", {"m": 0.5}, {"m": 0.75}, 1.0),
    )
    board = Leaderboard("m", direction, rows)
    return Summary("runs/air-1", "forecast", status, board, {}, {}, 60.0)


def test_runs_stand_a_line_each(draw: Draw) -> None:
    report = RunsReport(
        "runs/",
        (
            RunLine.of(summary("complete"), "2024-05-01T12:00:00"),
            RunLine.of(summary("interrupted", "max"), "2024-05-02T12:00:00"),
            RunLine("runs/[b]", status="damaged", reason="run.json is missing"),
        ),
    )
    assert (
        draw(report)
        == """\
Runs in runs/

                                                skill
run    task      status       metric  winner  or gain  when
─────────────────────────────────────────────────────────────────
air-1  forecast  complete     m       e        25.0 %  2024-05-01
air-1  forecast  interrupted  m       theta         0  2024-05-02
[b]              damaged              -             -
- runs/[b]: run.json is missing"""
    )
    first, second, third = report.to_dict()["runs"]
    assert (first["run"], first["skill"], first["gain"]) == ("runs/air-1", 0.25, None)
    assert (second["winner"], second["skill"], second["gain"]) == ("theta", None, 0.0)
    assert third["reason"] == "run.json is missing"


def test_no_runs_are_said(draw: Draw) -> None:
    assert draw(RunsReport("[b]runs[/b]", ())) == "No runs in [b]runs[/b]."


def test_scores_stand_best_first(draw: Draw) -> None:
    report = ScoresReport(
        "runs/a",
        "new.csv",
        "mase",
        "min",
        (
            Score("nothing", "network", {"mase": math.nan}),
            Score("theta", "baseline", {"mase": 1.0, "mean_quantile_loss": 12.5}),
            Score("e", "ensemble", {"mase": 0.75, "mean_quantile_loss": 10.0}),
        ),
        examples=1200,
        notes=("the last 2 rows have no actual value",),
    )
    assert (
        draw(report)
        == """\
runs/a on new.csv: 1,200 windows, by MASE (lower is better)

                              mean
                          quantile
name     kind       MASE      loss
──────────────────────────────────
e        ensemble  0.750      10.0
theta    baseline   1.00      12.5
nothing  network       -         -
- the last 2 rows have no actual value"""
    )
    names = [score["name"] for score in report.to_dict()["scores"]]
    assert names == ["e", "theta", "nothing"]
    assert report.to_dict()["scores"][2]["metrics"] == {"mase": None}


def test_scores_of_a_max_metric_stand_highest_first() -> None:
    scores = (Score("a", "network", {"f": 0.25}), Score("b", "network", {"f": 0.5}))
    document = ScoresReport("r", "d", "f", "max", scores, 1).to_dict()
    assert [score["name"] for score in document["scores"]] == ["b", "a"]


def test_scores_of_cases_are_counted_in_cases(draw: Draw) -> None:
    scores = (Score("a", "network", {"accuracy": 0.5}),)
    report = ScoresReport("r", "d", "accuracy", "max", scores, 2, "case")
    assert draw(report).startswith("r on d: 2 cases, by accuracy (higher is better)")
    assert report.to_dict()["cases"] == 2


def test_no_scores_are_said(draw: Draw) -> None:
    text = draw(ScoresReport("r", "d", "mase", "min", (), 1))
    assert text == "r on d: 1 window, by MASE (lower is better)\nNothing was scored."


MACHINE = Machine((0, 1), (), 24_000_000_000)


def test_the_doctor(draw: Draw) -> None:
    report = DoctorReport(
        {"seqtune": "0.1.0", "keras": "3.15.1"},
        "jax",
        "no GPU here",
        ("cpu:0",),
        (Extra("ray", False, "trials on several machines"),),
        ("tensorflow is missing: pip install tensorflow",),
        MACHINE,
        shares(MACHINE),
        Cache("/home/ada/.cache/seqtune/programs", 2_450_000, 1_000_000_000),
    )
    assert (
        draw(report)
        == """\
seqtune   0.1.0
keras     3.15.1
machine   2 cores, 24.0 GB of memory free, no NVIDIA GPU
backend   jax (no GPU here)
devices   cpu:0
executor  processes
workers   2: one per core, each with 1 thread
cache     2.5 MB of at most 1,000 MB, /home/ada/.cache/seqtune/programs

extra  installed  adds
────────────────────────────────────────────
ray    no         trials on several machines

Problems
- tensorflow is missing: pip install tensorflow"""
    )
    assert json.loads(json.dumps(report.to_dict())) == {
        "versions": {"seqtune": "0.1.0", "keras": "3.15.1"},
        "backend": "jax",
        "reason": "no GPU here",
        "devices": ["cpu:0"],
        "machine": {
            "cores": [0, 1],
            "gpus": [],
            "memory_bytes": 24_000_000_000,
            "is_pinnable": True,
        },
        "workers": 2,
        "workers_why": "one per core, each with 1 thread",
        "executor": "processes",
        "cache": {
            "folder": "/home/ada/.cache/seqtune/programs",
            "bytes": 2_450_000,
            "most_bytes": 1_000_000_000,
            "is_used": True,
        },
        "extras": [{"name": "ray", "installed": False, "adds": "trials on several machines"}],
        "problems": ["tensorflow is missing: pip install tensorflow"],
    }


def test_the_doctor_of_a_bare_machine(draw: Draw) -> None:
    assert draw(DoctorReport({}, "jax")) == "backend  jax"
    document = DoctorReport({}, "jax").to_dict()
    assert (document["machine"], document["workers"]) == (None, None)


def test_guesses_are_literal_and_name_their_flag(draw: Draw) -> None:
    assert (
        assumption_line(TIME).plain == "time: [red]month[/red] (the only column of dates; --time)"
    )
    assert assumption_line(Assumption("seed", "0", "", "")).plain == "seed: 0"
    assert draw(AssumptionTable(())) == "Nothing was assumed."
    assert AssumptionTable((TIME,)).to_dict()[0]["taken"] == "[red]month[/red]"
