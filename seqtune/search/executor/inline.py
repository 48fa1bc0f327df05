"""Jobs run in this very process, one after the other."""

from __future__ import annotations

from collections.abc import Callable

from seqtune.progress import EpochEnded, Listener, TrialStarted
from seqtune.runtime.allocation import keep_memory
from seqtune.runtime.program_cache import keep_programs
from seqtune.search.executor._contract import Job, Outcome
from seqtune.search.memory import Tidier
from seqtune.search.problem import Problem
from seqtune.search.schedule import Watch


class Inline:
    """The executor for tiny data, for tests, and for debugging: nothing runs elsewhere.

    Args:
        problem: Task and data.
        listener: Hears of trials begun and of every epoch.
        is_over: Says whether the user wishes to end: while a job runs, nobody else looks.
    """

    workers = 1

    def __init__(
        self,
        problem: Problem,
        listener: Listener,
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        self.problem, self.listener, self.is_over = problem, listener, is_over
        self.stopped: set[str] = set()
        self._job: Job | None = None
        self._tidier = Tidier()
        keep_memory()
        keep_programs()

    def idle(self) -> int:
        """Return 1 unless a job waits to be run."""
        return 0 if self._job else 1

    def submit(self, job: Job) -> None:
        """Take the job that the next `wait` runs."""
        self._job = job

    def wait(self, seconds: float) -> list[Outcome]:
        """Run the job to its end, however long that takes, and return its outcome."""
        job, self._job = self._job, None
        if job is None:
            return []
        self.stopped.discard(job.trial)
        self.listener(TrialStarted(job.trial, 0, getattr(job, "values", {})))
        outcome = job.run(self.problem, _Inside(self, job.trial))
        self._tidier.tidy()
        return [outcome]

    def stop(self, trial: str) -> None:
        """End a trial at its best epoch, from within its own events or a signal."""
        self.stopped.add(trial)

    def close(self) -> None:
        """Nothing to give back."""


class _Inside(Watch):
    """Follows a trial of this process."""

    def __init__(self, executor: Inline, trial: str) -> None:
        self.executor, self.trial = executor, trial

    def epoch(self, epoch: int, epochs: int, score: float) -> None:
        """Tell the listener."""
        self.executor.listener(EpochEnded(self.trial, 0, epoch, epochs, score))

    def is_over(self) -> bool:
        """Say whether it was stopped."""
        return self.trial in self.executor.stopped or self.executor.is_over()
