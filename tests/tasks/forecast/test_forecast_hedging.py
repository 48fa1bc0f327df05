"""What validation says where little is held out, and which row then comes first."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.search.problem import Problem
from seqtune.tasks.forecast.conformal import ConformalFactors
from seqtune.tasks.forecast.hedging import hedges, validation_share, without_narrowing
from seqtune.workflow.publication import Publication


def held_out(steps: int, horizons: int = 3) -> Any:
    """A hundred steps of months to learn from, and so many to choose by; horizons of six."""
    border = np.array([0, 100, 100 + steps])
    split = SimpleNamespace(begin=border[:1], train_end=border[1:2], validation_end=border[2:])
    codec = SimpleNamespace(horizon=6, periods=(12,))
    return SimpleNamespace(split=split, codec=codec, horizons_held_out=horizons, metric="mase")


def test_validation_is_a_share_of_the_horizons_that_a_method_has_seen_too() -> None:
    # twelve origins, half a horizon apart, are six horizons; 18 steps are three
    assert validation_share(held_out(18), "combination") == pytest.approx(3 / 9)
    assert validation_share(held_out(9), "combination") == pytest.approx(1.5 / 7.5)
    # up to step 36 there are origins at 30 and 27
    early = held_out(12)
    early.split.begin = np.array([76])
    assert validation_share(early, "combination") == pytest.approx(2 / 3)
    assert validation_share(held_out(18), "theta") == 1.0


@pytest.mark.parametrize(("horizons", "few"), [(9, True), (10, False)])
def test_of_ten_horizons_validation_chooses(horizons: int, few: bool) -> None:
    assert hedges(held_out(18, horizons)) is few


@pytest.mark.parametrize(("horizons", "expected"), [(9, [1.5, 1.0, 1.0]), (10, [1.5, 1.0, 0.5])])
def test_few_horizons_widen_intervals_and_never_narrow_them(
    horizons: int, expected: list[float]
) -> None:
    measured = ConformalFactors((0.1, 0.5, 0.9), np.array([[1.5, 1.0, 0.5]]))
    found = without_narrowing(held_out(18, horizons), measured)
    assert found is not None and found.factors.tolist() == [expected]
    assert without_narrowing(held_out(18, horizons), None) is None


def row(name: str, kind: Any, score: float) -> Row:
    return Row(name, kind, {"mase": score}, {}, 0.0)


@pytest.mark.parametrize(
    ("blended", "horizons", "rows", "first"),
    [
        (("combination",), 3, ("blend",), "blend"),
        (("combination",), 3, (), "combination"),
        (("theta",), 3, ("blend",), ""),
        ((), 3, (), ""),
        (("combination",), 10, ("blend",), ""),
    ],
)
def test_the_row_that_is_known_by_more_than_validation(
    tmp_path: Path, blended: tuple[str, ...], horizons: int, rows: tuple[str, ...], first: str
) -> None:
    task: Any = Hedging()
    problem = Problem(task, held_out(18, horizons), tmp_path)
    methods = (row("combination", "baseline", 0.9), row("theta", "baseline", 0.5))
    board = Leaderboard(
        "mase",
        "min",
        (*methods, row("t001", "network", 0.4), *(row(n, "ensemble", 0.6) for n in rows)),
    )
    assert Publication(problem, blended=blended)._surest(board) == first


class Hedging:
    hedges = staticmethod(hedges)
    validation_share = staticmethod(validation_share)
