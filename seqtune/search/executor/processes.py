"""Jobs run in worker processes, started once, each with its share of the cores, and of a GPU.

    master ── stdin: jobs, wishes to stop ──▶ worker (`search.executor.worker`)
           ◀── stdout: epochs, outcomes ───── data memory-mapped, networks in the run folder

A worker that dies or hangs costs the job it had, and is replaced. Workers of one search share what
JAX compiles (`seqtune.runtime.program_cache`).
"""

from __future__ import annotations

import math
import os
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from seqtune.errors import SearchError
from seqtune.progress import EpochEnded, Listener, Note, TrialStarted
from seqtune.runtime import program_cache
from seqtune.search.executor._contract import Job, Outcome
from seqtune.search.executor._death import memory_kills, why_it_died
from seqtune.search.executor._process import WorkerProcess
from seqtune.search.executor._slot import (
    LOOK_SECONDS,
    START_SECONDS,
    STARTS,
    Seat,
    grace_seconds,
)
from seqtune.search.wire import decode, encode

WORKER = "seqtune.search.executor.worker"


class Share(Protocol):
    """The part of the machine that a worker has; see `seqtune.runtime.workers`."""

    def environment(self) -> Mapping[str, str]:
        """Return the variables that have to be set before the backend loads."""

    def pin(self, process: int) -> None:
        """Tie a process that loads nothing yet to its cores."""


