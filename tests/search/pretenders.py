"""Worker processes that only pretend: they load no backend, and misbehave as their jobs tell them.

A trial named "segfault" does that. What a pretender can do stands in `ACTS`.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seqtune.runtime.worker_process import pipes_aside
from seqtune.search.executor import worker


def main() -> None:
    """Pretend to be `seqtune.search.executor.worker`."""
    for name in worker.SIGNALS:
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    faulthandler.enable()
    commands, answers = pipes_aside()
    opening = json.loads(commands.readline())["open"]
    inbox, outbox = worker.Inbox(commands, opening["scratch"]), worker.Outbox(answers)
    before_ready(Path(opening["folder"]), os.environ.get("PRETENDER", ""))
    outbox.send({"ready": []})
    while True:
        trial = inbox.jobs.get()["trial"]
        outbox.send({"took": trial})
        ACTS.get(trial, finish)(Pretender(trial, inbox, outbox, answers))


class Pretender:
    """What an act can use."""

    def __init__(
        self, trial: str, inbox: worker.Inbox, outbox: worker.Outbox, answers: Any
    ) -> None:
        self.trial, self.inbox, self.outbox, self.answers = trial, inbox, outbox, answers


def before_ready(folder: Path, act: str) -> None:
    """Fail to start: always, twice, or by waiting for ever."""
    if act == "always":
        raise ImportError("no such backend")
    if act == "twice":
        starts = len(list(folder.glob("start-*")))
        (folder / f"start-{starts}").touch()
        if starts < 2:
            raise ImportError("no such backend")
    if act == "stuck":
        threading.Event().wait()


def finish(it: Pretender) -> None:
    """Tell the outcome of a trial, with what can be seen from inside."""
    values = {
        "path": sys.path,
        "variables": dict(os.environ),
    }
    result = {"kind": "result", "trial": it.trial, "status": "completed", "values": values}
    it.outbox.send({"outcome": {**result, "score": 1.0}})


def fail(it: Pretender) -> None:
    """Say that the job could not be run."""
    it.outbox.send({"fault": "ValueError: as told"})


def segfault(it: Pretender) -> None:
    """Read memory that is not there."""
    faulthandler._sigsegv()  # type: ignore[attr-defined]


def abort(it: Pretender) -> None:
    """End as a failed check in C++ ends."""
    os.write(2, b"warning: long ago\n" * 3 + b"Check failed: n > 0\n")
    os.abort()


def leave(it: Pretender) -> None:
    """End with an exit code and without a word."""
    os._exit(3)


def garble(it: Pretender) -> None:
    """Write what is no message."""
    it.answers.write(b"Epoch 1/10 [====>\n")
    it.answers.flush()
    threading.Event().wait()


def hang(it: Pretender) -> None:
    """Do nothing, for ever."""
    threading.Event().wait()


def spin(it: Pretender) -> None:
    """Be busy, for ever."""
    while True:
        pass


def print_all(it: Pretender) -> None:
    """Print in every way there is, read stdin, and finish."""
    sys.stdout.write("from Python\n")
    sys.stdout.flush()
    os.write(1, b"from C\n")
    subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
    assert sys.stdin.read() == ""
    finish(it)


def until_stopped(it: Pretender) -> None:
    """Tell epochs until somebody wants it to end."""
    for epoch in range(1, 100_000):
        it.outbox.send({"epoch": [it.trial, epoch, 100_000, 1.0 / epoch]})
        if it.trial in it.inbox.stopped:
            break
        threading.Event().wait(0.005)
    finish(it)


ACTS: dict[str, Callable[[Pretender], None]] = {
    "fail": fail,
    "segfault": segfault,
    "abort": abort,
    "leave": leave,
    "garble": garble,
    "hang": hang,
    "spin": spin,
    "print": print_all,
    "stop": until_stopped,
}
