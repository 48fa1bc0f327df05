"""What networks are asked again, and how far apart two answers are: worked by hand."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.errors import ExportError
from seqtune.export import calls as calls_of
from seqtune.export.calls import (
    MOST_ALIKE,
    Call,
    RecordingNetwork,
    compare_calls,
    made_up,
    read_calls,
    spread,
    write_calls,
)
from seqtune.runtime.program import PREDICT, Program
from seqtune.tasks._exported import Exported

STEP = Program("step", "seqtune.nowhere")
INFINITE = float("inf")


class Doubling:
    """A network that doubles what it is given."""

    def run(self, program: Program, *arguments: Any) -> Any:
        return {"twice": 2 * np.asarray(arguments[0]["x"])}


@pytest.mark.parametrize(
    ("expected", "found", "share"),
    [
        ([1.0, -4.0], [1.0, -4.0], 0.0),
        ([1.0, -4.0], [1.0, -3.0], 0.25),  # 1 of 4
        ([0.5, 0.5001], [0.5, 0.5], 0.0001 / 0.5001),  # numbers that are alike
        ([0.0, 0.0], [0.0, 1e-9], 1e-3),  # of the smallest scale, 1e-6
        ([0.0, 2.0, -1e9], [0.0, 1.5, -2e9], 0.25),  # "never" in both
        ([2.0, -1e9], [2.0, 1e9], INFINITE),
        ([2.0, -1e9], [2.0, 1.0], INFINITE),
        ([np.nan, 2.0], [np.nan, 1.0], 0.5),
        ([np.nan, 2.0], [0.0, 2.0], INFINITE),
        ([1.0, 2.0], [np.inf, 2.0], INFINITE),
        ([1.0], [1.0, 1.0], INFINITE),
        ([True, False], [True, False], 0.0),
        ([], [], 0.0),
    ],
)
def test_two_answers_are_so_far_apart(expected: Any, found: Any, share: float) -> None:
    assert spread(np.array(expected), np.array(found)) == pytest.approx(share)


def test_calls_are_kept_by_program_and_shape() -> None:
    network = RecordingNetwork(Doubling(), {"predict"})  # type: ignore[arg-type]
    for rows in (2, 2, 2, 3):
        network.run(PREDICT, {"x": np.ones((rows, 4))})
    network.run(STEP, {"x": np.ones((2, 4))})
    assert [call.arguments[0].shape for call in network.calls] == [(2, 4)] * MOST_ALIKE + [(3, 4)]
    assert {call.program for call in network.calls} == {"predict"}
    assert network.calls[0].rows == 2 and np.all(network.calls[0].results[0] == 2)
    assert network.searched is network


def test_the_first_call_of_a_program_is_kept_whatever_the_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calls_of, "MOST_NUMBERS", 0)
    network = RecordingNetwork(Doubling(), {"predict", "step"})  # type: ignore[arg-type]
    for program in (PREDICT, PREDICT, STEP):
        network.run(program, {"x": np.ones((2, 4))})
    assert [call.program for call in network.calls] == ["predict", "step"]


def test_calls_are_written_and_read(tmp_path: Path) -> None:
    calls = [
        Call("predict", (np.arange(3), np.float32([[1, 2]])), (np.array([True]),)),
        Call("step", tuple(np.full(2, place) for place in range(12)), ()),
    ]
    write_calls(calls, tmp_path / "calls.npz")
    for own, other in zip(calls, read_calls(tmp_path / "calls.npz"), strict=True):
        assert own.program == other.program
        for one, two in zip(
            own.arguments + own.results, other.arguments + other.results, strict=True
        ):
            assert one.dtype == two.dtype and np.array_equal(one, two)


def test_a_program_that_is_not_called_is_asked_about_made_up_numbers() -> None:
    def arguments(sizes: Any) -> Any:
        rows = sizes["rows"]
        return np.zeros((rows, 2), np.float32), [np.zeros(rows, np.int32), np.zeros(rows, bool)]

    noise, (whole, truth) = made_up(Exported(PREDICT, arguments, {"rows": (3, 5)}))
    assert noise.shape == (3, 2) and 0 < noise.std() < 3
    assert np.all(whole == 1) and np.all(truth)


def predictor() -> Any:
    sizes = {"validation": range(1), "test": range(4)}
    return SimpleNamespace(name="runs/a", prepared=SimpleNamespace(encoded=sizes.__getitem__))


def test_what_says_the_same_is_said_with_its_figure() -> None:
    call = Call("predict", (np.zeros((7, 2)),), (np.array([1.0, 2.0]),))
    found = compare_calls(predictor(), "gru", [(call, [np.array([1.0, 2.00001])])], 1e-5)
    assert found.to_dict() == {
        "part": "test", "inputs": 7, "difference": pytest.approx(5e-6), "limit": 1e-5
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "figure"), [([np.array([1.0, 2.2])], "1.0e-01"), ([], "inf")], ids=["other", "nothing"]
)
def test_what_says_something_else_is_refused(said: Any, figure: str) -> None:
    call = Call("predict", (np.zeros((7, 2)),), (np.array([1.0, 2.0]),))
    with pytest.raises(ExportError, match="does not say what the run's network says") as refused:
        compare_calls(predictor(), "gru", [(call, said)], 1e-5)
    assert f"difference is {figure} of the scale, expected at most 1e-05" in refused.value.message
    assert refused.value.hint.endswith("seqtune export runs/a --use NAME -o FILE")


def test_what_was_asked_nothing_is_refused() -> None:
    with pytest.raises(ExportError, match="on 0 inputs"):
        compare_calls(predictor(), "gru", [], 1e-5)
