"""The process of a tracker: it does what the search tells it, one thing after the other.

stdin   {"tracker": "mlflow", "run": {...}, "pid": 1} once, then {"event": "EpochEnded", ...},
        then {"end": {...}}; where it ends before that, the search is gone
stdout  {"taken": true} for every line, and {"done": true} or {"fault": "..."} in the end
"""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO, NoReturn

from seqtune import progress
from seqtune.errors import literal
from seqtune.files import finite
from seqtune.progress import Event
from seqtune.registry import trackers
from seqtune.runtime.interrupt import SIGNALS
from seqtune.runtime.worker_process import pipes_aside
from seqtune.trackers._contract import Outcome, Tracked, Tracker, Usage
from seqtune.trackers._usage import UsageMeter

SAMPLE_SECONDS = 10.0
"""So often the use of the machine is measured."""

LAST_SECONDS = 10.0
"""So long the process may live on where the search has gone without a word."""

NICENESS = 10
"""How far the process stands back behind the search, which has the cores first."""

LONGEST = 300
"""Characters of a fault at most."""

SECRET = re.compile(r"(?<=//)[^/@\s]+@")
"""A name and a password in an address."""


def message_of(event: Event) -> dict[str, Any]:
    """Return an event as JSON holds it; a figure that is not finite becomes null.

    Example:
        >>> message_of(Note("two rows left out"))
        {'event': 'Note', 'text': 'two rows left out'}
    """
    fields = {
        name: finite(value) if isinstance(value, float) else value
        for name, value in asdict(event).items()
    }
    return {"event": type(event).__name__, **fields}


def event_of(message: Mapping[str, Any]) -> Event:
    """Return the event that `message_of` has written."""
    fields = dict(message)
    event: Event = getattr(progress, fields.pop("event"))(**fields)
    return event


def reason_of(fault: BaseException | str) -> str:
    """Return a fault on one line, without what lets others in."""
    text = " ".join(str(fault).split()) or type(fault).__name__
    text = literal(SECRET.sub("", text))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def main() -> None:
    """Track one run, and end."""
    for name in SIGNALS:
        signal.signal(getattr(signal, name), signal.SIG_IGN)  # the search decides what they mean
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    commands, answers = pipes_aside()
    try:
        _serve(commands, answers)
    except BaseException as error:
        _leave(answers, {"fault": reason_of(error)}, 1)
    _leave(answers, {"done": True}, 0)


def _serve(commands: BinaryIO, answers: BinaryIO) -> None:
    """Do what is said on stdin until its end."""
    inbox: SimpleQueue[Any] = SimpleQueue()
    opening = json.loads(commands.readline())
    tracker: Tracker = trackers[opening["tracker"]].start(Tracked(**opening["run"]))
    _say(answers, {"taken": True})
    meter = UsageMeter(opening["pid"])
    for act, words in ((_read, (commands, inbox)), (_sample, (meter, inbox))):
        threading.Thread(target=act, args=words, daemon=True).start()
    while True:
        message = inbox.get()
        if isinstance(message, Usage):
            tracker.measure(message)
            continue
        if message is None:
            tracker.end(Outcome("died"))
            return
        if "end" in message:
            tracker.end(_outcome_of(message["end"]))
            return
        tracker.hear(event_of(message))
        _say(answers, {"taken": True})


def _outcome_of(fields: Mapping[str, Any]) -> Outcome:
    paths = {name: Path(fields[name]) if fields[name] else None for name in ("files", "bundle")}
    return Outcome(fields["status"], fields["report"], **paths)


def _read(commands: BinaryIO, inbox: SimpleQueue[Any]) -> None:
    """Pass on what the search says; when it is gone, have this process not outlive it for long."""
    for line in commands:
        inbox.put(json.loads(line))
    inbox.put(None)
    late = threading.Timer(LAST_SECONDS, os._exit, (1,))
    late.daemon = True
    late.start()


def _sample(meter: UsageMeter, inbox: SimpleQueue[Any]) -> None:
    pause = threading.Event()
    meter.read()
    while not pause.wait(SAMPLE_SECONDS):
        usage = meter.read()
        if usage is not None:
            inbox.put(usage)


def _say(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


def _leave(answers: BinaryIO, message: dict[str, Any], code: int) -> NoReturn:
    """End at once: what a library would still do when Python ends has no say in it."""
    try:
        _say(answers, message)
    finally:
        os._exit(code)
