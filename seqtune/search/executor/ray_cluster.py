"""Jobs run on the nodes of a Ray cluster, which share no disk with this machine.

    master ── ray: data once, jobs with the networks they need ──▶ actor ── pipe ──▶ worker
           ◀── ray: epochs; outcomes with the files they left ────   (search.executor.ray_worker)

A node that is lost costs the jobs on it. Its workers are asked for again at once and begin wherever
the cluster has room, or comes to have some; until then there are fewer. Only when none has been
there for a while is the search at an end.
"""

from __future__ import annotations

import json
import math
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import seqtune
from seqtune.errors import RunError, SearchError
from seqtune.progress import EpochEnded, Listener, Note, TrialStarted
from seqtune.runtime import program_cache
from seqtune.runtime.devices import machine
from seqtune.runtime.workers import Count
from seqtune.search.executor._contract import Job, Outcome
from seqtune.search.executor._death import why_lost
from seqtune.search.executor._slot import (
    LOOK_SECONDS,
    START_SECONDS,
    STARTS,
    grace_seconds,
)
from seqtune.search.executor.bundle import deliver, pack, parcel_bytes
from seqtune.search.executor.job_files import Files, files_for, files_of
from seqtune.search.executor.processes import WORKER
from seqtune.search.executor.ray_capacity import Room
from seqtune.search.executor.ray_connection import RayConnection, load_ray
from seqtune.search.executor.ray_pool import RayCrew, RaySeat
from seqtune.search.problem import Problem
from seqtune.search.trial import model_path, reason_of
from seqtune.search.wire import decode, encode

LOST_SECONDS = 60.0
"""So long without any node, and the search is at an end; Ray needs half of it to give one up."""


