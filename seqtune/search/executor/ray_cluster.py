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
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import seqtune
from seqtune.errors import RunError, SearchError
from seqtune.progress import Listener, Note
from seqtune.runtime import program_cache
from seqtune.runtime.devices import machine
from seqtune.runtime.workers import Count
from seqtune.search.executor._contract import Job, Outcome
from seqtune.search.executor._death import loss_reason
from seqtune.search.executor._dispatcher import Dispatcher, Files, WorkerSpec
from seqtune.search.executor._slot import START_SECONDS, STARTS
from seqtune.search.executor.bundle import bundle_bytes, deliver, pack
from seqtune.search.executor.job_files import files_for, files_of
from seqtune.search.executor.ray_capacity import Capacity
from seqtune.search.executor.ray_connection import RayConnection, load_ray
from seqtune.search.executor.ray_pool import RayPool, RaySlot
from seqtune.search.problem import Problem
from seqtune.search.trial import reason_of
from seqtune.search.trial_files import model_path

LOST_SECONDS = 60.0
"""After this long without any node the search ends. Ray needs half of it to give a node up."""


@dataclass(frozen=True)
class Cluster:
    """Which Ray cluster is used, and how much of it.

    Args:
        address: "auto", "host:port" or "ray://host:port"; see `RayConnection`.
        workers: How many; "auto" is up to four per GPU of the cluster, or one per core without any.
        workers_per_gpu: How many share a GPU.
        lost_seconds: How long to wait for a node when there is none any more.
    """

    address: str = "auto"
    workers: Count = "auto"
    workers_per_gpu: Count = "auto"
    lost_seconds: float = LOST_SECONDS


