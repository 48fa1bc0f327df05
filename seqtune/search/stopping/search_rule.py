"""The rule of a search: over folds trials pause after some, and few cases say what they say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

from seqtune.search.oracle import Oracle
from seqtune.search.problem import Problem
from seqtune.search.stopping import stopping_rule
from seqtune.search.stopping._contract import Stopping
from seqtune.tasks._values import Fold

LEAST_CASES = 16
"""A score of fewer cases says next to nothing of a trial; half of the folds are enough."""


def rule_for(search: Any, oracle: Oracle, problem: Problem) -> Stopping:
    """Return the rule that says which trials of a search go on.

    Args:
        search: The section `search` of its recipe.
        oracle: Proposes configurations.
        problem: Task and data.
    """
    pause = None if search.pause == "auto" else search.pause
    rule = partial(
        stopping_rule, search.stopping, oracle, problem.direction, trial_share=search.trial_share
    )
    if not problem.folds:
        return rule(pause=pause)
    count = pause_folds(problem.folds, pause)
    return rule(
        pause=count / len(problem.folds),
        margin=partial(pause_margin, problem, count),
        is_half_worthless=True,
    )


def pause_folds(folds: Sequence[Fold], share: float | None = None) -> int:
    """Return after how many folds a trial pauses; a fold is trained to its end.

    A network that is slow to learn is behind a quick one after a third of its steps, and ahead in
    the end: a few folds are a fairer part of a trial over folds than the beginning of each.

    Args:
        folds: All folds, at least two.
        share: Share of its training after which a trial pauses, rounded up to whole folds; None
            for as many as have `LEAST_CASES`.
    """
    if share is not None:
        return min(len(folds), max(1, math.ceil(round(share * len(folds), 9))))
    most, cases = max(1, len(folds) // 2), 0
    for count, fold in enumerate(folds[:most], 1):
        cases += len(fold.places)
        if cases >= LEAST_CASES:
            return count
    return most


def pause_margin(problem: Problem, folds: int, score: float) -> float:
    """Return how far two scores of the first folds may be apart by chance alone.

    Args:
        problem: The folds, and their task, which knows that of a score of all of them.
        folds: How many.
        score: The better one.
    """
    return problem.task.margin(problem.prepared, score) * math.sqrt(len(problem.folds) / folds)
