"""The sentence on whether the network beat the simple methods; figures worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from seqtune.errors import RunError
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.verdict import verdict

NAN = math.nan


def row(name: str, kind: Any, validation: float, test: float, metric: str = "mase") -> Row:
    return Row(name, kind, {metric: validation}, {metric: test}, 1.0)


def said(*rows: Row, metric: str = "mase", direction: Any = "min", run: str = "runs/a") -> str:
    return " ".join(verdict(Leaderboard(metric, direction, rows), run))


THETA = row("theta", "baseline", 1.0, 1.0)


def test_a_network_that_wins_is_said_with_points_and_per_cent() -> None:
    assert said(THETA, row("trial-3", "network", 0.75, 0.75)) == (
        "The network trial-3 beats the best simple method, theta: "
        "test MASE 0.750 against 1.00, 0.250 points (25.0 %) lower."
    )


def test_a_baseline_that_wins_has_the_star_and_predicts() -> None:
    assert said(THETA, row("ensemble", "ensemble", 1.5, 1.25), run="my runs/a") == (
        "The ensemble does not beat the best simple method, theta: "
        "test MASE 1.25 against 1.00, 0.250 points (25.0 %) higher. "
        "predict uses theta, the winner. To use the network: "
        "seqtune predict 'my runs/a' --use network"
    )


def test_a_baseline_that_wins_on_test_alone_is_said_with_the_flag_that_uses_it() -> None:
    sentence = said(THETA, row("ensemble", "ensemble", 0.9, 1.25), run="my runs/a")
    assert sentence.endswith("To predict with theta: seqtune predict 'my runs/a' --use theta")


@pytest.mark.parametrize("test", [0.99, 1.0, 1.01])
def test_a_difference_of_one_per_cent_is_a_tie(test: float) -> None:
    sentence = said(THETA, row("ensemble", "ensemble", 0.9, test))
    assert sentence.startswith("The ensemble and the best simple method, theta, tie within 1 %: ")
    assert sentence.endswith("To predict with theta: seqtune predict runs/a --use theta")


@pytest.mark.parametrize(("test", "word"), [(0.98, " beats "), (1.02, " does not beat ")])
def test_a_difference_of_two_per_cent_is_no_tie(test: float, word: str) -> None:
    assert word in said(THETA, row("ensemble", "ensemble", 0.9, test))


@pytest.mark.parametrize(("test", "is_told"), [(0.59, False), (0.61, True), (0.39, True)])
def test_figures_closer_than_two_standard_errors_are_not_told_apart(
    test: float, is_told: bool
) -> None:
    rows = (
        row("majority", "baseline", 0.5, 0.5, "accuracy"),
        row("trial-1", "network", 0.75, test, "accuracy"),
    )
    board = Leaderboard("accuracy", "max", rows, standard_error=0.05)
    sentence = " ".join(verdict(board, "runs/a"))
    assert ("not told apart" not in sentence) == is_told
    if not is_told:
        assert sentence == (
            "The network trial-1 and the best simple method, majority, are not told apart: test "
            "accuracy 0.590 against 0.500, closer than two standard errors (0.0500 each). To "
            "predict with majority: seqtune predict runs/a --use majority"
        )


def test_a_max_metric_is_better_when_higher() -> None:
    rows = (
        row("majority", "baseline", 0.5, 0.5, "accuracy"),
        row("trial-1", "network", 0.75, 0.625, "accuracy"),
    )
    assert said(*rows, metric="accuracy", direction="max") == (
        "The network trial-1 beats the best simple method, majority: "
        "test accuracy 0.625 against 0.500, 0.125 points (25.0 %) higher."
    )


def test_a_max_metric_that_is_lower_does_not_beat() -> None:
    rows = (
        row("majority", "baseline", 0.5, 0.5, "accuracy"),
        row("trial-1", "network", 0.4, 0.4, "accuracy"),
    )
    assert "does not beat" in said(*rows, metric="accuracy", direction="max")
    assert "0.100 points (20.0 %) lower." in said(*rows, metric="accuracy", direction="max")


@pytest.mark.parametrize(("validation", "test"), [(0.75, 1.25), (1.25, 0.75)])
def test_validation_and_test_that_disagree_are_both_shown(validation: float, test: float) -> None:
    sentence = said(THETA, row("ensemble", "ensemble", validation, test))
    against = f"validation: {validation:.3g} against 1.00"
    assert f"Validation and test disagree ({against}" in sentence.replace("0.750", "0.75")


def test_validation_and_test_that_agree_are_not_said_to_disagree() -> None:
    assert "disagree" not in said(THETA, row("ensemble", "ensemble", 0.5, 0.5))
    assert "disagree" not in said(THETA, row("ensemble", "ensemble", 0.5, 1.0))


def test_the_simple_method_that_the_test_part_prefers_is_named() -> None:
    rows = (
        THETA,
        row("naive", "baseline", 2.0, 0.5),
        row("drift", "baseline", 2.0, 0.25),
        row("ensemble", "ensemble", 0.75, 0.75),
    )
    assert said(*rows).endswith(
        "On the test part drift is better than both (0.250); validation did not show it."
    )


def test_without_test_figures_validation_speaks_and_says_that_it_flatters() -> None:
    assert said(row("theta", "baseline", 1.0, NAN), row("t", "network", 0.5, NAN)) == (
        "The network t beats the best simple method, theta: "
        "validation MASE 0.500 against 1.00, 0.500 points (50.0 %) lower. "
        "There are no test figures, and validation figures flatter: they made the choice."
    )


def test_no_figure_at_all_is_said() -> None:
    assert said(row("theta", "baseline", NAN, NAN), row("t", "network", NAN, NAN)) == (
        "The network t has no figure to compare with the best simple method, theta."
    )


def test_a_baseline_without_error_leaves_no_per_cent() -> None:
    assert "0.500 points higher." in said(
        row("naive", "baseline", 0.0, 0.0), row("t", "network", 0.5, 0.5)
    )


def test_a_board_without_networks_or_baselines_or_both() -> None:
    assert said(THETA) == ("No network was trained; only simple methods were scored.")
    assert said(row("t", "network", 1.0, 1.0)) == (
        "No simple method was scored, so there is nothing to measure the network against."
    )
    assert said() == "Nothing was scored."


def joined(*rows: Row, leads: bool = True) -> str:
    board = Leaderboard("mase", "min", rows, joined="joined", joined_leads=leads)
    return " ".join(verdict(board, "runs/a"))


JOINED = row("joined", "ensemble", 1.1, 1.1)


def test_a_row_that_joins_both_is_no_part_of_what_is_compared_and_is_said_to_predict() -> None:
    assert joined(THETA, JOINED, row("trial-3", "network", 1.5, 1.25)) == (
        "The network trial-3 does not beat the best simple method, theta: "
        "test MASE 1.25 against 1.00, 0.250 points (25.0 %) higher. "
        "predict uses joined, in which the networks and each simple method have the same say. "
        "To use the network alone: seqtune predict runs/a --use network"
    )


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ((0.6, 0.4), "60% comes from theta (trial-3 40%): a simple method does most of the work"),
        ((0.3, 0.7), "70% comes from trial-3 (theta 30%): networks do most of the work"),
        ((0.5, 0.5), "a simple method does more of the work than any other member here. To use"),
    ],
)
def test_which_member_of_a_joined_row_does_its_work_is_said(
    shares: tuple[float, float], said: str
) -> None:
    rows = (THETA, JOINED, row("trial-3", "network", 1.5, 1.25))
    board = Leaderboard("mase", "min", rows, joined="joined", joined_leads=True)
    board = replace(board, carried=dict(zip(("theta", "trial-3"), shares, strict=True)))
    assert said in " ".join(verdict(board, "runs/a"))
    assert Leaderboard.from_dict(board.to_dict()).carried == board.carried
    spoiled = board.to_dict() | {"carried": {"nobody": 1.0}}
    with pytest.raises(RunError, match="carried names no row"):
        Leaderboard.from_dict(spoiled)


def test_where_nothing_but_simple_methods_is_joined_that_is_said() -> None:
    assert joined(THETA, JOINED) == (
        "No network was trained; only simple methods were scored. "
        "predict uses joined, in which they have the same say."
    )


def test_where_validation_chooses_a_joined_row_that_is_behind_is_not_mentioned() -> None:
    assert "joined" not in joined(THETA, JOINED, row("t", "network", 0.5, 0.5), leads=False)
