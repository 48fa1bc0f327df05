"""Who is in the row that joins networks and simple methods, and with which say."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.errors import RunError
from seqtune.run.joined import can_join, joined_leads, joined_weights
from seqtune.run.predictions import Predictions
from seqtune.run.together import Together
from seqtune.search.problem import Problem
from seqtune.search.trial import predictions_path


class Joining:
    """A task that joins where nothing else chooses, and calibrates nothing."""

    def joins(self, prepared: Any) -> bool:
        return bool(prepared.is_open)

    def carried(self, prepared: Any, joined: Any, members: Any) -> dict[str, float]:
        return {}

    def calibrate(self, prepared: Any, encoded: Any, predictions: Any) -> None:
        return None


def problem_of(folder: Path, task: Any, *, is_open: bool = True) -> Problem:
    prepared = SimpleNamespace(is_open=is_open, encoded=lambda part: part)
    return Problem(task, prepared, folder)  # type: ignore[arg-type]


def predicted(folder: Path, *methods: str, rows: int = 3) -> Predictions:
    """Predictions of the network t001 and of simple methods, each of so many rows."""
    (folder / "trials").mkdir()
    np.save(predictions_path(folder, "t001"), np.zeros((3, 1)))
    problem = problem_of(folder, Joining())
    parts = {part: np.zeros((rows, 1)) for part in ("validation", "test")}
    made = dict.fromkeys(methods, parts)
    return Predictions(problem, made, Together(problem, {}), {"t001": np.zeros((3, 1))})


def test_all_networks_together_have_the_say_of_one_simple_method(tmp_path: Path) -> None:
    known = predicted(tmp_path, "a", "b")
    weights = joined_weights(known, {"t001": 0.75, "t002": 0.25})
    assert weights == pytest.approx({"t001": 0.25, "t002": 1 / 12, "a": 1 / 3, "b": 1 / 3})
    assert {"a", "b"} <= known.test.keys()


def test_without_a_network_simple_methods_are_joined(tmp_path: Path) -> None:
    assert joined_weights(predicted(tmp_path, "a", "b"), {}) == {"a": 0.5, "b": 0.5}


@pytest.mark.parametrize(("methods", "networks"), [(("a",), {}), ((), {"t001": 1.0})])
def test_one_alone_is_not_joined(tmp_path: Path, methods: Any, networks: Any) -> None:
    assert joined_weights(predicted(tmp_path, *methods), networks) == {}


def test_predictions_of_another_shape_come_from_a_damaged_folder(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="shape"):
        joined_weights(predicted(tmp_path, "a", rows=4), {"t001": 1.0})


def test_only_a_task_that_joins_has_such_a_row(tmp_path: Path) -> None:
    other, settled = (problem_of(tmp_path, task, is_open=False) for task in (object(), Joining()))
    assert not can_join(other) and not joined_leads(other)
    assert can_join(settled) and not joined_leads(settled)
    assert joined_leads(problem_of(tmp_path, Joining()))
