"""Training a chosen network further, with rows that the selection had kept away from it.

A network that is to forecast the future should have seen the newest rows. It goes on from its best
weights, at a low learning rate: first with the validation rows, which is what the test part scores;
then with all rows, which is what predicts.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from seqtune.initializers import seed_everything
from seqtune.search.trial import Job, Result, Schedule, compile_model, train
from seqtune.tasks._contract import Task, Until

STEPS_SHARE = 0.3
"""Optimiser steps of each refit, as a share of the steps that the trial took."""

RATE_SHARE = 0.3
"""Peak learning rate of the refit, as a share of the trial's."""

WORST_CHANGE = 1.5
"""A network that is this many times worse on validation rows, which it has now seen, is thrown
away: training has gone wrong."""


class Refit:
    """A chosen network on its way through further training.

    Args:
        task: What is learnt.
        prepared: The data.
        result: How its trial went.
        model: Its network; the weights are changed.
        job: The trial's job; its seconds are not used.
    """

    def __init__(self, task: Task, prepared: Any, result: Result, model: Any, job: Job) -> None:
        self.task, self.prepared, self.result, self.model, self.job = (
            task, prepared, result, model, job,
        )  # fmt: skip
        seed_everything(job.seed)
        compile_model(task, prepared, model, job.values)

    def go_on(self, until: Until, seconds: float) -> str:
        """Train further, and take it back where it did harm.

        Args:
            until: The last part whose rows are trained on.
            seconds: Wall time it may take.

        Returns:
            Why the training was taken back; empty where it stands.
        """
        before = self.model.get_weights()
        epochs = max(1, round(STEPS_SHARE * len(self.result.scores)))
        peak = RATE_SHARE * float(self.job.values["training.learning_rate"])
        schedule = Schedule(peak, epochs, time.monotonic() + seconds)
        train(self.task, self.prepared, self.model, self.job, schedule, until=until)
        reason = self._harm()
        if reason:
            self.model.set_weights(before)
        return reason

    def _harm(self) -> str:
        predictions = self.task.apply(self.model, self.prepared, self.job.values, "validation")
        score = self.task.score(self.prepared, "validation", predictions)[self.task.metric]
        before = float(self.result.score or 0.0)
        is_sound = (
            score <= WORST_CHANGE * before
            if self.task.direction == "min"
            else score * WORST_CHANGE >= before
        )
        return "" if is_sound else f"{self.task.metric} went from {before:.3g} to {score:.3g}"


def refitted_path(folder: Path, trial: str) -> Path:
    """Return where a refitted network is kept in a run folder."""
    return folder / "models" / f"{trial}-refitted.keras"
