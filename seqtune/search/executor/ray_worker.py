"""What a node of a Ray cluster runs: an actor that looks after one worker process.

The actor is small: it puts the data where the worker finds it, starts a worker process beside
itself (`search.executor.worker`, as on a single machine), and passes messages on. So the backend is
loaded into a fresh process with its own variables, and a crash has the reason that the system
gives. When the actor is gone, however it went, the pipe to the worker closes: the worker ends and
takes its folder with it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import ray
from filelock import FileLock
from ray.util import get_node_ip_address

import seqtune
from seqtune.errors import SearchError, SeqtuneError
from seqtune.runtime.own_folder import OwnFolder, is_own
from seqtune.runtime.worker_process import WorkerProcess
from seqtune.search.executor._death import death_reason, memory_kills
from seqtune.search.executor.bundle import Bundle, collect, deliver, unpack

HERE = "{here}"
"""Stands, in the variables of a worker, for its folder."""

BESIDE = "beside"
"""The thread for what must not keep other calls waiting."""

WORDS = "stderr.txt"

KIND = "seqtune-node-"
"""What the names of workers' folders begin with."""

Message = tuple[str, dict[str, bytes]]
"""JSON text, and the files that go with it."""


class RayWorker:
    """A worker on another machine, as its master calls it.

    `poll` runs beside the other methods; those run one after the other, in the order of the calls.

    Args:
        where: Finds out on which node this is, and its address.
    """

    def __init__(self, where: Callable[[], tuple[str, str]] | None = None) -> None:
        self.where = where or node_and_address
        self._messages: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._names: Sequence[str] = ()
        self._sent: Mapping[str, bytes] = {}
        self._memory_kills = 0
        self._process: WorkerProcess | None = None

    def open(self, opening: Mapping[str, Any], bundle: Bundle) -> None:
        """Remember the settings of workers, and start the first one; `poll` returns how that went.

        Args:
            opening: The version of the master; name of the search, of the module, of the task and
                of the backend; variables of the worker.
            bundle: The data.
        """
        node, address = self.where()
        self._opening, self._bundle, self._node = opening, bundle, node
        self._messages.put({"here": [node, address]})
        self.start()

    def start(self) -> None:
        """Start a worker process, the first one or one in place of a dead one."""
        try:
            self._start()
        except (SeqtuneError, OSError) as error:
            self._messages.put({"refused": str(error)})

    def _start(self) -> None:
        opening = self._opening
        if seqtune.__version__ != opening["version"]:
            raise SearchError(
                f"seqtune {seqtune.__version__} is installed there, but {opening['version']} here"
            )
        self._name = f"{KIND}{opening['search']}-{self._node}"
        self._own = data_folder(self._name, self._bundle)
        self._folder = self._own.path
        variables = {
            name: value.replace(HERE, str(self._folder))
            for name, value in opening["variables"].items()
        }
        self._memory_kills = memory_kills()
        self._process = WorkerProcess(
            opening["module"],
            {**os.environ, **variables},
            self._folder / WORDS,
            self._messages.put,
        )
        settings = {name: opening[name] for name in ("task", "backend")}
        folder = str(self._folder)
        self._process.send({"open": {**settings, "folder": folder, "scratch": folder}})

    def submit(
        self, job: Mapping[str, Any], files: Mapping[str, bytes], names: Sequence[str]
    ) -> None:
        """Give the worker a job.

        Args:
            job: The message to the worker.
            files: What it needs.
            names: What it may leave.
        """
        if self._process is None:
            return
        self._names, self._sent = names, files
        try:
            deliver(files, self._folder, files)
        except SeqtuneError as error:
            self._messages.put({"fault": error.message})
            return
        self._memory_kills = memory_kills()
        self._process.mark()
        self._process.send(dict(job))

    def stop(self, trial: str) -> None:
        """Ask the worker to end a trial at its best epoch."""
        if self._process is not None:
            self._process.send({"stop": trial})

    def kill(self) -> None:
        """End the worker by force; `poll` returns that it died."""
        if self._process is not None:
            self._process.kill()

    @ray.method(concurrency_group=BESIDE)  # type: ignore[misc, untyped-decorator, unused-ignore]
    def poll(self, seconds: float) -> list[Message]:
        """Return what the worker has said, as soon as there is something.

        Args:
            seconds: How long to wait at most.
        """
        said: list[Message] = []
        with suppress(Empty):
            said.append(self._packed(self._messages.get(timeout=seconds)))
            while True:
                said.append(self._packed(self._messages.get_nowait()))
        return said

    def end(self) -> None:
        """End the worker at once, and remove its files."""
        if self._process is not None:
            self._process.ask_to_end()
            self._process.end()
            self._own.remove()
            lock_of(self._name).unlink(missing_ok=True)

    def _packed(self, message: dict[str, Any] | None) -> Message:
        """Return a message as it travels, with the files of a job that has ended."""
        if message is None:
            message = {"died": self._why()}
        if not message.keys() & {"outcome", "fault"}:
            return json.dumps(message), {}
        files = collect(self._names, self._folder, self._sent)
        for name in {*self._names, *self._sent}:
            (self._folder / name).unlink(missing_ok=True)
        return json.dumps(message), files if "outcome" in message else {}

    def _why(self) -> str:
        """Return why the worker is dead."""
        assert self._process is not None
        code = self._process.end()
        words = self._process.words()
        self._own.remove()
        if self._process.is_garbled:
            return "the worker died: it sent an invalid message"
        return death_reason(code, words, is_memory=memory_kills() > self._memory_kills)


def node_and_address() -> tuple[str, str]:
    """Return the name of this node and its address."""
    return str(ray.get_runtime_context().get_node_id())[:16], str(get_node_ip_address())


def data_folder(name: str, bundle: Bundle) -> OwnFolder:
    """Make a private folder with the data in it, for one worker.

    Workers of a node have hard links to the same files: one copy on disk, and in memory.

    Args:
        name: The same for all workers of a node in a search, and nowhere else.
        bundle: The data, which is written where no other worker of the node has it.
    """
    top = Path(tempfile.gettempdir())
    with FileLock(lock_of(name)):
        others = [path for path in top.glob(f"{name}-*") if path.is_dir() and is_own(path)]
        folder = OwnFolder(f"{name}-", KIND)
        if not any(link(other, folder.path, bundle) for other in others):
            unpack(bundle, folder.path)
    return folder


def lock_of(name: str) -> Path:
    """Return the file that the workers of a node lock while they look for the data."""
    return Path(tempfile.gettempdir()) / f"{name}.lock"


def link(source: Path, target: Path, bundle: Bundle) -> bool:
    """Link the files of a bundle from one folder into another; say whether all of them are there.

    Args:
        source: Where another worker may have them; it may vanish at any time.
        target: An own folder.
        bundle: What files there are.
    """
    try:
        for name, content in bundle.items():
            if (source / name).stat().st_size != content.nbytes:
                return False
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).unlink(missing_ok=True)
            os.link(source / name, target / name)
    except OSError:
        return False
    return True
