"""What a worker process runs: it opens the data once and does one job after the other.

    stdin   {"open": {...}} once, then {"job": {...}, "trial": "t003"} and {"stop": "t003"};
            its end ends the worker
    stdout  {"ready": [...]} once, then {"took": "t003"}, {"epoch": ["t003", 1, 20, 0.8]},
            {"outcome": {...}}, or {"fault": "..."} where a job could not even be run

One JSON object per line, and nothing else: the two pipes are moved aside before anything is loaded,
so that a library that prints, or reads, cannot damage them. There is no other way in: no socket, no
pickle. When the master ends, however it ends, its end of stdin is closed, and the worker is gone.
"""

from __future__ import annotations

import faulthandler
import json
import os
import shutil
import signal
import threading
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO

from seqtune.runtime import backend as backends
from seqtune.runtime.allocation import keep_memory
from seqtune.runtime.interrupt import SIGNALS
from seqtune.runtime.worker_process import pipes_aside
from seqtune.search.memory import Tidier

if TYPE_CHECKING:
    from seqtune.search.problem import Problem


def main() -> None:
    """Work until stdin ends."""
    for name in SIGNALS:
        signal.signal(getattr(signal, name), signal.SIG_IGN)  # the master decides what they mean
    faulthandler.enable()
    keep_memory()
    commands, answers = pipes_aside()
    opening = json.loads(commands.readline())["open"]
    inbox = Inbox(commands, opening["scratch"])
    outbox = Outbox(answers)
    backends.activate(opening["backend"])
    # Keras is loaded from here on
    from seqtune.search.problem import Problem

    problem = Problem.open(opening["task"], Path(opening["folder"]))
    outbox.send({"ready": backends.devices()})
    serve(problem, inbox, outbox)


def serve(problem: Problem, inbox: Inbox, outbox: Outbox) -> None:
    """Do one job after the other, for ever.

    Args:
        problem: Task and data.
        inbox: Where jobs come from.
        outbox: Where outcomes go.
    """
    tidier = Tidier()
    while True:
        outbox.send(answer(inbox.jobs.get(), problem, inbox, outbox))
        tidier.tidy()


def answer(
    message: dict[str, Any], problem: Problem, inbox: Inbox, outbox: Outbox
) -> dict[str, Any]:
    """Do a job and return the message with its outcome.

    Args:
        message: A job, as `search.wire` encodes it.
        problem: Task and data.
        inbox: Knows whether the job is to end early.
        outbox: Takes the epochs.
    """
    from seqtune.search.schedule import Watch
    from seqtune.search.trial import reason_of
    from seqtune.search.wire import decode, encode

    class Inside(Watch):
        """Follows the job from this process."""

        def epoch(self, epoch: int, epochs: int, score: float) -> None:
            """Tell the master."""
            outbox.send({"epoch": [job.trial, epoch, epochs, score]})

        def is_over(self) -> bool:
            """Say whether the master wants it to end."""
            return job.trial in inbox.stopped

    try:
        job = decode(message)
        outbox.send({"took": job.trial})
        done = {"outcome": encode(job.run(problem, Inside()))}
        json.dumps(done, allow_nan=False)
    except Exception as error:  # a job does not raise; one that does costs a trial all the same
        return {"fault": reason_of(error)}
    return done


class Inbox:
    """Reads what the master says, in a thread of its own: it is heard in the middle of training.

    Args:
        commands: The pipe.
        scratch: A folder that goes when the master went without removing it.

    Attributes:
        jobs: Jobs to do, encoded.
        stopped: Trials that are to end at their best epoch.
    """

    def __init__(self, commands: BinaryIO, scratch: str) -> None:
        self.jobs: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.stopped: set[str] = set()
        self._commands, self._scratch = commands, scratch
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def _read(self) -> None:
        try:
            for line in self._commands:
                self._take(json.loads(line))
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)
            os._exit(0)  # whatever the main thread is doing

    def _take(self, message: dict[str, Any]) -> None:
        if "stop" in message:
            self.stopped.add(message["stop"])
        else:
            # a trial that goes on has the name of the one that was stopped
            self.stopped.discard(message["trial"])
            self.jobs.put(message["job"])


class Outbox:
    """Writes to the master.

    Args:
        answers: The pipe.
    """

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers

    def send(self, message: dict[str, Any]) -> None:
        """Write a message; NaN and infinity are refused, as in every file of a run."""
        line = json.dumps(message, allow_nan=False).encode() + b"\n"
        with suppress(OSError):  # the master is gone; the inbox finds that out and ends it all
            self._answers.write(line)
            self._answers.flush()