class RayExecutor:
    """The executor for several machines.

    Workers are asked for at once, and nobody waits for them. Until the first one is there, one job
    can be submitted, which it will get.

    Args:
        problem: Task, data and run folder.
        task: Name of the task.
        listener: Hears of trials begun, of every epoch, and of workers and nodes that are lost.
        backend: Keras backend of the workers.
        address: "auto", "host:port" or "ray://host:port"; see `RayConnection`.
        workers: How many; "auto" is up to four per GPU of the cluster, or one per core without
            any.
        workers_per_gpu: How many share a GPU.
        module: What a worker runs.
        grace: From the seconds of a job to the seconds past them after which it hangs.
        lost_seconds: How long to wait for a node when there is none any more.

    Attributes:
        workers: How many jobs run at the same time.

    Raises:
        MissingExtra: Ray is not installed.
        SearchError: There is no such cluster, or it cannot be used from here.
    """

    def __init__(
        self,
        problem: Problem,
        task: str,
        listener: Listener,
        *,
        backend: str,
        address: str = "auto",
        workers: Count = "auto",
        workers_per_gpu: Count = "auto",
        module: str = WORKER,
        grace: Callable[[float], float] = grace_seconds,
        lost_seconds: float = LOST_SECONDS,
    ) -> None:
        load_ray()
        from seqtune.search.executor.ray_worker import HERE

        self.folder, self.listener = problem.folder, listener
        self.grace, self.lost_seconds = grace, lost_seconds
        self._waiting: deque[Job] = deque()
        self._stopped: set[str] = set()
        self._ended: list[Outcome] = []
        self._none_since: float | None = None
        self._was_any = False
        self._trouble: SearchError | None = None
        parcel = pack(problem.prepared)
        cores = len(machine().cores)
        self._connection = RayConnection(
            address, cores if workers == "auto" else max(cores, workers), parcel_bytes(parcel)
        )
        self._crew = RayCrew(self._connection.ray, self._hint())
        try:
            room = Room.of(self._connection.ray, backend, workers_per_gpu)
            opening = {
                "version": seqtune.__version__,
                "search": secrets.token_hex(8),
                "module": module,
                "task": task,
                "backend": backend,
                "variables": {
                    **program_cache.variables_below(HERE), **room.variables(),
                    "KERAS_BACKEND": backend,
                },
            }  # fmt: skip
            self.workers = room.workers if workers == "auto" else workers
            self._crew.gather(self.workers, room.options(), opening, parcel)
        except BaseException:
            self.close()
            raise

    def idle(self) -> int:
        """Return how many jobs can be submitted.

        A worker that is not there yet counts for nothing; but while none is, one job can wait.
        """
        if not any(seat.is_ready for seat in self._crew.seats):
            return 0 if self._waiting or self._trouble else 1
        free = sum(seat.is_ready and seat.job is None for seat in self._crew.seats)
        return max(0, free - len(self._waiting))

    def submit(self, job: Job) -> None:
        """Give a job to a worker that has none, or to the first that is there."""
        self._stopped.discard(job.trial)
        self._waiting.append(job)
        self._hand_out()

    def wait(self, seconds: float) -> list[Outcome]:
        """Return the outcomes of all jobs that have ended, as soon as there is one.

        Args:
            seconds: Return with nothing when none has ended after so long.

        Raises:
            SearchError: No node is left, or none can run a worker, and all outcomes were returned.
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
        for seat in self._crew.seats:
            if seat.job is not None and seat.job.trial == trial:
                self._crew.call(seat.actor.stop.remote, trial)

    def close(self) -> None:
        """End all workers, whatever they are doing, and leave the cluster as it was."""
        self._waiting.clear()
        self._crew.end()
        self._connection.close()

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
        return bool(self._waiting) or any(seat.job is not None for seat in self._crew.seats)

    def _hand_out(self) -> None:
        """Give waiting jobs to workers that are ready and have none."""
        free = [seat for seat in self._crew.seats if seat.is_ready and seat.job is None]
        for seat in free[: len(self._waiting)]:
            job = self._waiting.popleft()
            try:
                sent, expected = files_for(job, self.folder), files_of(job)
            except (OSError, RunError) as error:
                self._ended.append(job.failed(reason_of(error), 0.0))
                continue
            seat.job = job
            seat.expect(job.seconds)
            message = {"job": encode(job), "trial": job.trial}
            self._crew.call(seat.actor.submit.remote, message, sent, expected)
            if job.trial in self._stopped:
                self._crew.call(seat.actor.stop.remote, job.trial)

    def _listen(self, seconds: float) -> bool:
        """Hear what workers say; return whether there was anything.

        Args:
            seconds: Return when there is nothing after so long.
        """
        heard = self._crew.hear(seconds)
        for seat, said in heard:
            if isinstance(said, Exception):
                self._lose(seat, said)
                continue
            for text, files in said:
                self._take(seat, json.loads(text), files)
        return bool(heard)

    def _take(self, seat: RaySeat, message: Mapping[str, Any], files: Files) -> None:
        """Act on what a worker said."""
        job = seat.job
        if "here" in message:
            seat.is_here, (seat.node, seat.address) = True, message["here"]
            seat.expect(START_SECONDS)
            self._count()
        elif "ready" in message:
            seat.is_ready, seat.deaths = True, 0
            seat.expect(math.inf)
            self._count()
        elif "refused" in message:
            self._give_up(seat, f"{seat.address}: {message['refused']}")
        elif "died" in message:
            self._bury(seat, message["died"])
        elif job is None:
            return
        elif "took" in message:
            seat.expect(job.seconds)
            self.listener(TrialStarted(job.trial, seat.number, getattr(job, "values", {})))
        elif "epoch" in message:
            trial, epoch, epochs, score = message["epoch"]
            self.listener(EpochEnded(trial, seat.number, epoch, epochs, score))
        else:
            self._ended.append(self._outcome(job, message, files, seat.spent()))
            seat.job = None
            seat.expect(math.inf)

    def _outcome(
        self, job: Job, message: Mapping[str, Any], files: Files, seconds: float
    ) -> Outcome:
        """Return how a job went, when its files are in the run folder."""
        if "fault" in message:
            return job.failed(message["fault"], seconds)
        try:
            outcome: Outcome = decode(message["outcome"])
            if outcome.trial != job.trial:
                raise RunError(f"a worker was asked for {job.trial} and gave {outcome.trial}")
            deliver(files, self.folder, files_of(job))
            if not (outcome.reason or model_path(self.folder, job.trial).is_file()):
                raise RunError("the network of the trial did not come with its result")
        except (RunError, KeyError, TypeError) as error:
            return job.failed(reason_of(error), seconds)
        return outcome

    def _bury(self, seat: RaySeat, reason: str) -> None:
        """Have a worker process that died replaced on its node."""
        reason = seat.hung or reason
        self._fail(seat, reason)
        seat.deaths += not seat.is_ready
        if seat.deaths >= STARTS:
            self._give_up(seat, f"{seat.address}: {reason}")
            return
        seat.clear()
        seat.expect(START_SECONDS)
        self._crew.call(seat.actor.start.remote)

    def _lose(self, seat: RaySeat, error: Exception) -> None:
        """Have an actor that is gone replaced, wherever the cluster has room."""
        reason, is_node = why_lost(error, seat.address)
        reason = seat.hung or reason
        self._fail(seat, reason)
        seat.deaths += not (is_node or seat.is_ready)
        was_here = seat.is_here
        self._crew.kill(seat)
        if seat.deaths >= STARTS:
            self._give_up(seat, reason)
            return
        self._crew.ask_for(seat)
        self._count()
        if is_node and was_here:
            self.listener(
                Note(f"{reason}; {self.workers} of {len(self._crew.seats)} workers go on")
            )

    def _fail(self, seat: RaySeat, reason: str) -> None:
        """Give back the job of a worker that is gone."""
        job, seat.job = seat.job, None
        if job is not None:
            self._ended.append(job.failed(reason, seat.spent()))

    def _count(self) -> None:
        """Set how many workers there are, as soon as any is: those that have no room are none."""
        self._was_any = self._was_any or any(seat.is_ready for seat in self._crew.seats)
        if self._was_any:
            self.workers = max(1, sum(seat.is_here for seat in self._crew.seats))

    def _give_up(self, seat: RaySeat, reason: str) -> None:
        self._crew.give_up(seat)
        self._count()
        if not self._crew.seats:
            raise SearchError(f"no node of the cluster can be used: {reason}", self._hint())
        self.listener(Note(f"worker {seat.number} cannot be used: {reason}; the others go on"))

    def _end_hanging(self) -> None:
        for seat in self._crew.seats:
            reason = seat.hanging(self.grace)
            if reason:
                seat.hung, seat.late = reason, time.monotonic()
                self._crew.call(seat.actor.kill.remote)
            elif seat.is_deaf():
                self._crew.kill(seat)

    def _check_alive(self) -> None:
        """End the search when there has been no worker for too long."""
        now = time.monotonic()
        if any(seat.is_here for seat in self._crew.seats) or not self._is_running():
            self._none_since = None
            return
        self._none_since = self._none_since or now
        allowed = self.lost_seconds if self._was_any else max(self.lost_seconds, START_SECONDS)
        if now - self._none_since < allowed:
            return
        if self._was_any:
            raise SearchError("no node of the cluster is left", self._hint())
        needs = ", ".join(f"{name} {value:g}" for name, value in self._needs().items())
        raise SearchError(
            f"no worker was begun on {self._connection.address} within {allowed:.0f} s; "
            f"each needs {needs}",
            "ray status, or --executor processes",
        )

    def _needs(self) -> dict[str, float]:
        return {name: self._crew.options[name] for name in ("num_cpus", "num_gpus", "memory")}

    def _hint(self) -> str:
        return f"seqtune resume {self.folder}"
