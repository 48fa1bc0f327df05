"""Jobs run in worker processes, started once, each with its share of the cores, and of a GPU.

    master ── stdin: jobs, wishes to stop ──▶ worker (`search.executor.worker`)
           ◀── stdout: epochs, outcomes ───── data memory-mapped, networks in the run folder

Workers of one search share what JAX compiles (`seqtune.runtime.program_cache`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from seqtune.errors import SearchError
from seqtune.files import no_scratch
from seqtune.progress import Listener
from seqtune.runtime import program_cache
from seqtune.runtime.own_folder import OwnFolder
from seqtune.runtime.share import Share
from seqtune.runtime.worker_process import LAST_SECONDS, WorkerProcess
from seqtune.search.executor._contract import Job
from seqtune.search.executor._death import death_reason, memory_kills
from seqtune.search.executor._dispatcher import Dispatcher, WorkerSpec
from seqtune.search.executor._slot import START_SECONDS, STARTS, Slot

KIND = "seqtune-workers-"
"""What the name of the workers' folder begins with."""


@dataclass(eq=False, kw_only=True)
class ProcessSlot(Slot):
    """A place for a worker process.

    Args:
        share: The part of the machine that belongs to it.
        life: Counts the workers that were here; messages of earlier ones are not heard.
        memory_kills: What `memory_kills` returned when the worker took its job.
    """

    share: Share
    life: int = 0
    memory_kills: int = 0
    process: WorkerProcess = field(init=False)

    def why(self) -> str:
        """Return why the worker is dead."""
        code = self.process.end()
        if self.process.is_garbled:
            return "the worker died: it sent an invalid message"
        is_memory = memory_kills() > self.memory_kills
        return death_reason(code, self.process.words(), is_memory=is_memory)


class Processes(Dispatcher[ProcessSlot]):
    """The executor for more than one GPU or share of the cores.

    Args:
        spec: What the workers have in common.
        folder: The run folder: data is read from it, networks are left in it.
        shares: The part of the machine that each worker has.
        listener: Hears of trials begun, of every epoch, and of workers that are given up.
    """

    hint = "--executor inline"

    def __init__(
        self, spec: WorkerSpec, folder: Path, shares: Sequence[Share], listener: Listener
    ) -> None:
        slots = [ProcessSlot(number=number, share=share) for number, share in enumerate(shares)]
        super().__init__(spec, slots, listener)
        try:
            self._own = OwnFolder(KIND, KIND)
        except OSError as error:
            fault = no_scratch(error)
            raise SearchError(f"workers cannot be started: {fault.message}", fault.hint) from error
        self._scratch = self._own.path
        self._environment = {
            **program_cache.variables(self._scratch),
            **os.environ,
            "KERAS_BACKEND": spec.backend,
            "TMPDIR": str(self._scratch),  # what a worker leaves that is ended goes with it
        }
        self._opening = {
            "task": spec.task,
            "folder": str(folder.absolute()),
            "backend": spec.backend,
            "scratch": str(self._scratch),
        }
        self._messages: SimpleQueue[tuple[ProcessSlot, int, dict[str, Any] | None]] = SimpleQueue()
        try:
            for slot in self.slots:
                self._start(slot)
        except BaseException:
            self.close()
            raise

    def pids(self) -> list[int]:
        """Return the number of every worker's process."""
        return [slot.process.pid for slot in self.slots]

    def close(self) -> None:
        """End all workers at once, and remove their files."""
        slots, self.slots = self.slots, []
        self._waiting.clear()
        begun = [slot for slot in slots if hasattr(slot, "process")]
        for slot in begun:
            slot.life += 1  # its messages are ignored from here on
            slot.process.ask_to_end()
        deadline = time.monotonic() + LAST_SECONDS
        for slot in begun:
            slot.process.end(max(0.0, deadline - time.monotonic()))
        self._own.remove()

    def _start(self, slot: ProcessSlot) -> None:
        """Start a slot's worker, the first one or one in place of a dead one."""
        slot.life += 1
        slot.clear()
        slot.memory_kills = memory_kills()
        life = slot.life
        slot.process = WorkerProcess(
            self.spec.module,
            {**self._environment, **slot.share.environment()},
            self._scratch / f"worker-{slot.number}.txt",
            lambda message: self._messages.put((slot, life, message)),
        )
        slot.share.pin(slot.process.pid)
        slot.process.send({"open": self._opening})  # on which it loads the backend
        slot.expect(START_SECONDS)

    def _listen(self, seconds: float) -> bool:
        try:
            slot, life, message = self._messages.get(timeout=seconds)
        except Empty:
            return False
        if life == slot.life and message is None:
            self._replace(slot, self._fail(slot, slot.why()))
        elif life == slot.life and message is not None:
            self._take(slot, message, {})
        return True

    def _replace(self, slot: ProcessSlot, reason: str) -> None:
        """Start another worker in a dead one's place, or give the place up."""
        while slot.deaths < STARTS:
            try:
                self._start(slot)
            except SearchError as error:  # the system has no room for another process
                slot.deaths += 1
                reason = error.message
            else:
                return
        self._give_up(slot, reason)

    def _send(self, slot: ProcessSlot, job: Job, message: dict[str, Any]) -> None:
        slot.memory_kills = memory_kills()
        slot.process.mark()
        slot.process.send(message)

    def _ask_to_stop(self, slot: ProcessSlot, trial: str) -> None:
        slot.process.send({"stop": trial})

    def _kill(self, slot: ProcessSlot) -> None:
        slot.process.kill()
