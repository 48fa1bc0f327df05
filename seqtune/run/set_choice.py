"""Which networks predict best as a set: greedily, and more of them where validation cannot tell.

The best one comes first, then each time the one with which the set is best. Of the sets on this
way, the one with the best figure on the validation part is taken; from there on, sets with more
networks are, too, unless they are worse than the best one by more than one standard error of the
difference, which is small where both err on the same cases.

That holds for networks that are comparable: alone, no more than two standard errors behind the best
one. Others come onto the way only where the set is better with them by more than one standard error
of the difference.

For the average of networks that are about as good errs less than they do, as far as they err apart
(Krogh and Vedelsby); a difference within one standard error says less than that. Of models that
one standard error does not tell apart, Breiman et al. take the simplest, for it varies least; here
that is the largest average.

The rule is reasoned, not measured: on one validation part, its gain over one without ties is less
than a standard error. docs/translation.md says what is known of a like rule.

Source:
    Caruana et al., Ensemble Selection from Libraries of Models (ICML 2004), section 2, without
    replacement: a set is asked, not averaged.
    Krogh and Vedelsby, Neural Network Ensembles, Cross Validation, and Active Learning (NIPS 7,
    1995), equation 7: the error of an average is the mean error less the mean ambiguity.
    Breiman, Friedman, Olshen and Stone, Classification and Regression Trees (1984), section 3.4.3:
    one standard error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.search.problem import Problem
from seqtune.search.trial import Result
from seqtune.tasks._abilities import PredictsTogether

Floats = npt.NDArray[np.float64]
Say = Callable[[Sequence[str]], Floats]
"""Returns what a set of trials predicts for the validation part."""

COMPARABLE = 2.0
"""Standard errors of the best figure that a comparable network is behind it at most."""

ROUNDING = 1.0 + 1e-9
"""A difference of one case has a standard error of one case, which is no less of it."""


@dataclass(frozen=True)
class _Step:
    """A set on the way: the network that was added, and what the set predicts with it.

    Args:
        added: The network's trial.
        said: The predictions for the validation part.
        objective: What sets are compared by, the higher the better.
    """

    added: str
    said: Floats
    objective: float


def choose_set(
    problem: Problem,
    pool: Sequence[Result],
    say: Say,
    size: int,
    is_over: Callable[[], bool],
    first: Sequence[Result] = (),
) -> list[str]:
    """Return the trials whose networks predict best as a set; see the text of this file.

    Args:
        problem: Task, data and run folder; the task `PredictsTogether`.
        pool: Trials that have scores, the best alone first; at least one.
        say: Predicts by a set.
        size: Trials at most, at least 1.
        is_over: Says whether there is no time for another set; one is always asked.
        first: Of which trials the first is chosen; of all, if there are none.
    """
    way = _greedy_way(problem, pool, say, size, is_over, first or pool)
    best = last = _best(way)
    for place in range(best + 1, len(way)):
        if is_worse(problem, way[place].said, way[best].said):
            break
        last = place
    return [step.added for step in way[: last + 1]]


def is_worse(problem: Problem, one: Floats, other: Floats) -> bool:
    """Say whether predictions are worse than others by more than a standard error.

    Args:
        problem: Task, data and run folder; the task `PredictsTogether`.
        one: Predictions for the validation part.
        other: Predictions for the same.
    """
    task = problem.task
    assert isinstance(task, PredictsTogether)
    figures = [problem.score("validation", each)[problem.metric] for each in (one, other)]
    behind = _sign(problem) * (figures[1] - figures[0])
    if not behind > 0:
        return False
    error = task.difference_error(problem.prepared, one, other, figures[1])
    return bool(behind > error * ROUNDING)


def _greedy_way(
    problem: Problem,
    pool: Sequence[Result],
    say: Say,
    size: int,
    is_over: Callable[[], bool],
    first: Sequence[Result],
) -> list[_Step]:
    """Return the sets on the way, each with the network that is best beside those before it.

    Where time ends, that is the best of those that were tried.
    """
    way: list[_Step] = []
    comparable = _comparable(problem, pool)
    names = [result.trial for result in first if result.trial in comparable]
    while len(way) < size and names:
        before = [step.added for step in way]
        tried: list[_Step] = []
        for trial in names:
            if (way or tried) and is_over():
                break
            said = say([*before, trial])
            if trial in comparable or is_worse(problem, way[_best(way)].said, said):
                tried.append(_Step(trial, said, _sign(problem) * problem.objective(said)))
        if not tried:
            break
        way.append(max(tried, key=lambda step: step.objective))  # of equals, the best alone
        names = [each.trial for each in pool if each.trial not in (*before, way[-1].added)]
    return way


def _best(way: Sequence[_Step]) -> int:
    """Return the place of the best set on the way; of equals, the first."""
    return max(range(len(way)), key=lambda place: way[place].objective)


def _comparable(problem: Problem, pool: Sequence[Result]) -> set[str]:
    """Return the trials whose networks are, alone, about as good as the best, that one included."""
    scores = {result.trial: result.score for result in pool if result.score is not None}
    best = next(iter(scores.values()))
    reach = COMPARABLE * problem.task.margin(problem.prepared, best)
    behind = {trial: _sign(problem) * (best - score) for trial, score in scores.items()}
    return {trial for trial, each in behind.items() if each <= reach}


def _sign(problem: Problem) -> int:
    return 1 if problem.direction == "max" else -1