class RayExecutor(Dispatcher[RaySlot]):
    """The executor for several machines.

    Until the first worker is there, one job can be submitted, which it will get.

    Args:
        spec: What the workers have in common.
        problem: Task, data and run folder.
        cluster: Which cluster, and how much of it.
        listener: Hears of trials begun, of every epoch, and of workers and nodes that are lost.

    Raises:
        MissingExtra: Ray is not installed.
        SearchError: The cluster is not there, or cannot be used from here.
    """

    none_left = "no node of the cluster can be used"

    def __init__(
        self, spec: WorkerSpec, problem: Problem, cluster: Cluster, listener: Listener
    ) -> None:
        load_ray()
        super().__init__(spec, [], listener)
        self.folder = problem.folder
        self._lost_seconds = cluster.lost_seconds
        self._none_since: float | None = None
        self._was_any = False
        bundle = pack(problem.prepared)
        cores = len(machine().cores)
        self._connection = RayConnection(
            cluster.address,
            cores if cluster.workers == "auto" else max(cores, cluster.workers),
            bundle_bytes(bundle),
        )
        self._pool = RayPool(self._connection.ray, self.slots, self.hint)
        try:
            capacity = Capacity.of(self._connection.ray, spec.backend, cluster.workers_per_gpu)
            self.workers = capacity.workers if cluster.workers == "auto" else cluster.workers
            opening = self._opening(capacity.variables())
            self._pool.gather(self.workers, capacity.options(), opening, bundle)
        except BaseException:
            self.close()
            raise

    @property
    def hint(self) -> str:
        """The command that goes on with the search."""
        return f"seqtune resume {self.folder}"

    def idle(self) -> int:
        """Return how many jobs can be submitted.

        A worker that is not there yet counts for nothing; but while none is, one job can wait.
        """
        if not any(slot.is_ready for slot in self.slots):
            return 0 if self._waiting or self._trouble else 1
        free = sum(slot.is_ready and slot.job is None for slot in self.slots)
        return max(0, free - len(self._waiting))

    def close(self) -> None:
        """End all workers at once, and leave the cluster as it was."""
        self._waiting.clear()
        self._pool.end()
        self._connection.close()

    def _opening(self, variables: Mapping[str, str]) -> dict[str, Any]:
        """Return the settings of the search that each actor gets.

        Args:
            variables: Those of a worker by its part of a node.
        """
        from seqtune.search.executor.ray_worker import HERE

        backend = self.spec.backend
        return {
            "version": seqtune.__version__,
            "search": secrets.token_hex(8),
            "module": self.spec.module,
            "task": self.spec.task,
            "backend": backend,
            "variables": {
                **program_cache.variables_below(HERE),
                **variables,
                "KERAS_BACKEND": backend,
            },
        }

    def _listen(self, seconds: float) -> bool:
        heard = self._pool.hear(seconds)
        for slot, said in heard:
            if isinstance(said, Exception):
                self._lose(slot, said)
                continue
            for text, files in said:
                self._take(slot, json.loads(text), files)
        return bool(heard)

    def _send(self, slot: RaySlot, job: Job, message: dict[str, Any]) -> None:
        try:
            sent, expected = files_for(job, self.folder), files_of(job)
        except (OSError, RunError) as error:
            slot.job = None
            slot.expect(math.inf)
            self._ended.append(job.failed(reason_of(error), 0.0))
            return
        self._pool.call(slot.actor.submit.remote, message, sent, expected)

    def _ask_to_stop(self, slot: RaySlot, trial: str) -> None:
        self._pool.call(slot.actor.stop.remote, trial)

    def _kill(self, slot: RaySlot) -> None:
        self._pool.call(slot.actor.kill.remote)

    def _take(self, slot: RaySlot, message: Mapping[str, Any], files: Files) -> None:
        if "here" in message:
            slot.is_here, (slot.node, slot.address) = True, message["here"]
            slot.expect(START_SECONDS)
            self._count()
        elif "refused" in message:
            self._give_up(slot, f"{slot.address}: {message['refused']}")
        elif "died" in message:
            self._replace(slot, self._fail(slot, message["died"]))
        else:
            super()._take(slot, message, files)

    def _outcome(
        self, job: Job, message: Mapping[str, Any], files: Files, seconds: float
    ) -> Outcome:
        """Return how a job went, when its files are in the run folder."""
        try:
            outcome = super()._outcome(job, message, files, seconds)
            if "fault" in message:
                return outcome
            if outcome.trial != job.trial:
                raise RunError(f"a worker was asked for {job.trial} and gave {outcome.trial}")
            deliver(files, self.folder, files_of(job))
            if not (outcome.reason or model_path(self.folder, job.trial).is_file()):
                raise RunError("the worker sent a result without the network")
        except (RunError, KeyError, TypeError) as error:
            return job.failed(reason_of(error), seconds)
        return outcome

    def _replace(self, slot: RaySlot, reason: str) -> None:
        """Have a worker process that died replaced on its node."""
        if slot.deaths >= STARTS:
            self._give_up(slot, f"{slot.address}: {reason}")
            return
        slot.clear()
        slot.expect(START_SECONDS)
        self._pool.call(slot.actor.start.remote)

    def _lose(self, slot: RaySlot, error: Exception) -> None:
        """Have an actor that is gone replaced, wherever the cluster has room."""
        reason, is_node = loss_reason(error, slot.address)
        reason = self._fail(slot, reason, is_counted=not is_node)
        was_here = slot.is_here
        self._pool.kill(slot)
        if slot.deaths >= STARTS:
            self._give_up(slot, reason)
            return
        self._pool.ask_for(slot)
        self._count()
        if is_node and was_here:
            self.listener(Note(f"{reason}; {self.workers} of {len(self.slots)} workers are left"))

    def _give_up(self, slot: RaySlot, reason: str) -> None:
        self._pool.kill(slot)
        super()._give_up(slot, reason)

    def _count(self) -> None:
        """Count the workers that have a node, as soon as one of them is ready."""
        self._was_any = self._was_any or any(slot.is_ready for slot in self.slots)
        if self._was_any:
            self.workers = max(1, sum(slot.is_here for slot in self.slots))

    def _end_hanging(self) -> None:
        super()._end_hanging()
        for slot in self.slots:
            if slot.is_unresponsive():
                self._pool.kill(slot)

    def _check_alive(self) -> None:
        """End the search when there has been no worker for too long."""
        now = time.monotonic()
        if any(slot.is_here for slot in self.slots) or not self._is_running():
            self._none_since = None
            return
        self._none_since = self._none_since or now
        allowed = self._lost_seconds if self._was_any else max(self._lost_seconds, START_SECONDS)
        if now - self._none_since < allowed:
            return
        if self._was_any:
            raise SearchError("no node of the cluster is left", self.hint)
        options = self._pool.options
        needs = (f"{name} {options[name]:g}" for name in ("num_cpus", "num_gpus", "memory"))
        raise SearchError(
            f"no worker started on {self._connection.address} within {allowed:.0f} s; "
            f"each needs {', '.join(needs)}",
            "ray status, or --executor processes",
        )
