"""Training the chosen networks further, with the last data included.

Selection kept the newest rows away from training. A network that is to forecast the future should
have seen them: it goes on from its best weights, at a low learning rate, on all rows.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from seqtune.initializers import seed_everything
from seqtune.search.trial import Job, Result, Schedule, fit
from seqtune.tasks._contract import Task

STEPS_SHARE = 0.3
"""Optimiser steps of the refit, as a share of the steps that the trial took."""

RATE_SHARE = 0.3
"""Peak learning rate of the refit, as a share of the trial's."""

WORST_CHANGE = 1.5
"""A refitted network that is this many times worse on validation rows, which it has now seen, is
thrown away: training has gone wrong."""


def refit(
    task: Task, prepared: Any, result: Result, model: Any, job: Job
) -> tuple[Any, str]:
    """Train a trial's network further on every row.

    Args:
        task: What is learnt.
        prepared: The data.
        result: How the trial went.
        model: Its network; its weights are changed.
        job: The trial's job, with the seconds that the refit may take.

    Returns:
        The network, and why it must not be used; an empty reason where it may.
    """
    seed_everything(job.seed)
    epochs = max(1, round(STEPS_SHARE * len(result.scores)))
    peak = RATE_SHARE * float(job.values["training.learning_rate"])
    schedule = Schedule(peak, epochs, time.monotonic() + job.seconds)
    fit(task, prepared, model, job, schedule, epochs, everything=True)
    predictions = task.apply(model, prepared, job.values, "validation")
    score = task.score(prepared, "validation", predictions)[task.metric]
    before = float(result.score or 0.0)
    is_sound = (
        score <= WORST_CHANGE * before if task.direction == "min" else score * WORST_CHANGE >= before
    )
    return model, "" if is_sound else f"{task.metric} went from {before:.3g} to {score:.3g}"


def refitted_path(folder: Path, trial: str) -> Path:
    """Return where a refitted network is kept in a run folder."""
    return folder / "models" / f"{trial}-refitted.keras"
