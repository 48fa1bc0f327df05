"""What every place where jobs run has in common."""

from __future__ import annotations

from typing import Protocol

from seqtune.search.problem import Problem
from seqtune.search.schedule import Watch

POLL_SECONDS = 0.2
"""How often whoever waits for workers looks at the clock and at Ctrl-C."""


class Outcome(Protocol):
    """What came of a job.

    Attributes:
        trial: The trial that it was about.
        reason: Why it failed; empty where it did not.
        seconds: Wall time.
    """

    @property
    def trial(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def seconds(self) -> float: ...


class Job(Protocol):
    """Something a worker does with a network; a value that travels as JSON (`search.wire`)."""

    @property
    def trial(self) -> str:
        """The trial that it is about."""

    @property
    def seconds(self) -> float:
        """Wall time it may take."""

    def run(self, problem: Problem, watch: Watch) -> Outcome:
        """Do it; what goes wrong in training is in the outcome, never an exception."""

    def failed(self, reason: str, seconds: float) -> Outcome:
        """Return the outcome when the worker died."""

    def smaller(self) -> Job | None:
        """Return the same job with half the batch, for less memory; None where it has none."""


class Executor(Protocol):
    """Runs jobs and gives their outcomes back.

    It tells its listener of trials begun and of epochs (`TrialStarted`, `EpochEnded`) while `wait`
    waits.

    Attributes:
        workers: How many jobs run at the same time.
    """

    workers: int

    def idle(self) -> int:
        """Return how many workers have nothing to do."""

    def submit(self, job: Job) -> None:
        """Give a job to an idle worker; returns at once."""

    def wait(self, seconds: float) -> list[Outcome]:
        """Return the outcomes of jobs that have ended.

        Args:
            seconds: How long to wait at most.
        """

    def stop(self, trial: str) -> None:
        """Ask a running trial to end at its best epoch; its outcome comes through `wait`."""

    def close(self) -> None:
        """Give the workers back; jobs that still run are dropped."""
