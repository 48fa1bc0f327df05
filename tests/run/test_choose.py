"""Which row of the leaderboard predicts, and which ones `evaluate` scores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seqtune.errors import RunError
from seqtune.files import write_json
from seqtune.run.folder import write_record
from seqtune.run.leaderboard import Leaderboard, Row
from seqtune.run.run import NETWORK, Run

RECORD = {"task": "forecast", "status": "complete", "data": {}, "seed": 0, "backend": "jax"}


def row(name: str, kind: Any, score: float) -> Row:
    return Row(name, kind, {"mase": score}, {"mase": 9.0}, 1.0)


NAIVE, THETA = row("naive", "baseline", 2.0), row("theta", "baseline", 1.0)
GRU, LSTM = row("segment-gru-t001", "network", 1.5), row("segment-lstm-t002", "network", 1.75)
BLEND = row("ensemble", "ensemble", 1.25)

Make = Callable[..., Run]


@pytest.fixture
def run_of(tmp_path: Path) -> Make:
    """Return a run folder with a leaderboard of some rows."""

    def make(*rows: Row, direction: Any = "min") -> Run:
        write_record(tmp_path, RECORD)
        board = Leaderboard("mase", direction, rows)
        write_json(tmp_path / "leaderboard.json", board.to_dict())
        return Run(tmp_path)

    return make


@pytest.mark.parametrize(("rows", "name"), [
    ((NAIVE, THETA, GRU, BLEND), "theta"),
    ((NAIVE, GRU, LSTM), "segment-gru-t001"),
    ((NAIVE, GRU, LSTM, BLEND), "ensemble"),
    ((NAIVE, THETA), "theta"),
    ((LSTM, GRU), "segment-gru-t001"),
])  # fmt: skip
def test_the_row_with_the_star_predicts(run_of: Make, rows: tuple[Row, ...], name: str) -> None:
    run = run_of(*rows)
    assert run.choose().name == run.choose(None).name == name
    assert run.board.winner is not None and run.board.winner.name == name


def test_where_more_is_better_the_highest_has_the_star(run_of: Make) -> None:
    run = run_of(NAIVE, THETA, GRU, BLEND, direction="max")
    assert (run.choose().name, run.choose(NETWORK).name) == ("naive", "segment-gru-t001")


@pytest.mark.parametrize(("rows", "name"), [
    ((NAIVE, THETA, GRU, BLEND), "ensemble"),
    ((THETA, LSTM, GRU), "segment-gru-t001"),
    ((LSTM,), "segment-lstm-t002"),
])  # fmt: skip
def test_network_is_the_best_of_what_the_search_made(
    run_of: Make, rows: tuple[Row, ...], name: str
) -> None:
    assert run_of(*rows).choose("network").name == name


def test_a_row_is_taken_by_its_name(run_of: Make) -> None:
    run = run_of(NAIVE, THETA, GRU, BLEND)
    assert run.choose("naive") == NAIVE and run.choose("ensemble") == BLEND
    named = row("network", "baseline", 3.0)  # whoever calls his method so gets it
    assert run_of(named, THETA, GRU).choose("network") == named


def test_an_unknown_row_is_refused_with_the_known_names(run_of: Make) -> None:
    with pytest.raises(RunError) as refused:
        run_of(NAIVE, THETA, GRU).choose("nonsense")
    known = ("network", "theta", "segment-gru-t001", "naive")
    assert refused.value.message.startswith("unknown model 'nonsense'")
    assert all(name in refused.value.message for name in known)
    assert refused.value.hint.startswith("seqtune report ")
    with pytest.raises(RunError, match="did you mean 'network'"):
        run_of(NAIVE, GRU).choose("netwrok")


def test_without_a_network_there_is_none_to_take(run_of: Make) -> None:
    run = run_of(NAIVE, THETA)
    with pytest.raises(RunError, match="has no network yet") as refused:
        run.choose("network")
    assert refused.value.hint == f"seqtune resume {run.folder} --budget 5m"


def test_without_any_row_there_is_no_model(run_of: Make) -> None:
    run = run_of()
    for act in (run.choose, lambda: run.compared):
        with pytest.raises(RunError, match="has no model yet"):
            act()
    with pytest.raises(RunError, match="has no network yet"):
        run.choose("network")


@pytest.mark.parametrize(("rows", "names"), [
    ((NAIVE, THETA, GRU, BLEND), ["theta", "ensemble"]),  # the winner is the best simple method
    ((NAIVE, GRU, LSTM), ["segment-gru-t001", "naive"]),
    ((NAIVE, LSTM, BLEND), ["ensemble", "naive"]),
    ((NAIVE, THETA), ["theta"]),
    ((GRU, LSTM), ["segment-gru-t001"]),
])  # fmt: skip
def test_winner_best_network_and_best_simple_method_are_compared_once_each(
    run_of: Make, rows: tuple[Row, ...], names: list[str]
) -> None:
    assert run_of(*rows).compared == names
