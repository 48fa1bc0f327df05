"""A worker on a node that only pretends: it loads no backend, and does what it is told.

What it is to do stands in the configuration of a trial, below "act".
"""

from __future__ import annotations

import faulthandler
import json
import os
import threading
from pathlib import Path
from typing import Any

from seqtune.runtime.worker_process import pipes_aside
from seqtune.search.executor import worker


def main() -> None:
    """Pretend to be `seqtune.search.executor.worker`."""
    faulthandler.enable()
    commands, answers = pipes_aside()
    opening = json.loads(commands.readline())["open"]
    inbox, outbox = worker.Inbox(commands, opening["scratch"]), worker.Outbox(answers)
    folder = Path(opening["folder"])
    outbox.send({"ready": []})
    while True:
        job = inbox.jobs.get()
        outbox.send({"took": job["trial"]})
        act(job, folder, inbox, outbox)


def act(job: dict[str, Any], folder: Path, inbox: worker.Inbox, outbox: worker.Outbox) -> None:
    """Do what a job says, and tell its outcome with what can be seen from here."""
    trial, values = job["trial"], job["values"]
    if values["act"] == "segfault":
        faulthandler._sigsegv()  # type: ignore[attr-defined]
    if values["act"] == "hang":
        threading.Event().wait()
    if values["act"] == "until stopped":
        outbox.send({"epoch": [trial, 1, 9, 0.5]})
        while trial not in inbox.stopped:
            threading.Event().wait(0.01)
    seen = {
        "files": sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*")),
        "variables": dict(os.environ),
        "pid": os.getpid(),
    }
    if values["act"] != "leave nothing":
        write(folder / "models" / f"{trial}.keras", b"a network")
        write(folder / "trials" / f"{trial}.npy", b"predictions")
    result = {"kind": "result", "trial": trial, "status": "completed", "score": 1.0}
    outbox.send({"outcome": {**result, "values": {**values, **seen}}})


def write(path: Path, content: bytes) -> None:
    """Leave a file."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
