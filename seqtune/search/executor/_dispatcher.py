"""Giving jobs to workers, and acting on what they say: the same wherever the workers are."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from seqtune.errors import SearchError
from seqtune.progress import EpochEnded, Listener, Note, TrialStarted
from seqtune.search.executor._contract import Job, Outcome
from seqtune.search.executor._slot import LOOK_SECONDS, Slot, grace_seconds
from seqtune.search.wire import decode, encode

WORKER = "seqtune.search.executor.worker"

Files = Mapping[str, bytes]
"""Bytes by name in the run folder."""

AnySlot = TypeVar("AnySlot", bound=Slot)


@dataclass(frozen=True)
class WorkerSpec:
    """What all workers of an executor have in common.

    Args:
        task: Name of the task.
        backend: Their Keras backend.
        module: The module that each of them runs.
        grace: From the seconds of a job to the seconds past them after which it hangs.
    """

    task: str
    backend: str
    module: str = WORKER
    grace: Callable[[float], float] = grace_seconds


class Dispatcher(ABC, Generic[AnySlot]):
    """Keeps jobs until a worker is free, and outcomes until somebody asks for them.

    Jobs can be submitted while workers still start. A worker that dies or hangs
    costs the job that it had, and is replaced.

    Args:
        spec: What the workers have in common.
        slots: One for each worker; a slot that is given up is removed.
        listener: Hears of trials begun, of every epoch, and of workers that are given up.

    Attributes:
        workers: How many jobs run at the same time.
    """

    none_left: str = "no worker can be started"
    """What the error says when the last slot is given up."""

    def __init__(self, spec: WorkerSpec, slots: list[AnySlot], listener: Listener) -> None:
        self.spec, self.slots, self.listener = spec, slots, listener
        self.workers = len(slots)
        self._waiting: deque[Job] = deque()
        self._stopped: set[str] = set()
        self._ended: list[Outcome] = []
        self._trouble: SearchError | None = None

    def idle(self) -> int:
        """Return how many workers have no job, those that are still starting among them."""
        return max(0, sum(slot.job is None for slot in self.slots) - len(self._waiting))

    def submit(self, job: Job) -> None:
        """Give a job to the first worker that is ready and has none."""
        self._stopped.discard(job.trial)
        self._waiting.append(job)
        self._hand_out()

    def wait(self, seconds: float) -> list[Outcome]:
        """Return the outcomes of all jobs that have ended, as soon as there is one.

        Args:
            seconds: How long to wait at most.

        Raises:
            SearchError: No worker is left, and all outcomes were returned.
        """
        if self._trouble is None:
            try:
                self._work(time.monotonic() + seconds)
            except SearchError as error:
                self._trouble = error
        outcomes, self._ended = self._ended, []
        if self._trouble is not None and not outcomes:
            raise self._trouble
        return outcomes

    def stop(self, trial: str) -> None:
        """Ask a running trial to end at its best epoch."""
        if any(job.trial == trial for job in self._waiting):
            self._stopped.add(trial)
        for slot in self.slots:
            if slot.job is not None and slot.job.trial == trial:
                self._ask_to_stop(slot, trial)

    @property
    @abstractmethod
    def hint(self) -> str:
        """What to do when no worker is left."""

    @abstractmethod
    def _listen(self, seconds: float) -> bool:
        """Act on the messages of workers; return whether there were any.

        Args:
            seconds: How long to wait at most.
        """

    @abstractmethod
    def _send(self, slot: AnySlot, job: Job, message: dict[str, Any]) -> None:
        """Send a job to a worker that is ready."""

    @abstractmethod
    def _ask_to_stop(self, slot: AnySlot, trial: str) -> None:
        """Ask a worker to end its trial at the best epoch."""

    @abstractmethod
    def _kill(self, slot: AnySlot) -> None:
        """End a worker by force; its end comes as a message later."""

    def _work(self, deadline: float) -> None:
        """Hear workers and give them jobs until one has ended, none runs, or the time is over."""
        while True:
            left = deadline - time.monotonic()
            is_over = bool(self._ended) or not self._is_running() or left <= 0
            is_heard = self._listen(0.0 if is_over else min(left, LOOK_SECONDS))
            self._end_hanging()
            self._hand_out()
            if is_over and not is_heard:
                self._check_alive()
                return

    def _is_running(self) -> bool:
        return bool(self._waiting) or any(slot.job is not None for slot in self.slots)

    def _hand_out(self) -> None:
        """Give waiting jobs to workers that are ready and have none."""
        free = [slot for slot in self.slots if slot.is_ready and slot.job is None]
        for slot in free[: len(self._waiting)]:
            job = slot.job = self._waiting.popleft()
            slot.expect(job.seconds)
            self._send(slot, job, {"job": encode(job), "trial": job.trial})
            if slot.job is not None and job.trial in self._stopped:
                self._ask_to_stop(slot, job.trial)

    def _take(self, slot: AnySlot, message: Mapping[str, Any], files: Files) -> None:
        """Act on a message of a worker.

        Args:
            slot: The place of the worker.
            message: Its message; see `search.executor.worker`.
            files: What it sent with it.
        """
        if "ready" in message:
            slot.is_ready, slot.deaths = True, 0
            slot.expect(math.inf)
            self._count()
        job = slot.job
        if job is None:
            return
        if "took" in message:
            slot.expect(job.seconds)
            self.listener(TrialStarted(job.trial, slot.number, getattr(job, "values", {})))
        elif "epoch" in message:
            trial, epoch, epochs, score = message["epoch"]
            self.listener(EpochEnded(trial, slot.number, epoch, epochs, score))
        else:
            self._ended.append(self._outcome(job, message, files, slot.spent()))
            slot.job = None
            slot.expect(math.inf)

    def _outcome(
        self, job: Job, message: Mapping[str, Any], files: Files, seconds: float
    ) -> Outcome:
        """Return how a job went."""
        if "fault" in message:
            return job.failed(message["fault"], seconds)
        outcome: Outcome = decode(message["outcome"])
        return outcome

    def _fail(self, slot: AnySlot, reason: str, *, is_counted: bool = True) -> str:
        """Give back the job of a worker that is gone; return why the worker is.

        Args:
            slot: Its place.
            reason: Why it is gone, where it was not killed.
            is_counted: Whether the place is given up when this happens too often.
        """
        reason = slot.hung or reason
        job, slot.job = slot.job, None
        if job is not None:
            self._ended.append(job.failed(reason, slot.spent()))
        slot.deaths += is_counted and not slot.is_ready
        return reason

    def _give_up(self, slot: AnySlot, reason: str) -> None:
        """Do without a worker from here on."""
        self.slots.remove(slot)
        self._count()
        if not self.slots:
            raise SearchError(f"{self.none_left}: {reason}", self.hint)
        self.listener(Note(f"worker {slot.number} is given up: {reason}; the others go on"))

    def _count(self) -> None:
        """Set how many workers there are."""
        self.workers = len(self.slots)

    def _end_hanging(self) -> None:
        for slot in self.slots:
            if reason := slot.hanging(self.spec.grace):
                slot.hung, slot.late = reason, time.monotonic()
                self._kill(slot)

    def _check_alive(self) -> None:
        """Raise `SearchError` when there has been no worker for too long."""
