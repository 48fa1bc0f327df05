"""The run folder: its names, who may write into it, and the record of what the run is.

recipe.yaml        every default and inferred value filled in
run.json           format, versions, seed, data, devices, status, figures
trials.jsonl       a line per trial
leaderboard.json   every model that was scored
members.json       which networks, with which weights, stand behind each row of it
codec.json         what was fitted on training data
data/              the prepared arrays
models/            *.keras
trials/            validation predictions of each trial
oracle/            the state of the search
refit.json         from which run it was refitted, how that one did, and what has drifted
warm/              networks that trials begin with, until they have ended
log.txt            what happened, with times
run.lock           who works in it, while somebody does
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from seqtune.errors import RunError
from seqtune.files import (
    FULL,
    damaged,
    hint_of,
    make_folder,
    synchronise_folder,
    write_json,
)
from seqtune.run.lock import LOCK, RunLock, holder, in_use
from seqtune.run.untrusted import check_inside, is_duration, read_part
from seqtune.search.recorded import shown

FORMAT = 1
"""Grows when a run folder of an earlier version cannot be read any more."""

RECORD = "run.json"
STATE = "oracle/state.json"

STATUSES = ("complete", "interrupted", "running")

LEFT_OUT = "left_out"
"""The key of the record that says which simple methods were not run, as soon as all had their
turn."""

NEEDED = ("task", "status", "data", "seed", "backend")


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _is_text_by_name(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _is_duration_by_name(value: object) -> bool:
    return isinstance(value, dict) and all(is_duration(number) for number in value.values())


SOUND: Mapping[str, Callable[[Any], bool]] = {
    "task": lambda task: isinstance(task, str) and task.isidentifier(),
    "status": lambda status: status in STATUSES,
    "data": lambda data: isinstance(data, dict),
    "seed": lambda seed: type(seed) is int and 0 <= seed < 2**31,
    "backend": lambda backend: isinstance(backend, str),
    "began": lambda began: isinstance(began, str),
    "budget_seconds": is_duration,
    "seconds": _is_duration_by_name,
    LEFT_OUT: _is_text_by_name,
    "notes": _are_texts,
    "future": _are_texts,
    "assumptions": lambda assumptions: (
        isinstance(assumptions, list) and all(map(_is_text_by_name, assumptions))
    ),
    "workers": lambda workers: (
        isinstance(workers, list) and all(map(_is_duration_by_name, workers))
    ),
}
"""What the keys of `run.json` that seqtune reads may hold, where they are there."""


@dataclass(frozen=True)
class NewFolder:
    """The folder of a run that is being made.

    Args:
        path: The folder.
        lock: The right to write into it.
        was_there: Whether it was there before.
    """

    path: Path
    lock: RunLock
    was_there: bool

    @classmethod
    def create(cls, out: str | Path | None, data_name: str, task: str) -> NewFolder:
        """Create the folder of a new run, and lock it.

        Args:
            out: The folder the user wants; None for `runs/<data>-<task>-<n>`.
            data_name: The data file's name without endings.
            task: The task.

        Raises:
            RunError: The folder is occupied or cannot be created.
        """
        was_there = out is not None and Path(out).is_dir()
        path = create_folder(out, data_name, task)
        created = cls(path, RunLock(path), was_there)
        try:
            created.lock.acquire()
        except RunError:
            created.remove()
            raise
        try:
            check_vacant(path)  # nobody was quicker
        except RunError:
            created.lock.release()
            raise
        return created

    def discard(self) -> None:
        """Remove what was written; a folder that was there before stays."""
        for path in self.path.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != LOCK:
                path.unlink(missing_ok=True)
        self.lock.release()
        self.remove()

    def remove(self) -> None:
        """Remove the folder, if it is new and empty."""
        if not self.was_there:
            with suppress(OSError):
                self.path.rmdir()


def create_folder(out: str | Path | None, data_name: str, task: str) -> Path:
    """Create the folder of a new run.

    Args:
        out: The folder the user wants; None for `runs/<data>-<task>-<n>`.
        data_name: The data file's name without endings.
        task: The task.

    Raises:
        RunError: The folder is occupied or cannot be created.
    """
    if out is not None:
        check_vacant(Path(out))
    try:
        if out is not None:
            make_folder(Path(out))
            return Path(out)
        stem = re.sub(r"[^\w.-]+", "_", data_name) or "data"
        for number in range(1, 1_000_000):
            path = Path("runs") / f"{stem}-{task}-{number}"
            make_folder(path.parent)
            try:
                path.mkdir()
            except FileExistsError:
                continue
            try:
                synchronise_folder(path.parent)
            except OSError:
                path.rmdir()
                raise
            return path
    except OSError as error:
        hint = hint_of(error) if error.errno in FULL else "choose another place"
        raise RunError(
            f"the run folder {out or 'runs'} cannot be created: {error.strerror or error}",
            f"{hint}: --out DIR",
        ) from error
    raise RunError("runs/ is full", "choose another place: --out DIR")


def check_vacant(path: Path) -> None:
    """Refuse a place that holds a run or anything else; nothing is ever written over.

    Raises:
        RunError: The place is occupied, or cannot be written.
    """
    if path.exists() and not path.is_dir():
        raise RunError(
            f"{path} is a file; --out needs a folder that does not exist yet", _out(f"{path}-run")
        )
    if (path / RECORD).exists():
        raise RunError(f"{path} already holds a run", _out(f"{path}-2"))
    held = {found.name for found in path.iterdir()} if path.is_dir() else set()
    if held == {LOCK} and not holder(path):
        return
    if (dead := died_early(path)) is not None:
        raise RunError(dead.message, f"{dead.hint}, or {_out(f'{path}-2')}")
    if held - {LOCK}:
        raise RunError(f"the folder {path} is not empty", _out(f"{path / 'run'}"))


def died_early(path: Path) -> RunError | None:
    """Return the error that a fit was killed while it prepared a folder; None where it was not.

    Nothing in there is of any use, but nobody but the user can say that nothing of his is.
    """
    if (path / RECORD).exists() or not (path / LOCK).is_file() or holder(path) is not None:
        return None
    return RunError(
        f"{path} holds a fit that died before its data was prepared",
        f"rm -r {shlex.quote(str(path))}",
    )


def _out(path: str) -> str:
    return f"--out {shlex.quote(path)}"


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """Write `run.json`."""
    write_json(folder / RECORD, {"format": FORMAT, **record})


def read_record(folder: Path) -> dict[str, Any]:
    """Read `run.json`, and look at what else is in the folder.

    Raises:
        RunError: There is no run, it is damaged, leads out of its folder, or has a newer format.
    """
    if folder.is_file():
        reason = f"{folder} is a file, expected a run folder: a bundle can predict and be served"
        raise RunError(reason, f"seqtune report {shlex.quote(str(folder))}")
    if not folder.is_dir():
        raise RunError(f"there is no run folder {folder}", "seqtune runs")
    if not (folder / RECORD).is_file():
        if (dead := died_early(folder)) is not None:
            raise dead
        if (who := holder(folder)) is not None:  # it prepares its data
            raise in_use(folder, who)
        raise RunError(f"{folder} is not a run folder: it has no {RECORD}", "seqtune runs")
    check_inside(folder)
    record = read_part(folder / RECORD)
    if not isinstance(record, dict) or type(record.get("format")) is not int:
        raise damaged(folder / RECORD, "it states no format")
    if record["format"] > FORMAT:
        raise RunError(
            f"{folder} has run format {record['format']}; this seqtune reads up to {FORMAT}",
            "pip install --upgrade seqtune",
        )
    missing = [key for key in NEEDED if key not in record]
    if missing:
        raise damaged(folder / RECORD, f"it lacks {', '.join(missing)}")
    for key, is_sound in SOUND.items():
        if key in record and not is_sound(record[key]):
            raise damaged(folder / RECORD, f"found {key}: {shown(record[key])}")
    return record


def read_state(folder: Path) -> dict[str, Any] | None:
    """Read what a search kept to be gone on with; None where it kept nothing.

    Raises:
        RunError: The file is damaged.
    """
    path = folder / STATE
    if not path.exists():
        return None
    state = read_part(path)
    if not isinstance(state, dict) or not is_duration(state.get("elapsed", 0.0)):
        raise damaged(path, f"found {shown(state)}")
    return state


def now() -> str:
    """Return the time of day in UTC, ISO 8601 to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
