"""The reports of drift and of `refit` as exact text."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from seqtune.data.drift.table import DriftTable, Finding
from seqtune.report.comparison import ComparisonReport
from seqtune.report.drift import DriftReport, change
from seqtune.report.refit import RefitReport
from seqtune.run.earlier import Comparison, Earlier
from seqtune.run.leaderboard import SEARCHED, Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.summary import Summary

Draw = Callable[..., str]

DRIFT = DriftTable(
    [
        Finding("[red]load[/red]", "level", 20.0, 26.0, 1.5, 1e-6, is_flagged=True),
        Finding("load", "missing", 0.0, 0.123, 0.123, 0.0004, is_flagged=True),
        Finding("load", "shape", 0.0, 0.31, 0.31, 0.0012, is_flagged=True),
        Finding("load", "scale", 2.0, 2.1, 0.05, 0.4),
        Finding("interval 0.1 to 0.9", "coverage", 0.8, 0.61, -0.19, 0.02, 0.06),
    ],
    168,
)

ROWS = (
    Row("ensemble", "ensemble", {"mase": 0.6}, {"mase": 0.71, "smape": 7.1}, 12.0, 20_481),
    Row("theta", "baseline", {"mase": 0.5}, {"mase": 0.90, "smape": 9.5}, 0.3),
)
BOARD = Leaderboard("mase", "min", ROWS, standard_error=0.02, chosen=SEARCHED)
EARLIER = Earlier(
    "runs/sales", "blend", "ensemble", {"mase": 0.80, "smape": 8.0}, 0.12,
    {"t001": "", "t002": "the vocabulary has changed"}, DRIFT,
)  # fmt: skip


def test_drift_is_a_table_of_what_is_flagged_the_surest_first(draw: Draw) -> None:
    assert (
        draw(DriftReport(DRIFT))
        == """\
Drift since the run was fitted: 3 figures

of               measure      usual     now  change                    chance
─────────────────────────────────────────────────────────────────────────────
[red]load[/red]  level         20.0    26.0  1.50 deviations higher  < 0.0001
load             missing        0 %  12.3 %  12.3 points more        0.000400
load             shape (PSI)      -   0.310  another distribution     0.00120

interval 0.1 to 0.9: 61.0 % inside, promised 80.0 % (standard error 6.00 points)
Compared: 5 figures of 3 traits, 168 new values. Where nothing drifts, one table
in 100 has a flag."""
    )


def test_nothing_that_drifts_is_two_lines(draw: Draw) -> None:
    quiet = DriftTable([Finding("load", "scale", 2.0, 2.1, 0.05, 0.4)], 1)
    assert (
        draw(DriftReport(quiet))
        == """\
Nothing has drifted since the run was fitted.
Compared: 1 figure of 1 trait, 1 new value. Where nothing drifts, one table in
100 has a flag."""
    )


@pytest.mark.parametrize(
    ("measure", "size", "said"),
    [
        ("level", -0.5, "0.500 deviations lower"),
        ("scale", 0.6931, "2.00 times as wide"),
        ("mix", 0.3, "another distribution"),
        ("unknown", 0.2, "20.0 points more"),
        ("season", -0.4, "weaker"),
        ("coverage", -0.19, "19.0 points less than promised"),
        ("confidence", 0.1, "10.0 points more than promised"),
    ],
)
def test_every_measure_says_how_far_it_moved(measure: str, size: float, said: str) -> None:
    assert change(Finding("x", measure, 0.0, 0.0, size, 0.0)) == said


def test_both_runs_and_what_to_make_of_them(draw: Draw) -> None:
    quiet = DriftTable([Finding("load", "scale", 2.0, 2.1, 0.05, 0.4)], 9)
    earlier = Earlier("runs/sales", "blend", "ensemble", EARLIER.scores, 0.12, EARLIER.warm, quiet)
    assert (
        draw(ComparisonReport(Comparison(BOARD, earlier), "runs/new"))
        == """\
runs/new on the newest part of its data, held out from training, by MASE (lower
is better)

