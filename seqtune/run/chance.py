"""Which rows of a leaderboard the cases of the validation part cannot tell from the first one.

Two models are compared on the same cases: what counts is how far their difference varies from case
to case, which is little where both err on the same ones. Over folds, the models that are compared
are not those that predict in the end but others, trained on fewer cases that overlap. That adds to
the error, by the correction of Nadeau and Bengio: `1 / (folds - 1)` of the variance of a fold, so
that five folds have one and a half times the standard error of the cases alone. That factor is
measured in docs/notes/classification.md, and so is how little other draws of the folds would add.

Source:
    Nadeau & Bengio, Inference for the Generalization Error, Machine Learning 52(3), 2003, section
    3: the corrected resampled t-test, here with the variance between cases in place of that between
    folds, of which there are few (Bouckaert & Frank 2004, PAKDD, for cross-validation).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.search.problem import Problem
from seqtune.tasks._abilities import JudgesCases

Floats = npt.NDArray[np.float64]


def with_errors(
    board: Leaderboard, problem: Problem, held_out: Callable[[Row], Floats | None]
) -> Leaderboard:
    """Return a leaderboard whose rows know how far chance alone may move their figures.

    Args:
        board: The leaderboard.
        problem: Task and data.
        held_out: Returns what a row predicted for the validation part; None where it was not kept.
    """
    task, prepared = problem.task, problem.prepared
    ranked = board.ranked()
    if not ranked or not isinstance(task, JudgesCases):
        return board

    def values_of(row: Row) -> Floats | None:
        predictions = held_out(row)
        try:
            return None if predictions is None else task.case_values(prepared, predictions)
        except ValueError:  # a run folder was changed by another hand: nothing is claimed
            return None

    values = {row.name: found for row in ranked if (found := values_of(row)) is not None}
    first = values.get(ranked[0].name)
    factor = fold_factor(len(problem.folds))
    rows = []
    for row in board.rows:
        score = board.validation_score(row)
        error = task.standard_error(prepared, "validation", score) if math.isfinite(score) else 0.0
        own = values.get(row.name) if row is not ranked[0] else None
        apart = math.nan if own is None or first is None else _standard_error(own - first)
        rows.append(replace(row, error=factor * error, difference_error=factor * apart))
    cases = max(map(len, values.values()), default=0)
    return replace(board, rows=tuple(rows), cases=cases, folds=len(problem.folds))


def fold_factor(folds: int) -> float:
    """Return by how much models of other cases add to the standard error of cases alone.

    Args:
        folds: How many there are; 0 where one part is held out.

    Example:
        >>> fold_factor(5), fold_factor(0)
        (1.5, 1.0)
    """
    return math.sqrt(1 + folds / (folds - 1)) if folds > 1 else 1.0


def _standard_error(values: Floats) -> float:
    """Return the standard error of the mean of values; NaN of fewer than two."""
    return float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else math.nan
