"""What a tracker is fed with: a queue, and a thread that empties it into the tracker's process."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from seqtune.errors import SearchError
from seqtune.progress import Event
from seqtune.runtime.worker_process import WorkerProcess
from seqtune.trackers._contract import Outcome, Tracked
from seqtune.trackers._process import message_of, reason_of

MOST_WAITING = 2000
"""Events that may wait for a tracker."""

SLOWEST_SECONDS = 120.0
"""So long a tracker may take to start, or over one event. A database is made in seconds, but on a
machine that is all the search's in many more."""

MODULE = "seqtune.trackers._process"


class Feed:
    """A tracker as the search sees it: nothing here waits for it, and nothing raises.

    Args:
        name: The tracker.
        run: What it tracks.
        words: The file that takes what the tracker's library prints.

    Attributes:
        fault: Why the tracker has been dropped; empty while it has not.
    """

    def __init__(self, name: str, run: Tracked, words: Path) -> None:
        self.name, self.fault = name, ""
        self._waiting: SimpleQueue[dict[str, Any] | None] = SimpleQueue()  # a signal may put, too
        self._sent = self._taken = 0
        self._moved = time.monotonic()
        self._over = threading.Event()
        self._is_done = False
        try:
            self._process = WorkerProcess(MODULE, os.environ, words, self._hear)
        except SearchError as error:
            self.fault = error.message
            return
        self._put({"tracker": name, "run": asdict(run), "pid": os.getpid()})
        threading.Thread(target=self._write, daemon=True).start()

    def hear(self, event: Event) -> None:
        """Pass an event on; a tracker that cannot keep up is dropped."""
        if self.fault:
            return
        is_idle = self._sent == self._taken
        if is_idle:
            self._moved = time.monotonic()
        if self._waiting.qsize() >= MOST_WAITING:
            self._drop(f"it is too slow: {MOST_WAITING} events were waiting")
        elif time.monotonic() - self._moved > SLOWEST_SECONDS:
            self._drop(f"it has not moved for {SLOWEST_SECONDS:.0f} seconds")
        else:
            self._put(message_of(event))

    def end(self, outcome: Outcome) -> None:
        """Tell what the run came to, without waiting."""
        if not self.fault:
            self._put({"end": _plain(asdict(outcome))})

    def wait(self, seconds: float) -> None:
        """Wait until the tracker has written everything; drop it where it takes longer.

        Args:
            seconds: How long to wait at most.
        """
        if not self.fault and not self._over.wait(seconds):
            self._drop("it did not end in time")
        self.close()

    def close(self) -> None:
        """End the process, by force where it is still there."""
        if hasattr(self, "_process"):
            self._waiting.put(None)
            self._process.end(0.0 if self.fault or not self._is_done else 1.0)

    def _put(self, message: dict[str, Any]) -> None:
        self._sent += 1
        self._waiting.put(message)

    def _drop(self, why: str) -> None:
        self.fault = self.fault or why
        if hasattr(self, "_process"):
            self._process.kill()

    def _write(self) -> None:
        """Empty the queue into the process, in a thread of its own."""
        try:
            while (message := self._waiting.get()) is not None and not self.fault:
                self._process.mark()
                self._process.send(message)
            self._process.ask_to_end()
        except (TypeError, ValueError) as error:  # no JSON; or the pipe is closed, and all is over
            self.fault = self.fault or reason_of(error)
            self._over.set()

    def _hear(self, message: dict[str, Any] | None) -> None:
        """Hear the process, in a thread of its own; None when it has gone."""
        if message is None:
            if not self._is_done:
                self.fault = self.fault or self._last_words()
            self._over.set()
        elif "taken" in message:
            self._taken, self._moved = self._taken + 1, time.monotonic()
        elif "fault" in message:
            self.fault = self.fault or str(message["fault"])
        else:
            self._is_done = True
            self._over.set()

    def _last_words(self) -> str:
        """Return that the process has died, with the last that it said."""
        said = self._process.words().split("\n")
        last = next((line for line in reversed(said) if line.strip()), "")
        return reason_of(f"its process died: {last}" if last else "its process died")


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Path) else value for name, value in fields.items()
    }
