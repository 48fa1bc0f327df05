"""Which row of the leaderboard predicts, and which ones `evaluate` scores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seqtune.errors import RunError
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.predictor import Predictor
from seqtune.run.row_choice import NETWORK


def row(name: str, kind: Any, score: float) -> Row:
    return Row(name, kind, {"mase": score}, {"mase": 9.0}, 1.0)


NAIVE, THETA = row("naive", "baseline", 2.0), row("theta", "baseline", 1.0)
GRU, LSTM = row("segment-gru-t001", "network", 1.5), row("segment-lstm-t002", "network", 1.75)
BLEND = row("ensemble", "ensemble", 1.25)

Make = Callable[..., Predictor]


@pytest.fixture
def predictor_of(tmp_path: Path) -> Make:
    """Return a predictor with a leaderboard of some rows."""

    def make(*rows: Row, direction: Any = "min") -> Predictor:
        unused: Any = None
        return Predictor(unused, tmp_path, Leaderboard("mase", direction, rows), unused)

    return make


@pytest.mark.parametrize(("rows", "name"), [
    ((NAIVE, THETA, GRU, BLEND), "theta"),
    ((NAIVE, GRU, LSTM), "segment-gru-t001"),
    ((NAIVE, GRU, LSTM, BLEND), "ensemble"),
    ((NAIVE, THETA), "theta"),
    ((LSTM, GRU), "segment-gru-t001"),
])  # fmt: skip
def test_the_row_with_the_star_predicts(
    predictor_of: Make, rows: tuple[Row, ...], name: str
) -> None:
    predictor = predictor_of(*rows)
    assert predictor.choose().name == predictor.choose(None).name == name
    assert predictor.board.winner is not None and predictor.board.winner.name == name


def test_where_more_is_better_the_highest_has_the_star(predictor_of: Make) -> None:
    predictor = predictor_of(NAIVE, THETA, GRU, BLEND, direction="max")
    assert (predictor.choose().name, predictor.choose(NETWORK).name) == (
        "naive",
        "segment-gru-t001",
    )


@pytest.mark.parametrize(("rows", "name"), [
    ((NAIVE, THETA, GRU, BLEND), "ensemble"),
    ((THETA, LSTM, GRU), "segment-gru-t001"),
    ((LSTM,), "segment-lstm-t002"),
])  # fmt: skip
def test_network_is_the_best_of_what_the_search_made(
    predictor_of: Make, rows: tuple[Row, ...], name: str
) -> None:
    assert predictor_of(*rows).choose("network").name == name


def test_a_row_is_taken_by_its_name(predictor_of: Make) -> None:
    predictor = predictor_of(NAIVE, THETA, GRU, BLEND)
    assert predictor.choose("naive") == NAIVE and predictor.choose("ensemble") == BLEND
    named = row("network", "baseline", 3.0)  # whoever calls his method so gets it
    assert predictor_of(named, THETA, GRU).choose("network") == named


def test_an_unknown_row_is_refused_with_the_known_names(predictor_of: Make) -> None:
    with pytest.raises(RunError) as refused:
        predictor_of(NAIVE, THETA, GRU).choose("nonsense")
    known = ("network", "theta", "segment-gru-t001", "naive")
    assert refused.value.message.startswith("unknown model 'nonsense'")
    assert all(name in refused.value.message for name in known)
    assert refused.value.hint.startswith("seqtune report ")
    with pytest.raises(RunError, match="did you mean 'network'"):
        predictor_of(NAIVE, GRU).choose("netwrok")


def test_without_a_network_there_is_none_to_take(predictor_of: Make) -> None:
    predictor = predictor_of(NAIVE, THETA)
    with pytest.raises(RunError, match="has no network yet") as refused:
        predictor.choose("network")
    assert refused.value.hint == f"seqtune resume {predictor.folder} --budget 5m"


def test_without_any_row_there_is_no_model(predictor_of: Make) -> None:
    predictor = predictor_of()
    for act in (predictor.choose, predictor.compared):
        with pytest.raises(RunError, match="has nothing that can predict"):
            act()
    with pytest.raises(RunError, match="has no network yet"):
        predictor.choose("network")


@pytest.mark.parametrize(("rows", "names"), [
    ((NAIVE, THETA, GRU, BLEND), ["theta", "ensemble"]),  # the winner is the best simple method
    ((NAIVE, GRU, LSTM), ["segment-gru-t001", "naive"]),
    ((NAIVE, LSTM, BLEND), ["ensemble", "naive"]),
    ((NAIVE, THETA), ["theta"]),
    ((GRU, LSTM), ["segment-gru-t001"]),
])  # fmt: skip
def test_winner_best_network_and_best_simple_method_are_compared_once_each(
    predictor_of: Make, rows: tuple[Row, ...], names: list[str]
) -> None:
    assert predictor_of(*rows).compared() == names
