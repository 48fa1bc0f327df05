"""Trials run in this very process, one after the other."""

from __future__ import annotations

from typing import Any

from seqtune.progress import EpochEnded, Listener, TrialStarted
from seqtune.search.trial import Job, Result, run_trial
from seqtune.tasks._contract import Task


class Inline:
    """The executor for tiny data, for tests, and for debugging: nothing runs elsewhere.

    Args:
        task: What is learnt.
        prepared: The data.
        listener: Hears of trials begun and of every epoch.
    """

    workers = 1

    def __init__(self, task: Task, prepared: Any, listener: Listener) -> None:
        self.task, self.prepared, self.listener = task, prepared, listener
        self._job: Job | None = None

    def idle(self) -> int:
        """Return 1 unless a job waits to be run."""
        return 0 if self._job else 1

    def submit(self, job: Job) -> None:
        """Take the job that the next `wait` runs."""
        self._job = job

    def wait(self) -> list[Result]:
        """Run the job and return its result."""
        job, self._job = self._job, None
        if job is None:
            return []
        self.listener(TrialStarted(job.trial, 0, job.values))

        def on_epoch(epoch: int, epochs: int, score: float) -> None:
            self.listener(EpochEnded(job.trial, 0, epoch, epochs, score))

        return [run_trial(self.task, self.prepared, job, on_epoch)]

    def close(self) -> None:
        """Nothing to give back."""
