"""The report of a search as exact text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from seqtune.report.fit import FitReport
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.summary import Summary
from seqtune.tasks.forecast.report_chart import ForecastChart

Draw = Callable[..., str]

SUMMARY = Summary(
    run="runs/airline-forecast-1",
    task="forecast",
    status="complete",
    leaderboard=Leaderboard(
        "mase",
        "min",
        (
            Row("theta", "baseline", {"mase": 1.0}, {"mase": 1.2, "smape": 9.1}, 0.5),
            Row("trial-3", "network", {"mase": 0.75}, {"mase": 0.9, "smape": 8.0}, 31.2, 20481),
        ),
    ),
    trials={"completed": 20, "failed": 3, "stopped": 9},
    seconds={"total": 118.2, "training": 96.0},
    budget_seconds=120.0,
    failures={"out of memory": 1, "the loss became NaN": 2},
    left_out={"mstl": "no time left"},
    notes=("2 missing steps filled with the value before",),
)
CHART = ForecastChart("passengers", [1.0, 2.0], [1, 2, 3], [], [3.0], [], [])
NEXT = ("seqtune predict runs/airline-forecast-1 -o forecast.csv",)


def test_the_whole_report(draw: Draw) -> None:
    assert (
        draw(FitReport(SUMMARY, None, NEXT))
        == """\
Leaderboard, by MASE on the validation part (lower is better)

                          MASE   MASE  sMAPE    time   para-
  #  name     kind      valid.   test   test  to fit  meters
────────────────────────────────────────────────────────────
* 1  trial-3  network    0.750  0.900   8.00     31s   20.5k
  2  theta    baseline    1.00   1.20   9.10    0.5s       -

* the winner, chosen on validation; test figures took no part in it

The network trial-3 beats the best simple method that was run, theta: test MASE
0.900 against 1.20, 0.300 points (25.0 %) lower.
mstl was not run, so nothing is claimed against it. A longer --budget, or --set
baselines.share=0.5, gives simple methods more time.
- 32 trials (20 completed, 3 failed, 9 stopped) in 1m 58s (budget 2m 00s,
  training 1m 36s)
- failed trials: the loss became NaN (2 times); 1 other reason in the run's log
- not run: mstl: no time left
- 2 missing steps filled with the value before

Next:
  seqtune predict runs/airline-forecast-1 -o forecast.csv"""
    )


def test_an_interrupted_run_says_how_to_go_on(draw: Draw) -> None:
    interrupted = replace(SUMMARY, run="my runs/1", status="interrupted")
    text = draw(FitReport(interrupted))
    assert text.endswith("""
The run was interrupted, it is not complete. What was finished is kept; go on
with:
  seqtune resume 'my runs/1'""")
    assert FitReport(interrupted).to_dict()["next"] == ["seqtune resume 'my runs/1'"]
    assert "resume" not in draw(FitReport(SUMMARY))
    running = draw(FitReport(replace(SUMMARY, status="running")))
    assert "The search is still running." in running and "resume" not in running
    died = draw(FitReport(replace(SUMMARY, status="died")))
    assert "The run died, it is not complete." in died and "seqtune resume" in died


def test_the_chart_stands_between_leaderboard_and_verdict(draw: Draw) -> None:
    text = draw(FitReport(SUMMARY, CHART))
    order = [text.index(part) for part in ("Leaderboard", "passengers", "beats", "32 trials")]
    assert order == sorted(order)


def test_one_failure_happened_once(draw: Draw) -> None:
    text = draw(FitReport(replace(SUMMARY, failures={"[b]odd[/b]": 1})))
    assert "- failed trials: [b]odd[/b] (once)\n" in text


def test_nothing_at_all(draw: Draw) -> None:
    empty = Summary(
        "runs/x", "forecast", "complete", Leaderboard("mase", "min"), {}, {}, float("nan")
    )
    assert (
        draw(FitReport(empty))
        == """\
Leaderboard, by MASE on the validation part (lower is better)
Nothing was scored.

Nothing was scored.
- 0 trials in - (budget -, training -)"""
    )


def test_the_dictionary_is_the_summary_with_verdict_and_commands() -> None:
    document = FitReport(SUMMARY, CHART, NEXT).to_dict()
    assert {key: document[key] for key in SUMMARY.to_dict()} == SUMMARY.to_dict()
    assert document["verdict"] == (
        "The network trial-3 beats the best simple method that was run, theta: "
        "test MASE 0.900 against 1.20, 0.300 points (25.0 %) lower. mstl was not run, so "
        "nothing is claimed against it. A longer --budget, or --set baselines.share=0.5, gives "
        "simple methods more time."
    )
    assert document["next"] == list(NEXT)


def test_what_the_workers_spent_in_training_is_told(draw: Draw) -> None:
    seconds = {"total": 118.2, "search": 100.0, "training": 96.0}
    workers = ({"busy": 99.0, "training": 86.0}, {"busy": 98.0, "training": 10.0})
    summary = replace(SUMMARY, seconds=seconds, workers=workers)
    text = " ".join(draw(FitReport(summary, None, NEXT)).split())
    assert "- 2 workers, in training steps 86%, 10% of the search's time" in text
    assert "training steps" not in draw(FitReport(SUMMARY, None, NEXT))
    assert FitReport(summary, None, NEXT).to_dict()["workers"] == list(workers)
