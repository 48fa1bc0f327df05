"""What every place where trials run has in common."""

from __future__ import annotations

from typing import Protocol

from seqtune.search.trial import Job, Result


class Executor(Protocol):
    """Runs jobs and gives their results back.

    `submit` takes a job where a worker is idle; `wait` returns results as they come, and lets the
    listener hear of epochs in the meantime.
    """

    workers: int

    def idle(self) -> int:
        """Return how many workers have nothing to do."""

    def submit(self, job: Job) -> None:
        """Give a job to an idle worker."""

    def wait(self) -> list[Result]:
        """Return the results of at least one job that has ended; nothing if none runs."""

    def close(self) -> None:
        """Give the workers back; jobs that still run are dropped."""
