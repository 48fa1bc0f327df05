"""The leaderboard as a table, compared as exact text."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from seqtune.report.leaderboard import LeaderboardReport
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row

Draw = Callable[..., str]
NAN = math.nan

BOARD = Leaderboard(
    "mase",
    "min",
    (
        Row("seasonal_naive", "baseline", {"mase": 1.0}, {"mase": 1.2, "smape": 9.1}, 0.02),
        Row("trial-3", "network", {"mase": 0.75}, {"mase": 1.0, "smape": 8.0}, 31.2, 20481, "gru"),
        Row("ensemble", "ensemble", {"mase": 0.625}, {"mase": 0.9, "smape": 7.1}, 118.2, 61443,
            "trial-3 twice, trial-1"),
        Row("[red]x[/red]", "network", {"mase": math.nan}, {}, 1.0, 5),
    ),
)  # fmt: skip


def test_the_best_comes_first_and_is_marked(draw: Draw) -> None:
    assert (
        draw(LeaderboardReport(BOARD))
        == """\
Leaderboard, by MASE on the validation part (lower is better)

                                 MASE   MASE  sMAPE    time   para-
  #  name            kind      valid.   test   test  to fit  meters
───────────────────────────────────────────────────────────────────
* 1  ensemble        ensemble   0.625  0.900   7.10  1m 58s   61.4k
  2  trial-3         network    0.750   1.00   8.00     31s   20.5k
  3  seasonal_naive  baseline    1.00   1.20   9.10    0.0s       -
  4  [red]x[/red]    network        -      -      -    1.0s       5

* the winner, chosen on validation; test figures took no part in it
ensemble: trial-3 twice, trial-1
trial-3: gru"""
    )


def test_one_baseline_alone(draw: Draw) -> None:
    board = Leaderboard("mase", "min", (BOARD.rows[0],))
    assert (
        draw(LeaderboardReport(board))
        == """\
Leaderboard, by MASE on the validation part (lower is better)

                                 MASE  MASE  sMAPE    time   para-
  #  name            kind      valid.  test   test  to fit  meters
──────────────────────────────────────────────────────────────────
* 1  seasonal_naive  baseline    1.00  1.20   9.10    0.0s       -

* the winner, chosen on validation; test figures took no part in it"""
    )


def test_a_max_metric_and_a_name_of_many_letters(draw: Draw) -> None:
    board = Leaderboard(
        "balanced_accuracy",
        "max",
        (
            Row("majority", "baseline", {"balanced_accuracy": 0.5}, {"balanced_accuracy": 0.5}, 0),
            Row("n" * 60, "network", {"balanced_accuracy": 0.75}, {}, 5400.0, 1_234_567),
        ),
    )
    assert (
        draw(LeaderboardReport(board))
        == """\
Leaderboard, by balanced accuracy on the validation part (higher is better)

                                              balanced  balanced
                                              accuracy  accuracy    time   para-
  #  name                           kind        valid.      test  to fit  meters
────────────────────────────────────────────────────────────────────────────────
* 1  nnnnnnnnnnnnnnnnnnnnnnnnnnnnn  network      0.750         -  1h 30m   1.23M
     nnnnnnnnnnnnnnnnnnnnnnnnnnnnn
     nn
  2  majority                       baseline     0.500     0.500    0.0s       -

* the winner, chosen on validation; test figures took no part in it"""
    )


def test_an_empty_board_says_so(draw: Draw) -> None:
    assert draw(LeaderboardReport(Leaderboard("mase", "min"))) == (
        "Leaderboard, by MASE on the validation part (lower is better)\nNothing was scored."
    )


def test_a_console_of_ascii_gets_ascii(draw: Draw) -> None:
    assert draw(LeaderboardReport(BOARD), encoding="ascii").isascii()


def test_the_second_metric_can_be_chosen(draw: Draw) -> None:
    text = draw(LeaderboardReport(BOARD, second="rmse"))
    assert "RMSE" in text and "sMAPE" not in text


def test_the_dictionary_is_that_of_the_leaderboard() -> None:
    assert LeaderboardReport(BOARD).to_dict() == BOARD.to_dict()


def test_an_ensemble_that_leads_by_the_margin_is_explained(draw: Draw) -> None:
    rows = (
        Row("ensemble", "ensemble", {"mase": 0.5}, {"mase": 0.5}, 2.0, 10),
        Row("t1", "network", {"mase": 0.49}, {"mase": 0.6}, 1.0, 5),
    )
    text = draw(LeaderboardReport(Leaderboard("mase", "min", rows, 0.02)))
    assert "* 1  ensemble" in text
    assert "a network is ahead, but by less than 0.0200: that may be chance" in text
    assert "may be chance" not in draw(LeaderboardReport(Leaderboard("mase", "min", rows, 0.001)))


def test_a_margin_as_large_as_the_score_is_no_distance(draw: Draw) -> None:
    rows = (
        Row("blend", "ensemble", {"mase": 0.382}, {"mase": 0.5}, 2.0, 10),
        Row("t1", "network", {"mase": 0.373}, {"mase": 0.6}, 1.0, 5),
    )
    text = draw(LeaderboardReport(Leaderboard("mase", "min", rows, 0.373)))
    said = "a network is ahead, but few cases were held out to choose by: that may be chance"
    assert said in text and "less than" not in text


def test_rows_that_chance_alone_may_put_behind_the_first_are_marked(draw: Draw) -> None:
    def row(name: str, accuracy: float, error: float) -> Row:
        return Row(name, "baseline", {"accuracy": accuracy}, {}, 1.0, None, "", 0.06, error)

    rows = (row("a", 0.9, NAN), row("b", 0.8, 0.05), row("c", 0.8, 0.04), row("d", 0.1, NAN))
    report = LeaderboardReport(Leaderboard("accuracy", "max", rows, cases=27, folds=5))
    lines = draw(report).splitlines()
    ranks = [line.split("  ")[0] for line in lines if "baseline" in line]
    assert ranks == ["* 1", "~ 2", "", ""]  # 0.1 is two errors of 0.05, and more of 0.04
    assert lines[-2:] == [
        "~ not told apart from row 1 by the 27 cases of validation",
        "validation accuracy of row 1: 0.900 ± 0.0600 (one standard error, over 5 folds)",
    ]
    told = [each.get("told_apart") for each in report.to_dict()["leaderboard"]]
    assert told == [None, False, True, None]
    again = Leaderboard.from_dict(report.to_dict())
    assert draw(LeaderboardReport(again)) == draw(report)
    held_out = replace(report.board, rows=(rows[0], rows[2]), folds=0)
    assert "(one standard error)" in draw(LeaderboardReport(held_out)).splitlines()[-1]
