"""Which set of networks is chosen: figures of few cases, worked by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.run.set_choice import choose_set, is_worse
from seqtune.search.problem import Problem
from seqtune.search.trial import Result
from seqtune.tasks._info import Metric, TaskInfo

Floats = npt.NDArray[np.float64]
MARGIN = 0.1
CASES = 10


class Counting:
    """A task whose predictions say of each case whether it is right (1) or wrong (0)."""

    def __init__(self, direction: Any = "max") -> None:
        self.direction = direction
        self.info = TaskInfo("stub", "", (Metric("share", direction=direction),))

    def forward_together(self, *_: Any, **__: Any) -> Floats:
        raise AssertionError("the choice asks by its own function")

    def score(self, prepared: Any, encoded: Any, predictions: Floats) -> dict[str, float]:
        right = float(predictions.mean())
        return {"share": right if self.direction == "max" else 1.0 - right}

    def objective(self, prepared: Any, scores: Mapping[str, float]) -> float:
        return scores["share"]

    def margin(self, prepared: Any, score: float) -> float:
        return MARGIN

    def difference_error(self, prepared: Any, one: Floats, other: Floats, score: float) -> float:
        return float(np.sqrt((one != other).sum()) / CASES)


@pytest.fixture(params=["max", "min"])
def problem(tmp_path: Path, request: pytest.FixtureRequest) -> Problem:
    prepared = SimpleNamespace(metric="share", encoded=lambda part: part)
    return Problem(Counting(request.param), prepared, tmp_path)  # type: ignore[arg-type]


def right(*wrong: int) -> Floats:
    """Return predictions that are right but for some cases."""
    return np.array([case not in wrong for case in range(CASES)], np.float64)


def pool(problem: Problem, *shares: float) -> list[Result]:
    """Return t1, t2, … with what is right by each alone."""
    scores = shares if problem.direction == "max" else [1.0 - share for share in shares]
    return [
        Result(f"t{number}", "completed", {}, score=score)
        for number, score in enumerate(scores, start=1)
    ]


class Answers:
    """Says what is written down of sets such as n12, of t1 and t2; others are all wrong."""

    def __init__(self, **sets: Floats) -> None:
        self.sets = {name[1:]: each for name, each in sets.items()}
        self.asked: list[str] = []

    def __call__(self, trials: Sequence[str]) -> Floats:
        name = "".join(trial[1:] for trial in trials)
        self.asked.append(name)
        return self.sets.get("".join(sorted(name)), np.zeros(CASES))


def chosen(
    problem: Problem,
    say: Callable[[Sequence[str]], Floats],
    *shares: float,
    size: int = 9,
    is_over: Callable[[], bool] = lambda: False,
) -> str:
    found = choose_set(problem, pool(problem, *shares), say, size, is_over)
    return "".join(trial[1:] for trial in found)


def test_one_network_is_a_set(problem: Problem) -> None:
    assert chosen(problem, Answers(n1=right(1)), 0.9) == "1"


def test_the_best_on_the_way_is_chosen(problem: Problem) -> None:
    """The pair is far worse than t1, three are better, four are as bad again."""
    say = Answers(
        n1=right(1, 2, 3), n12=right(4, 5, 6, 7, 8), n123=right(1), n1234=right(4, 5, 6, 7)
    )
    assert chosen(problem, say, 0.7, 0.7, 0.7, 0.7) == "123"


def test_the_first_is_the_best_by_what_it_says_in_company(problem: Problem) -> None:
    say = Answers(n1=right(1, 2), n2=right(1), n12=right(1, 2, 3, 4, 5))
    assert chosen(problem, say, 0.9, 0.8) == "2"
    first = pool(problem, 0.9, 0.8)[:1]
    assert choose_set(problem, pool(problem, 0.9, 0.8), say, 9, lambda: False, first) == ["t1"]


def test_equal_sets_go_to_more_networks(problem: Problem) -> None:
    say = Answers(n1=right(1), n12=right(1), n123=right(2))
    assert chosen(problem, say, 0.9, 0.9, 0.9) == "123"


@pytest.mark.parametrize(("pair", "expected"), [
    (right(1, 2), "12"),  # one case worse, by a standard error of one case
    (right(1, 2, 3), "1"),  # two worse, 1.4 of them a standard error
    (right(2, 3, 4), "12"),  # one better and three worse: two, which is a standard error
    (right(2, 3, 4, 5), "1"),  # one better and four worse: three, 2.2 a standard error
])  # fmt: skip
def test_a_network_joins_unless_the_set_is_worse_by_more_than_a_paired_standard_error(
    problem: Problem, pair: Floats, expected: str
) -> None:
    assert chosen(problem, Answers(n1=right(1), n2=right(0, 1), n12=pair), 0.9, 0.8) == expected


def test_small_losses_do_not_add_up(problem: Problem) -> None:
    """Each is compared with the best set, not with the one before it."""
    say = Answers(n1=right(), n12=right(1), n123=right(1, 2))
    assert chosen(problem, say, 1.0, 1.0, 1.0) == "12"


@pytest.mark.parametrize(("alone", "expected"), [(0.71, "12"), (0.69, "1")])
def test_who_is_far_behind_alone_wins_no_tie(problem: Problem, alone: float, expected: str) -> None:
    """Two standard errors of 0.1 behind 0.9 are 0.7."""
    say = Answers(n1=right(1), n2=right(0, 1, 2), n12=right(1, 2))
    assert chosen(problem, say, 0.9, alone) == expected
    assert chosen(problem, Answers(n1=right(1), n12=right(1)), 0.9, alone) == expected


@pytest.mark.parametrize(("alone", "expected"), [
    (right(1), "1"),  # one case better with it, by a standard error of one case
    (right(1, 2), "12"),  # two, 1.4 of them a standard error
])  # fmt: skip
def test_who_is_far_behind_alone_joins_where_the_set_is_better_by_a_standard_error(
    problem: Problem, alone: Floats, expected: str
) -> None:
    assert chosen(problem, Answers(n1=alone, n12=right()), 0.9, 0.3) == expected


def test_who_is_far_behind_alone_does_not_stand_in_the_way(problem: Problem) -> None:
    """t2 would come before t3 by what it says with t1, and is not first in company either."""
    say = Answers(n1=right(1), n2=right(), n12=right(), n13=right(1, 2), n3=right(1, 2))
    assert chosen(problem, say, 0.9, 0.3, 0.85) == "13"
    ranked = pool(problem, 0.9, 0.85, 0.3)
    assert choose_set(problem, ranked[:2], say, 9, lambda: False) == ["t2", "t1"]


def test_each_network_is_tried_at_each_step(problem: Problem) -> None:
    say = Answers(n1=right(1, 2), n13=right(1), n12=right(1, 2), n123=right())
    assert chosen(problem, say, 0.8, 0.8, 0.8) == "132"
    assert say.asked == ["1", "2", "3", "12", "13", "132"]


def test_no_more_are_chosen_than_are_wanted(problem: Problem) -> None:
    say = Answers(n1=right(1, 2), n12=right(1), n123=right())
    assert chosen(problem, say, 0.8, 0.8, 0.8, size=2) == "12"
    assert chosen(problem, say, 0.8, 0.8, 0.8, size=1) == "1"


@pytest.mark.parametrize(("looks", "expected"), [(0, "1"), (2, "1"), (3, "12"), (4, "13")])
def test_where_time_is_over_the_best_so_far_is_chosen(
    problem: Problem, looks: int, expected: str
) -> None:
    """Of 1, 2, 3; 12, 13; 132: the first set is always asked."""
    say = Answers(n1=right(1, 2, 3), n12=right(1, 2), n13=right(1), n123=right())
    clock = iter([False] * looks + [True] * 9)
    assert chosen(problem, say, 0.7, 0.6, 0.6, is_over=lambda: next(clock)) == expected


@pytest.mark.parametrize(("one", "other", "expected"), [
    (right(1), right(1), False),
    (right(1), right(2), False),
    (right(), right(1, 2), False),  # better
    (right(1), right(), False),
    (right(1, 2), right(), True),
])  # fmt: skip
def test_worse_is_what_is_behind_by_more_than_a_standard_error(
    problem: Problem, one: Floats, other: Floats, expected: bool
) -> None:
    assert is_worse(problem, one, other) is expected
