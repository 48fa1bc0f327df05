"""A small search on a disk that fails, and what must hold afterwards."""

from __future__ import annotations

import errno
import json
import re
from pathlib import Path

import command_line
from command_line import TINY, weekly
from faulty_disk import FaultyDisk

FAULTS = (errno.ENOSPC, errno.EIO, errno.EMFILE)


def one_fault(folder: Path, call: str, first: int, error: int, count: int = 1) -> list[str]:
    """Fit on a disk that fails, use what is left, and return what is wrong with it.

    Args:
        folder: An empty folder.
        call: Which call fails.
        first: The first of them that fails.
        error: What with.
        count: How many of them fail.
    """
    out = folder / "run"
    weekly(60).to_csv(folder / "sales.csv", index=False)
    disk = FaultyDisk((out,), call, first, error, count)
    words = ("fit", folder / "sales.csv", "--task", "forecast", *TINY, "--out", out)
    with disk.inserted():
        done = command_line.seqtune(*words, "--quiet", code=None)
    faults = _faults_of(done)
    if done.code and not (out / "run.json").exists():
        return faults + ([f"{out} is left"] if out.exists() else [])
    before = _trials(out)
    if call != "unlink":  # what could not be removed then is removed by `resume`
        faults += [f"litter: {name}" for name in _litter(out)]
    told = command_line.seqtune("report", out, "--json", code=None)
    if told.code:
        faults.append(f"no report: {told.err}")
    elif told.json["status"] == "running":
        faults.append("it is said to be running")
    predicted = command_line.seqtune("predict", out, code=None)
    if predicted.code and "has nothing that can predict" not in predicted.err:
        faults.append(f"no prediction: {predicted.err}")
    resumed = command_line.seqtune("resume", out, "--json", "--quiet", code=None)
    if resumed.code and "is complete" not in resumed.err:
        faults.append(f"it cannot be gone on with: {resumed.err}")
    faults += [f"litter: {name}" for name in _litter(out)]
    if json.loads((out / "run.json").read_text())["status"] != "complete":
        faults.append("it does not come to an end")
    if lost := before - _trials(out):
        faults.append(f"lost: {lost}")
    return faults


def _faults_of(done: command_line.Done) -> list[str]:
    """Return what is wrong with how a command said what it could not do."""
    if done.code == 0:
        return []
    is_sound = re.search(r"(^|\n)error: [^\n]+\nhint: [^\n]+\n$", done.err)
    return [] if done.code == 1 and is_sound else [f"exit code {done.code}: {done.err}"]


def _trials(out: Path) -> set[str]:
    path = out / "trials.jsonl"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return {json.loads(line)["trial"] for line in text.split("\n") if line}


def _litter(out: Path) -> list[str]:
    names = [path.name for path in out.rglob("*")]
    return [
        name for name in names if name.startswith((".seqtune-", ".data-")) or name == "run.lock"
    ]
