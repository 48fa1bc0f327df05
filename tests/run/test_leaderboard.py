"""The order, the choices and the JSON of a leaderboard."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.errors import RunError
from seqtune.run.chance import with_errors
from seqtune.run.leaderboard import Leaderboard, relative_gain
from seqtune.run.leaderboard_row import Row
from seqtune.run.summary import Summary

NAN = math.nan


def row(name: str, kind: Any, validation: float, test: float, metric: str = "mase") -> Row:
    return Row(name, kind, {metric: validation}, {metric: test}, 1.5, None)


BOARD = Leaderboard(
    "mase",
    "min",
    (
        row("seasonal_naive", "baseline", 1.0, 1.2),
        row("naive", "baseline", 2.0, 0.5),
        row("trial-3", "network", 0.75, 1.0),
        row("trial-1", "network", 0.875, 0.25),
        row("ensemble", "ensemble", 0.625, 0.9),
    ),
)


def names(board: Leaderboard) -> list[str]:
    return [row.name for row in board.ranked()]


def summary(board: Leaderboard = BOARD) -> Summary:
    return Summary(
        run="runs/airline-forecast-1",
        task="forecast",
        status="complete",
        leaderboard=board,
        trials={"completed": 20, "failed": 1, "stopped": 9},
        seconds={"total": 118.2, "training": 96.0},
        budget_seconds=120.0,
        failures={"loss became NaN": 1},
        left_out={"mstl": "no time left"},
        notes=("2 missing steps filled with the value before",),
    )


def test_rows_stand_in_the_order_of_validation_never_of_test() -> None:
    assert names(BOARD) == ["ensemble", "trial-3", "trial-1", "seasonal_naive", "naive"]


def test_an_ensemble_comes_before_networks_that_are_better_by_no_more_than_the_margin() -> None:
    rows = (
        row("t1", "network", 0.5, 1.0),
        row("t2", "network", 0.5625, 1.0),
        row("ensemble", "ensemble", 0.625, 0.9),
        row("naive", "baseline", 1.0, 1.2),
    )
    assert names(Leaderboard("mase", "min", rows, 0.125)) == ["ensemble", "t1", "t2", "naive"]
    assert names(Leaderboard("mase", "min", rows, 0.0625)) == ["t1", "t2", "ensemble", "naive"]
    assert names(Leaderboard("mase", "max", rows, 0.5)) == ["naive", "ensemble", "t2", "t1"]
    method = row("ets", "baseline", 0.5625, 1.0)
    assert names(Leaderboard("mase", "min", (*rows, method), 0.5))[:2] == ["t1", "ets"]
    board = Leaderboard("mase", "min", rows, 0.125)
    assert board.leads_by_margin and not BOARD.leads_by_margin
    again = Leaderboard.from_dict(json.loads(json.dumps(board.to_dict())))
    assert again == replace(board, rows=board.ranked())


def test_the_choices_look_at_validation_alone() -> None:
    assert BOARD.winner and BOARD.winner.name == "ensemble"
    assert BOARD.best_network and BOARD.best_network.name == "trial-3"
    assert BOARD.best_searched and BOARD.best_searched.name == "ensemble"
    assert BOARD.best_baseline and BOARD.best_baseline.name == "seasonal_naive"


def test_skill_is_the_share_of_the_baselines_test_error_removed() -> None:
    assert BOARD.skill == pytest.approx(0.25)  # 1 - 0.9 / 1.2
    assert BOARD.gain is None


def test_a_max_metric_ranks_upwards_and_has_a_gain() -> None:
    board = Leaderboard(
        "accuracy",
        "max",
        (
            row("majority", "baseline", 0.5, 0.5, "accuracy"),
            row("trial-1", "network", 0.75, 0.625, "accuracy"),
        ),
    )
    assert names(board) == ["trial-1", "majority"]
    assert board.gain == 0.125
    assert board.skill is None


@pytest.mark.parametrize("direction", ["min", "max"])
def test_ties_stand_by_name_and_rows_without_a_figure_last(direction: Any) -> None:
    rows = (
        row("broken", "network", NAN, 0.1),
        row("b", "network", 0.5, 0.5),
        row("a", "baseline", 0.5, 0.5),
        Row("absent", "network", {}, {}, 0.0),
        row("endless", "network", math.inf, 0.1),
    )
    assert names(Leaderboard("mase", direction, rows)) == ["a", "b", "absent", "broken", "endless"]


def test_a_baseline_that_comes_first_is_the_winner_with_no_skill() -> None:
    board = Leaderboard(
        "mase", "min", (row("theta", "baseline", 0.5, 0.75), row("t", "network", 0.75, 0.5))
    )
    assert board.winner and board.winner.name == "theta"
    assert board.skill == 0.0


def test_an_empty_board_chooses_nothing() -> None:
    board = Leaderboard("mase", "min")
    assert (board.winner, board.best_network, board.best_baseline) == (None, None, None)
    assert (board.skill, board.gain) == (None, None)
    assert Leaderboard.from_dict(board.to_dict()) == board


@pytest.mark.parametrize(
    ("score", "reference", "gain"),
    [(0.75, 1.0, 0.25), (2.0, 1.0, -1.0), (0.0, 0.0, 0.0), (1.0, 0.0, None), (NAN, 1.0, None)],
)
def test_relative_gain_is_none_where_it_is_no_number(
    score: float, reference: float, gain: float | None
) -> None:
    assert relative_gain(score, reference) == gain


def test_the_json_has_the_keys_of_the_public_surface() -> None:
    document = summary().to_dict()
    assert list(document) == [
        "run",
        "task",
        "status",
        "metric",
        "direction",
        "margin",
        "standard_error",
        "winner",
        "best_network",
        "best_baseline",
        "skill",
        "gain",
        "leaderboard",
        "trials",
        "seconds",
        "budget_seconds",
        "failures",
        "left_out",
        "notes",
        "workers",
    ]
    assert document["winner"] == "ensemble"
    assert document["best_network"] == "trial-3"
    assert document["best_baseline"] == "seasonal_naive"
    assert document["leaderboard"][0] == {
        "name": "ensemble",
        "kind": "ensemble",
        "validation": {"mase": 0.625},
        "test": {"mase": 0.9},
        "fit_seconds": 1.5,
        "parameters": None,
        "detail": "",
    }


def test_json_takes_nan_as_null_and_gives_it_back() -> None:
    board = Leaderboard("mase", "min", (row("t", "network", NAN, math.inf),))
    text = json.dumps(summary(board).to_dict(), allow_nan=False)
    document = json.loads(text)
    assert document["leaderboard"][0]["validation"] == {"mase": None}
    assert document["leaderboard"][0]["test"] == {"mase": None}
    again = Leaderboard.from_dict(document)
    assert math.isnan(again.rows[0].validation["mase"])


def test_a_leaderboard_comes_back_from_the_json_of_a_summary() -> None:
    ranked = replace(BOARD, rows=BOARD.ranked())
    assert Leaderboard.from_dict(json.loads(json.dumps(summary(ranked).to_dict()))) == ranked


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("metric", None, "the leaderboard lacks the key 'metric'"),
        ("direction", "up", "the leaderboard cannot be read: direction 'up'"),
        ("leaderboard", [{"name": "x"}], "the leaderboard row lacks the key 'kind'"),
    ],
)
def test_a_damaged_document_is_a_run_error(path: str, value: object, said: str) -> None:
    document = summary().to_dict()
    if value is None:
        del document[path]
    else:
        document[path] = value
    with pytest.raises(RunError) as fault:
        Leaderboard.from_dict(document)
    assert fault.value.message.startswith(said)


def test_of_equal_scores_the_ensemble_comes_first_then_the_lower_log_loss() -> None:
    def equal(name: str, kind: Any, log_loss: float) -> Row:
        return Row(name, kind, {"accuracy": 1.0, "log_loss": log_loss}, {}, 1.0)

    rows = (
        equal("a", "network", 0.4),
        equal("b", "network", 0.1),
        equal("c", "baseline", 0.2),
        equal("z", "ensemble", 0.9),
    )
    board = Leaderboard("accuracy", "max", rows)
    assert [row.name for row in board.ranked()] == ["z", "b", "c", "a"]


def joined_board(leads: bool, validation: float = 1.5) -> Leaderboard:
    rows = (*BOARD.rows, row("joined", "ensemble", validation, 1.0))
    return replace(BOARD, rows=rows, joined="joined", joined_leads=leads)


def test_a_row_that_joins_networks_and_simple_methods_comes_first_where_it_leads() -> None:
    board = joined_board(leads=True)
    assert names(board) == ["joined", *names(BOARD)]
    assert board.winner is board.leading is board.row("joined")
    assert board.best_searched is BOARD.best_searched and not board.leads_by_margin
    kept = Leaderboard.from_dict(json.loads(json.dumps(board.to_dict())))
    assert kept == replace(board, rows=board.ranked())


def test_elsewhere_it_has_its_place_by_validation_and_is_still_no_network() -> None:
    behind, ahead = (joined_board(False, validation) for validation in (1.5, 0.5))
    assert names(behind).index("joined") == 4 and behind.leading is None
    assert ahead.winner is ahead.leading is ahead.row("joined")
    assert ahead.best_searched is BOARD.best_searched


def test_what_an_earlier_search_has_chosen_comes_before_it() -> None:
    board = replace(joined_board(leads=True), chosen="naive")
    assert board.winner is board.row("naive") and board.leading is None


def test_a_row_that_is_known_by_more_than_validation_comes_first() -> None:
    board = replace(BOARD, surest="naive", margin=9.0)
    assert names(board) == ["naive", *(name for name in names(BOARD) if name != "naive")]
    assert board.winner is board.row("naive") and not board.leads_by_margin
    kept = Leaderboard.from_dict(json.loads(json.dumps(board.to_dict())))
    assert kept == replace(board, rows=board.ranked())
    with pytest.raises(RunError, match="surest is no row"):
        Leaderboard.from_dict(board.to_dict() | {"surest": "nobody"})


@pytest.mark.parametrize("spoiled", [{"joined": "nobody"}, {"joined": 1}, {"joined_leads": "yes"}])
def test_a_joined_row_that_cannot_be_is_refused(spoiled: dict[str, Any]) -> None:
    values = joined_board(leads=True).to_dict() | spoiled
    with pytest.raises(RunError, match="joined is no row"):
        Leaderboard.from_dict(values)


class Judging:
    """A task that counts which of four cases are right."""

    def case_values(self, prepared: Any, predictions: Any) -> Any:
        if len(predictions) != 4:
            raise ValueError("of other cases")
        return np.array(predictions, dtype=float)

    def standard_error(self, prepared: Any, part: str, score: float) -> float:
        assert part == "validation"
        return score / 10


@pytest.mark.parametrize(("folds", "factor"), [(0, 1.0), (2, 3**0.5), (5, 1.5)])
def test_what_a_row_is_behind_by_is_measured_on_the_same_cases(folds: int, factor: float) -> None:
    made = {"a": [1, 1, 1, 0], "b": [1, 1, 0, 0], "c": [0, 0, 0, 0], "odd": [1]}
    rows = tuple(row(name, "baseline", np.mean(made[name]), 0, "accuracy") for name in "abc")
    rows += tuple(row(name, "network", 0.25, 0, "accuracy") for name in ("odd", "unkept"))
    problem: Any = SimpleNamespace(task=Judging(), prepared=None, folds=[None] * folds)
    board = with_errors(
        Leaderboard("accuracy", "max", rows), problem, lambda one: made.get(one.name)
    )
    assert (board.cases, board.folds) == (4, folds)
    found = {each.name: each for each in board.rows}
    assert found["a"].error == pytest.approx(factor * 0.075)
    # of the differences (0, 0, 1, 0) and (1, 1, 1, 0) the variance is 1 / 4; four cases
    apart = [found[name].difference_error for name in ("b", "c")]
    assert apart == pytest.approx([factor * 0.25] * 2)
    assert [board.is_alike(found[name]) for name in "abc"] == [False, True, folds > 0]
    unsure = [found[name].difference_error for name in ("a", "odd", "unkept")]
    assert all(map(math.isnan, unsure)) and not board.is_alike(found["unkept"])


def test_without_predictions_of_the_first_row_nothing_is_marked() -> None:
    rows = (row("a", "baseline", 0.5, 0, "accuracy"), row("b", "network", 0.25, 0, "accuracy"))
    problem: Any = SimpleNamespace(task=Judging(), prepared=None, folds=[])
    made = {"b": [1, 0, 0, 0]}
    board = with_errors(
        Leaderboard("accuracy", "max", rows), problem, lambda one: made.get(one.name)
    )
    assert board.cases == 4 and not any(map(board.is_alike, board.rows))


def test_only_a_task_that_judges_cases_says_how_sure_its_figures_are() -> None:
    problem: Any = SimpleNamespace(task=object(), prepared=None, folds=[])
    assert with_errors(BOARD, problem, lambda one: None) is BOARD
