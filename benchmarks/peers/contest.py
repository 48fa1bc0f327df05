"""One method on one data set: its runner, started, watched and killed in time."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environments import REPORTED, interpreter, versions
from methods import Method
from panels import Panel

RUNNERS = Path(__file__).resolve().parent / "runners"
GRACE = 1.3
"""A runner may take this many budgets until it has forecast from the first cut-off, and as many
again for the other cut-offs together."""


@dataclass(frozen=True)
class Terms:
    """What every method is given.

    Args:
        budget: Seconds.
        seed: Of what is random.
        environments: The folder of virtual environments.
    """

    budget: float
    seed: int
    environments: Path


def hold(method: Method, panel: Panel, terms: Terms, folder: Path) -> dict[str, Any]:
    """Run one method on one data set, and leave what it forecast and what it cost.

    Args:
        method: What is run.
        panel: What it forecasts.
        terms: Budget, seed, environments.
        folder: Takes forecasts.csv, forecasts.json, log.txt and result.json.

    Returns:
        What result.json holds: status ("done", "killed" or "failed"), seconds, detail, versions,
        date.
    """
    folder.mkdir(parents=True, exist_ok=True)
    forecasts, told = folder / "forecasts.csv", folder / "forecasts.json"
    told.unlink(missing_ok=True)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="contest-") as scratch,
        (folder / "log.txt").open("w") as log,
    ):
        files = histories(panel, Path(scratch))
        command = [str(python(method, terms)), str(RUNNERS / method.runner), method.name]
        command += [str(files[0]), "--horizon", str(panel.horizon), "--frequency", panel.frequency]
        command += ["--season", *map(str, panel.seasons), "--budget", str(terms.budget)]
        command += ["--began", str(time.time()), "--seed", str(terms.seed)]
        command += ["-o", str(forecasts), "--later"]
        process = subprocess.Popen(
            [*command, *map(str, files[1:])],
            cwd=scratch,
            env=surroundings(method, scratch),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        status, fitted = watch(process, scratch, told, GRACE * terms.budget)
    known = outcome(told)
    result = {
        "status": status if status != "done" or known.get("done") else "failed",
        "wall_seconds": round(time.monotonic() - began, 1),
        "fit_seconds": fitted,
        "detail": known.get("detail", ""),
        "versions": method_versions(method, terms),
        "date": datetime.date.today().isoformat(),
    }
    (folder / "result.json").write_text(json.dumps(result, indent=1))
    return result


def histories(panel: Panel, folder: Path) -> list[Path]:
    """Write what is known at each cut-off to a file of its own, the earliest first."""
    paths = []
    for number, cutoff in enumerate(panel.cutoffs):
        paths.append(folder / f"history{number}.csv")
        panel.history(cutoff).to_csv(paths[-1], index=False)
    return paths


def python(method: Method, terms: Terms) -> Path:
    """Return the Python that runs a method."""
    if method.environment is None:
        return Path(sys.executable)
    return interpreter(terms.environments.resolve() / method.environment)


def surroundings(method: Method, scratch: str) -> dict[str, str]:
    """Return the runner's environment: for a peer, nothing of seqtune, and a home to write to."""
    held = {**os.environ, "HF_HUB_OFFLINE": "1", "NO_COLOR": "1", "CONTEST": scratch}
    if method.environment is not None:
        held.pop("PYTHONPATH", None)
        held["HOME"] = scratch
    return held


def watch(
    process: subprocess.Popen[bytes], mark: str, told: Path, limit: float
) -> tuple[str, float | None]:
    """Wait for a runner, and kill it and its children when it has taken too long.

    Args:
        process: The leader of a session of its own.
        mark: A word that stands in the environment of all that it starts.
        told: What it writes when it has forecast from the first cut-off.
        limit: Seconds until then, and from then on.

    Returns:
        "done", "killed" or "failed"; the seconds until the first forecast, if it came to that.
    """
    began, fitted = time.monotonic(), None
    try:
        while process.poll() is None:
            passed = time.monotonic() - began
            if fitted is None and told.exists():
                fitted = round(passed, 1)
            if passed > limit + (fitted or 0.0):
                return "killed", fitted
            time.sleep(0.1)
    finally:
        kill(process, mark)
    if fitted is None and told.exists():
        fitted = round(time.monotonic() - began, 1)
    return "failed" if process.returncode else "done", fitted


def kill(process: subprocess.Popen[bytes], mark: str) -> None:
    """End a runner and every process that it started, those that left its session (Ray's) too.

    Args:
        process: The leader of a session of its own.
        mark: A word that stands in the environment of these processes and of no other.
    """
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (place / "environ").read_bytes():
                os.kill(int(place.name), signal.SIGKILL)


def outcome(told: Path) -> dict[str, Any]:
    """Return what a runner wrote of itself; nothing if it did not come to that."""
    if not told.exists():
        return {}
    held: dict[str, Any] = json.loads(told.read_text())
    return held


def method_versions(method: Method, terms: Terms) -> dict[str, str]:
    """Return the versions that the table reports of a method."""
    if method.environment is None:
        from importlib.metadata import version

        return {name: version(name) for name in ("seqtune", "keras", "jax")}
    held = versions(terms.environments / method.environment)
    return {name: held[name] for name in REPORTED[method.environment]}
