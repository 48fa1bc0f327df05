"""What a run folder holds while the search goes on, so that it can be killed at any moment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqtune.files import write_json, write_lines
from seqtune.run.folder import STATE
from seqtune.run.leaderboard_row import Row
from seqtune.search.problem import Problem
from seqtune.search.trial import Result, usable

TRIALS = "trials.jsonl"


def write_checkpoint(folder: Path, results: Sequence[Result], state: dict[str, Any]) -> None:
    """Keep the trials and the state of the search, each file whole or not at all.

    The trials come first: a state that does not know of a trial yet is told of it on `resume`.

    Args:
        folder: The run folder.
        results: All trials so far.
        state: What the search needs to go on.
    """
    ordered = sorted(results, key=lambda result: result.trial)
    write_lines(folder / TRIALS, [result.to_dict() for result in ordered])
    write_json(folder / STATE, state, indent=None)


def checkpoint_rows(problem: Problem, results: Sequence[Result]) -> list[Row]:
    """Return a row for every trial that has a score so far, hardly trained ones left out.

    Args:
        problem: Task and data.
        results: All trials so far.
    """
    from seqtune.run.selection import describe, row_name

    return [
        Row(
            name=row_name(done),
            kind="network",
            validation={problem.metric: float(done.score or 0.0)},
            test={},
            fit_seconds=done.seconds,
            parameters=done.parameters,
            detail=describe(problem, done),
        )
        for done in usable(results)
    ]
