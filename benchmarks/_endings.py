"""Ways to end a command, or to disturb it, and what may not be left of it then."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

WAYS = {
    "kill": (signal.SIGKILL, False, -9),
    "killgroup": (signal.SIGKILL, True, -9),
    "term": (signal.SIGTERM, False, 143),
    "hup": (signal.SIGHUP, False, 130),
    "int": (signal.SIGINT, False, 130),
    "termgroup": (signal.SIGTERM, True, 143),
    "intgroup": (signal.SIGINT, True, 130),
    "worker": (signal.SIGKILL, False, 0),
    "stop": (signal.SIGSTOP, True, 0),
    "random": (signal.SIGKILL, True, -9),
    "twice": (signal.SIGTERM, False, 143),
}
"""Signal, whether all processes get it, and the exit code."""

DISTURBING = ("worker", "stop")
"""After these the command goes on."""

ALONE = ("killgroup", "random")
"""After these nobody is left to remove anything."""

STAGES = ("read", "prepare", "baselines", "search", "ensemble", "refit", "score", "explain")
"""What a command tells of on stderr."""

STOPPED_SECONDS, SECOND_SECONDS = 2.0, 0.3
"""How long a command is stopped, and how long after the first signal the second one comes."""

CLEAN_SECONDS = 5.0
"""So long after its main process, workers may take to end and to remove their folder."""


@dataclass
class Watched:
    """A command under way, the leader of its session, and what it tells on stderr.

    Args:
        words: The command line.
        environment: Its environment.
    """

    words: list[str]
    environment: dict[str, str]
    stages: list[tuple[str, float]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began, self.wall = time.monotonic(), time.time()
        self.process = subprocess.Popen(
            self.words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            start_new_session=True, env=self.environment,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.told.append(line)
            word = line.split(":")[0].strip()
            if word in STAGES:
                self.stages.append((word, time.monotonic() - self.began))

    @property
    def stage(self) -> str:
        """The last stage that it told of."""
        return self.stages[-1][0] if self.stages else "start"

    def wait_for(self, stage: str, delay: float) -> None:
        """Wait until a stage has lasted so long, or the command has ended.

        Args:
            stage: Its name; empty for the beginning of the command.
            delay: Seconds.
        """
        while stage and self.process.poll() is None and stage not in dict(self.stages):
            time.sleep(0.002)
        until = time.monotonic() + delay
        while self.process.poll() is None and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.01))

    def end(self, way: str) -> None:
        """End it, or disturb it, in one of the `WAYS`."""
        pids = session(self.process.pid)
        number, is_group, _ = WAYS[way]
        if way == "worker":
            for pid in pids[-1:]:
                if pid != self.process.pid:
                    send(pid, number)
            return
        for pid in pids if is_group else [self.process.pid]:
            send(pid, number)
        if way == "stop":
            time.sleep(STOPPED_SECONDS)
            for pid in pids:
                send(pid, signal.SIGCONT)
        if way == "twice":
            time.sleep(SECOND_SECONDS)
            send(self.process.pid, number)

    def wait(self, seconds: float) -> bool:
        """Wait for its end; kill it, and say so, where that does not come."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            for pid in session(self.process.pid):
                send(pid, signal.SIGKILL)
            self.process.wait()
            return False
        self._reader.join(timeout=1.0)
        return True


def send(pid: int, number: int) -> None:
    """Send a signal to a process, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def session(leader: int) -> list[int]:
    """Return the processes of a session, the leader first."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(path.parent.name))
    return sorted(found, key=lambda pid: (pid != leader, pid))


def left_over(leader: int, scratch: Path, before: set[str], *, is_alone: bool) -> list[str]:
    """Return what a command has left behind.

    Args:
        leader: Its main process.
        scratch: The temporary folder.
        before: What was in there before.
        is_alone: Whether nobody was left to remove anything.
    """
    deadline = time.monotonic() + CLEAN_SECONDS
    while time.monotonic() < deadline and (session(leader) or names(scratch) - before):
        if is_alone and not session(leader):
            break
        time.sleep(0.05)
    faults = [f"{len(left)} processes are left"] if (left := session(leader)) else []
    for pid in left:
        send(pid, signal.SIGKILL)
    if not is_alone and (files := names(scratch) - before):
        faults.append(f"left in the temporary folder: {', '.join(sorted(files))}")
    return faults


def names(folder: Path) -> set[str]:
    """Return the names in a folder."""
    return {path.name for path in folder.iterdir()}
