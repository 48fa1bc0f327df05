"""Several processes that share a port: started together, replaced when one dies, ended together."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from socket import socket
from typing import Any

from seqtune.errors import RunError, SeqtuneError

FAILED_TO_START = 3
"""Exit code of a process that could not load its models; another one could not either."""

PAUSE_SECONDS = 1.0
"""So long it is waited before a process that died is replaced."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Work:
    """What a process does.

    Args:
        serve: Loads models and serves them on a socket until a signal comes; of a module, so that
            another process finds it.
        arguments: Handed to it before the socket.
    """

    serve: Callable[..., None]
    arguments: tuple[Any, ...]

    def __call__(self, listener: socket) -> None:
        """Do it, and end the process in two lines where it cannot begin."""
        threading.Thread(target=_end_with_parent, daemon=True).start()
        try:
            self.serve(*self.arguments, listener)
        except SeqtuneError as error:
            lines = [f"error: {error.message}", *([f"hint: {error.hint}"] if error.hint else ())]
            print("\n".join(lines), file=sys.stderr)  # noqa: T201
            sys.exit(FAILED_TO_START)


def serve_by_processes(work: Work, listener: socket, count: int, say: Say) -> None:
    """Run so many processes until a signal comes, then let them end what they answer.

    Args:
        work: What each does.
        listener: The socket that they share.
        count: How many processes.
        say: Hears of processes that died.

    Raises:
        RunError: One could not load its models.
    """
    context = multiprocessing.get_context("spawn")  # threads of libraries do not outlive a fork

    def start() -> Any:
        process = context.Process(target=work, args=(listener,))
        process.start()
        return process

    with _signals() as is_ended:
        processes = [start() for _ in range(count)]
        try:
            while not is_ended():
                wait([process.sentinel for process in processes], timeout=0.2)
                for place, process in enumerate(processes):
                    if process.exitcode is None or is_ended():
                        continue
                    if process.exitcode == FAILED_TO_START:
                        raise RunError("a process could not load its models", "seqtune doctor")
                    say(f"process {process.pid} died (exit code {process.exitcode}): replaced")
                    time.sleep(PAUSE_SECONDS)
                    processes[place] = start()
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.join()


@contextmanager
def _signals() -> Iterator[Callable[[], bool]]:
    """Note signals instead of being ended by them; give what says whether one came."""
    came: list[int] = []
    signals = (signal.SIGINT, signal.SIGTERM)
    earlier = {each: signal.signal(each, lambda number, _: came.append(number)) for each in signals}
    wakeup = signal.set_wakeup_fd(-1)  # whoever ends commands that do not hear waits less long
    try:
        yield lambda: bool(came)
    finally:
        signal.set_wakeup_fd(wakeup)
        for each, handler in earlier.items():
            signal.signal(each, handler)


def _end_with_parent() -> None:
    """End this process when the one that started it is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
