"""A process that works for this one: messages go in, messages come out, and it may die.

`WorkerProcess` is how its master sees it; in the process itself, `pipes_aside` comes first.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from seqtune.errors import SearchError
from seqtune.runtime.import_paths import import_paths
from seqtune.runtime.interrupt import SIGNALS

START = """
import sys
sys.path[:] = sys.argv[2:]
from importlib import import_module
import_module(sys.argv[1]).main()
"""
"""A worker imports from the same folders as its master, not from its working folder."""

MAX_WORDS = 2**20
"""Bytes on stderr that are kept; a library that warns at every step must not fill the disk."""

TAIL = 2**14
"""Bytes of them that are read when the process has died."""

LAST_SECONDS = 2.0
"""How long a process may take to be gone after it has closed its pipe or was killed."""


class WorkerProcess:
    """A process that runs a module's `main`, JSON lines on its stdin and stdout.

    It is no `multiprocessing` process: those load the user's script again, and fail in scripts
    without a guard around their main part, in notebooks, and in `python -c`.

    Args:
        module: What it runs.
        environment: All its variables.
        words: The file that takes what it writes on stderr.
        hear: Called with every message, in a thread, and with None when there are no more.

    Attributes:
        is_garbled: Whether it was killed because it wrote an invalid message.
    """

    def __init__(
        self,
        module: str,
        environment: Mapping[str, str],
        words: Path,
        hear: Callable[[dict[str, Any] | None], None],
    ) -> None:
        self.is_garbled = False
        self._words, self._mark = words, 0
        try:
            words.unlink(missing_ok=True)
            with words.open("ab") as stderr, _interrupts_held():
                self._process = subprocess.Popen(
                    [sys.executable, "-c", START, module, *import_paths()],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    env=dict(environment),
                )
        except OSError as error:
            raise SearchError(
                f"a worker process cannot be started: {error}", "--executor inline"
            ) from error
        self._reader = threading.Thread(target=self._read, args=(hear,), daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def send(self, message: dict[str, Any]) -> None:
        """Write a message; one to a process that has just died is lost, as the process is."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(json.dumps(message, allow_nan=False).encode() + b"\n")
            self._process.stdin.flush()

    def mark(self) -> None:
        """Forget what was written on stderr so far."""
        with suppress(OSError):
            self._mark = self._words.stat().st_size
            if self._mark > MAX_WORDS:
                os.truncate(self._words, 0)
                self._mark = 0

    def words(self) -> str:
        """Return the end of what was written on stderr since the mark."""
        try:
            with self._words.open("rb") as file:
                file.seek(max(self._mark, file.seek(0, os.SEEK_END) - TAIL))
                return file.read().decode("utf-8", errors="replace")
        except OSError:
            return ""

    def ask_to_end(self) -> None:
        """Close its stdin, on which it ends at once."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()

    def kill(self) -> None:
        """End it by force."""
        self._process.kill()

    def end(self, seconds: float = LAST_SECONDS) -> int:
        """Wait until it is gone, by force if that takes long, and return its exit code.

        Args:
            seconds: How long to wait before it is killed.
        """
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        self.ask_to_end()
        self._reader.join(LAST_SECONDS)
        if self._process.stdout is not None and not self._reader.is_alive():
            self._process.stdout.close()
        return code

    def _read(self, hear: Callable[[dict[str, Any] | None], None]) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                hear(dict(json.loads(line)))
        except (ValueError, TypeError):
            self.is_garbled = True
            self.kill()
        finally:
            hear(None)


def pipes_aside() -> tuple[BinaryIO, BinaryIO]:
    """Keep stdin and stdout for messages; libraries find an empty stdin, and print on stderr."""
    commands, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return commands, answers


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let a process that is started here not die of a Ctrl-C before it can ignore it.

    A signal that is blocked stays so in the child; it reaches this process afterwards.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    ours = {getattr(signal, name) for name in SIGNALS}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ours)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