model          row        MASE  sMAPE
─────────────────────────────────────
new run        ensemble  0.710   7.10
earlier run    blend     0.800   8.00
simple method  theta     0.900   9.50

The new run is better than the earlier one: MASE 0.710 against 0.800, 0.0900
points (11.3 %) lower.
The earlier run was fitted on about 12.0 % of that part: its figure is too good.
The new run beats the best simple method, theta: 0.710 against 0.900.
- went on from earlier weights: t001
- began anew: t002: the vocabulary has changed

Nothing has drifted since the run was fitted.
Compared: 1 figure of 1 trait, 9 new values. Where nothing drifts, one table in
100 has a flag."""
    )


@pytest.mark.parametrize(
    ("old", "said"),
    [
        (0.71, "The new run is as good as the earlier one: MASE 0.710 against 0.710."),
        (0.70, "The new run and the earlier one are not told apart: MASE 0.710 against 0.700, "
               "0.0100 points (1.43 %) higher, closer than two standard errors (0.0200 each). The "
               "earlier one is ahead."),
        (0.712, "The new run and the earlier one are not told apart: MASE 0.710 against 0.712, "
                "0.00200 points (0.281 %) lower, closer than two standard errors (0.0200 each). "
                "The new one is ahead."),
        (0.60, "The new run is not better than the earlier one: MASE 0.710 against 0.600, 0.110 "
               "points (18.3 %) higher."),
        (float("nan"), "There is no MASE of both runs on the part that was held out."),
    ],
)  # fmt: skip
def test_what_chance_may_explain_is_said(old: float, said: str) -> None:
    comparison = Comparison(BOARD, Earlier("runs/sales", "blend", "ensemble", {"mase": old}))
    assert ComparisonReport(comparison, "runs/new").verdict[0] == said


def test_a_difference_below_one_per_cent_is_hardly_one() -> None:
    board = Leaderboard("mase", "min", ROWS, chosen=SEARCHED)  # no standard error is known
    comparison = Comparison(board, Earlier("runs/sales", "blend", "ensemble", {"mase": 0.712}))
    assert (
        ComparisonReport(comparison, "runs/new")
        .verdict[0]
        .endswith("within 1 %. The new one is ahead.")
    )


def test_what_nobody_knows_is_not_said_to_be_nothing() -> None:
    earlier = Earlier("runs/sales", "blend", "ensemble", {"mase": 0.8}, float("nan"))
    assert Earlier.from_dict(json.loads(json.dumps(earlier.to_dict()))).to_dict()["seen"] is None
    said = ComparisonReport(Comparison(BOARD, earlier), "runs/new").verdict[1]
    assert said.startswith("How much of that part the earlier run was fitted on is not known")


def test_the_document_says_who_is_in_charge() -> None:
    summary = Summary("runs/new", "forecast", "complete", BOARD, {}, {"total": 60.0}, 300.0)
    report = RefitReport(ComparisonReport(Comparison(BOARD, EARLIER), "runs/new"), summary)
    made = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert (made["run"], made["new"], made["in_charge"]) == ("runs/sales", "runs/new", "runs/new")
    assert made["new_score"] == {"row": "ensemble", "metrics": {"mase": 0.71, "smape": 7.1}}
    assert made["earlier_score"]["seen"] == 0.12 and made["is_better"] is True
    assert made["advantage"] == pytest.approx(0.09)
    assert made["drift"]["flagged"][1:] == ["load: missing", "load: shape"]
    assert len(made["drift"]["findings"]) == 5 and made["fit"]["status"] == "complete"
    assert made["next"] == [
        "seqtune report runs/new",
        "seqtune export runs/new -o bundle.zip",
    ]
    kept = ComparisonReport(Comparison(BOARD, EARLIER), "runs/new", is_kept=True)
    assert (kept.to_dict()["new"], kept.to_dict()["in_charge"]) == (None, "runs/sales")
    assert RefitReport(kept, summary).next_commands == ["seqtune report runs/sales"]