class Processes:
    """The executor for more than one GPU or share of the cores.

    All workers are started at once, and nobody waits for them: a job can be submitted meanwhile,
    and goes to the first that is ready.

    Args:
        task: Name of the task.
        folder: The run folder: data is read from it, networks are left in it.
        listener: Hears of trials begun, of every epoch, and of workers that are given up.
        backend: Keras backend of the workers.
        shares: The part of the machine that each worker has.
        module: What a worker runs.
        grace: From the seconds of a job to the seconds past them after which it hangs.

    Attributes:
        workers: How many jobs run at the same time.
    """

    def __init__(
        self,
        task: str,
        folder: Path,
        listener: Listener,
        *,
        backend: str,
        shares: Sequence[Share],
        module: str = WORKER,
        grace: Callable[[float], float] = grace_seconds,
    ) -> None:
        self.listener = listener
        self.module, self.grace = module, grace
        self._scratch = Path(tempfile.mkdtemp(prefix="seqtune-workers-"))
        self._environment = {
            **program_cache.variables(self._scratch),
            **os.environ,
            "KERAS_BACKEND": backend,
        }
        self._opening = {
            "task": task,
            "folder": str(folder.absolute()),
            "backend": backend,
            "scratch": str(self._scratch),
        }
        self._messages: SimpleQueue[tuple[_Seat, int, dict[str, Any] | None]] = SimpleQueue()
        self._waiting: deque[Job] = deque()
        self._stopped: set[str] = set()
        self._seats = [_Seat(number=number, share=share) for number, share in enumerate(shares)]
        self.workers = len(self._seats)
        try:
            for seat in self._seats:
                self._start(seat)
        except BaseException:
            self.close()
            raise

    def idle(self) -> int:
        """Return how many workers have no job, those that are still starting among them."""
        return max(0, sum(seat.job is None for seat in self._seats) - len(self._waiting))

    def submit(self, job: Job) -> None:
        """Give a job to the first worker that is ready and has none."""
        self._stopped.discard(job.trial)
        self._waiting.append(job)
        self._hand_out()

    def wait(self, seconds: float) -> list[Outcome]:
        """Return the outcomes of all jobs that have ended, as soon as there is one.

        Args:
            seconds: Return with nothing when none has ended after so long.

        Raises:
            SearchError: No worker can be started.
        """
        deadline = time.monotonic() + seconds
        outcomes: list[Outcome] = []
        while True:
            left = deadline - time.monotonic()
            is_over = bool(outcomes) or not self._is_running() or left <= 0
            try:
                patience = 0.0 if is_over else min(left, LOOK_SECONDS)
                seat, life, message = self._messages.get(timeout=patience)
            except Empty:
                self._kill_hanging()
                if is_over:
                    return outcomes
                continue
            if life == seat.life:
                outcomes += self._take(seat, message)
                self._hand_out()

    def stop(self, trial: str) -> None:
        """Ask a running trial to end at its best epoch."""
        if any(job.trial == trial for job in self._waiting):
            self._stopped.add(trial)
        for seat in self._seats:
            if seat.job is not None and seat.job.trial == trial:
                seat.process.send({"stop": trial})

    def pids(self) -> list[int]:
        """Return the number of every worker's process."""
        return [seat.process.pid for seat in self._seats]

    def close(self) -> None:
        """End all workers, whatever they are doing; nothing is left of them."""
        seats, self._seats = self._seats, []
        self._waiting.clear()
        begun = [seat for seat in seats if hasattr(seat, "process")]
        for seat in begun:
            seat.life += 1  # nobody listens any more
            seat.process.ask_to_end()
        for seat in begun:
            seat.process.end()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _is_running(self) -> bool:
        return bool(self._waiting) or any(seat.job is not None for seat in self._seats)

    def _start(self, seat: _Seat) -> None:
        """Start a seat's worker, the first one or one in place of a dead one."""
        seat.life += 1
        seat.clear()
        seat.memory_kills = memory_kills()
        life = seat.life
        seat.process = WorkerProcess(
            self.module,
            {**self._environment, **seat.share.environment()},
            self._scratch / f"worker-{seat.number}.txt",
            lambda message: self._messages.put((seat, life, message)),
        )
        seat.share.pin(seat.process.pid)
        seat.process.send({"open": self._opening})  # on which it loads the backend
        seat.expect(START_SECONDS)

    def _hand_out(self) -> None:
        """Give waiting jobs to workers that are ready and have none."""
        free = [seat for seat in self._seats if seat.is_ready and seat.job is None]
        for seat in free[: len(self._waiting)]:
            job = seat.job = self._waiting.popleft()
            seat.memory_kills = memory_kills()
            seat.process.mark()
            seat.process.send({"job": encode(job), "trial": job.trial})
            if job.trial in self._stopped:
                seat.process.send({"stop": job.trial})
            seat.expect(job.seconds)

    def _take(self, seat: _Seat, message: dict[str, Any] | None) -> list[Outcome]:
        """Act on what a worker said; return the outcome of its job if that is over."""
        if message is None:
            return self._bury(seat)
        if "ready" in message:
            seat.is_ready, seat.deaths = True, 0
            seat.expect(math.inf)
        job = seat.job
        if job is None:
            return []
        if "took" in message:
            seat.expect(job.seconds)
            self.listener(TrialStarted(job.trial, seat.number, getattr(job, "values", {})))
        elif "epoch" in message:
            trial, epoch, epochs, score = message["epoch"]
            self.listener(EpochEnded(trial, seat.number, epoch, epochs, score))
        else:
            seat.job = None
            seconds = seat.spent()
            seat.expect(math.inf)
            is_done = "outcome" in message
            return [
                decode(message["outcome"]) if is_done else job.failed(message["fault"], seconds)
            ]
        return []

    def _bury(self, seat: _Seat) -> list[Outcome]:
        """Replace a worker that has died; return the outcome of the job that it had."""
        reason = seat.why()
        job, seconds = seat.job, seat.spent()
        seat.deaths += not seat.is_ready
        self._replace(seat, reason)
        return [] if job is None else [job.failed(reason, seconds)]

    def _replace(self, seat: _Seat, reason: str) -> None:
        """Start another worker in a dead one's place, or give the place up."""
        while seat.deaths < STARTS:
            try:
                self._start(seat)
            except SearchError as error:  # the system has no room for another process
                seat.deaths += 1
                reason = error.message
            else:
                return
        self._seats.remove(seat)
        self.workers = len(self._seats)
        if not self._seats:
            raise SearchError(f"no worker can be started: {reason}", "--executor inline")
        self.listener(Note(f"worker {seat.number} cannot be started: {reason}; the others go on"))

    def _kill_hanging(self) -> None:
        for seat in self._seats:
            if reason := seat.hanging(self.grace):
                seat.hung = reason
                seat.process.kill()


@dataclass(eq=False, kw_only=True)
class _Seat(Seat):
    """A place for a worker process.

    Args:
        share: The part of the machine that belongs to it.
        life: Which worker it is that sits there; messages of earlier ones do not count.
        memory_kills: What `memory_kills` returned when it took its job.
    """

    share: Share
    life: int = 0
    memory_kills: int = 0
    process: WorkerProcess = field(init=False)

    def why(self) -> str:
        """Return why the worker is dead."""
        code = self.process.end()
        if self.hung:
            return self.hung
        if self.process.is_garbled:
            return "the worker died: it wrote something that is no message"
        is_memory = memory_kills() > self.memory_kills
        return why_it_died(code, self.process.words(), is_memory=is_memory)
