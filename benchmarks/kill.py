"""End a search in every way at every line of its log, and see what is left and what `resume` makes.

    python benchmarks/kill.py                      # every way, at every third line: half an hour
    python benchmarks/kill.py --ways term --every 1
    python benchmarks/kill.py --ways random --kills 50

| way | what happens |
| --- | --- |
| kill, killgroup | SIGKILL to the main process; to it and its workers |
| term, hup, int | that signal to the main process, as a cluster or a closed terminal does |
| termgroup, intgroup | to it and its workers, as `timeout` and Ctrl-C send it |
| worker | SIGKILL to a worker: the search goes on |
| stop | SIGSTOP for two seconds: the search goes on |
| random | killgroup at a moment drawn evenly over the command's life |

A round is good if the command ended in time with the exit code that it promises; no process, no
temporary folder and no half-written file is left (after `killgroup`, with nobody there to remove
it, the next search removes the folder); `report` and `predict` work on what is there; and after
`resume` every trial that was on disk is there with at least as much training, none twice, and the
run is complete.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data" / "airline.csv"
SETTINGS = (
    "--set", "training.steps=90", "--set", "network.units=[4,8,16]",
    "--set", "baselines.methods=[naive,seasonal_naive]", "--set", "training.steps_per_epoch=10",
)  # fmt: skip

WAYS = {
    "kill": (signal.SIGKILL, False, -9),
    "killgroup": (signal.SIGKILL, True, -9),
    "term": (signal.SIGTERM, False, 143),
    "hup": (signal.SIGHUP, False, 130),
    "int": (signal.SIGINT, False, 130),
    "termgroup": (signal.SIGTERM, True, 143),
    "intgroup": (signal.SIGINT, True, 130),
}
"""Signal, whether all processes get it, and the exit code."""

PROMISED_SECONDS = 10.0
"""A command that is asked to end has ended after that."""

EARLY = (0.3, 0.8, 1.3, 1.8)
"""Seconds after the start, before there is a log."""


@dataclass
class Round:
    """What one end did.

    Args:
        way: How the search was ended.
        moment: When.
        stage: What was going on.
        seconds: How long it took to end.
        before: Trials on disk then.
        after: Trials in the end.
        faults: What was wrong; empty if nothing was.
    """

    way: str
    moment: str
    stage: str = ""
    seconds: float = 0.0
    before: int = 0
    after: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return a line."""
        verdict = "; ".join(self.faults) or "good"
        return (
            f"{self.way:10s} at {self.moment:9s} in {self.stage:10s} ended in {self.seconds:4.1f} s"
            f" {self.before:3d} trials, {self.after:3d} in the end  {verdict}"
        )


def main() -> None:
    """End, resume, and print a line for every round."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ways", nargs="+", default=[*WAYS, "worker", "stop"])
    parser.add_argument(
        "--every", type=int, default=3, help="lines of the log from one to the next"
    )
    parser.add_argument("--kills", type=int, default=50, help="rounds of the way `random`")
    parser.add_argument("--trials", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--stopping", default="halving")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        subprocess.run(fit_command(chosen, folder / "whole"), check=True, capture_output=True)
        whole = time.monotonic() - began
        lines = len((folder / "whole" / "log.txt").read_text().split("\n")) - 1
        print(f"an undisturbed run takes {whole:.1f} s and logs {lines} lines", flush=True)
        done = []
        for number, (way, moment) in enumerate(rounds(chosen, whole, lines)):
            done.append(one_round(chosen, folder / f"round{number}", way, moment))
            print(f"{number + 1:3d}  {done[-1]}", flush=True)
    bad = sum(bool(each.faults) for each in done)
    print(f"{len(done) - bad} of {len(done)} rounds were good")
    sys.exit(bad > 0)


def rounds(
    chosen: argparse.Namespace, whole: float, lines: int
) -> Iterator[tuple[str, float | int]]:
    """Yield ways and moments: seconds, or a line of the log."""
    draw = random.Random(chosen.seed)
    for way in chosen.ways:
        if way == "random":
            yield from ((way, draw.uniform(0.0, whole)) for _ in range(chosen.kills))
            continue
        yield from ((way, moment) for moment in EARLY if way in WAYS)
        yield from ((way, line) for line in range(1, lines + 1, chosen.every))


def fit_command(chosen: argparse.Namespace, out: Path) -> list[str]:
    """Return the command line of the search that is ended."""
    return [
        sys.executable, "-m", "seqtune", "fit", str(DATA), "--task", "forecast",
        "--budget", "120s", "--trials", str(chosen.trials), "--workers", str(chosen.workers),
        "--executor", "processes" if chosen.workers > 1 else "inline",
        "--out", str(out), "--set", f"search.stopping={chosen.stopping}", *SETTINGS,
    ]  # fmt: skip


def one_round(chosen: argparse.Namespace, folder: Path, way: str, moment: float | int) -> Round:
    """Fit, end, resume, compare."""
    out, scratch = folder / "run", folder / "tmp"
    scratch.mkdir(parents=True)
    environment = {**os.environ, "TMPDIR": str(scratch)}
    done = Round(way, f"line {moment}" if isinstance(moment, int) else f"{moment:.1f} s")
    process = subprocess.Popen(
        fit_command(chosen, out), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True, env=environment,
    )  # fmt: skip
    wait_for(process, out, moment)
    began = time.monotonic()
    expected = end(process, way)
    try:
        _, told = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        _, told = process.communicate()
        done.faults.append("it did not end")
    done.seconds, done.stage = time.monotonic() - began, stage_of(told)
    is_told = process.returncode in (expected, 0)
    is_early = not (out / "run.json").exists()  # Python itself dies of a signal at first
    if not is_told and not (is_early and process.returncode < 0):
        done.faults.append(f"exit code {process.returncode}: {told[-200:]!r}")
    if way in WAYS and done.seconds > PROMISED_SECONDS:
        done.faults.append("that took too long")
    done.faults += left_over(process.pid, out, scratch, is_alone=way in ("killgroup", "random"))
    if is_early:
        return done
    use(chosen, out, environment, done)
    return done


def wait_for(process: subprocess.Popen[str], out: Path, moment: float | int) -> None:
    """Wait for a moment, or for a line of the log."""
    if isinstance(moment, float):
        time.sleep(moment)
        return
    log = out / "log.txt"
    while process.poll() is None:
        if log.exists() and log.read_text().count("\n") >= moment:
            return
        time.sleep(0.005)


def end(process: subprocess.Popen[str], way: str) -> int:
    """End a search, or disturb it; return the exit code that it must have."""
    pids = session(process.pid)
    if way in ("worker", "stop"):
        workers = [pid for pid in pids if pid != process.pid] or [process.pid]
        for number, pause in ((signal.SIGSTOP, 2.0), (signal.SIGCONT, 0.0)):
            if way == "stop":
                for pid in pids:
                    send(pid, number)
                time.sleep(pause)
        if way == "worker" and workers[-1] != process.pid:
            send(workers[-1], signal.SIGKILL)
        return 0
    number, is_group, code = WAYS["killgroup" if way == "random" else way]
    for pid in pids if is_group else [process.pid]:
        send(pid, number)
    return code


def send(pid: int, number: int) -> None:
    """Send a signal to a process, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def session(leader: int) -> list[int]:
    """Return the processes of a session, the leader first."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(path.parent.name))
    return sorted(found, key=lambda pid: (pid != leader, pid))


def left_over(leader: int, out: Path, scratch: Path, *, is_alone: bool) -> list[str]:
    """Return what a search has left behind.

    Args:
        leader: Its main process.
        out: The run folder.
        scratch: The temporary folder.
        is_alone: Whether nobody was left to remove anything.
    """
    deadline = time.monotonic() + 5.0
    while time.monotonic() < deadline and (session(leader) or any(scratch.iterdir())):
        if is_alone and not session(leader):
            break
        time.sleep(0.05)
    faults = [f"{len(left)} processes are left"] if (left := session(leader)) else []
    if not is_alone and (files := [path.name for path in scratch.iterdir()]):
        faults.append(f"left in the temporary folder: {', '.join(files)}")
    return faults


def use(chosen: argparse.Namespace, out: Path, environment: dict[str, str], done: Round) -> None:
    """Report, predict and resume what is left, and note what is wrong."""
    before = trials(out)
    told = seqtune(environment, "report", str(out), "--json")
    if told.returncode:
        done.faults.append(f"no report: {told.stderr[-200:]!r}")
    elif json.loads(told.stdout)["status"] == "running":
        done.faults.append("the report says that it is running")
    predicted = seqtune(environment, "predict", str(out))
    if predicted.returncode and "has nothing that can predict" not in predicted.stderr:
        done.faults.append(f"no prediction: {predicted.stderr[-200:]!r}")
    resumed = seqtune(environment, "resume", str(out), "--json", "--quiet")
    if resumed.returncode and "is complete" not in resumed.stderr:
        done.faults.append(f"resume: {resumed.stderr[-200:]!r}")
    status = json.loads((out / "run.json").read_text())["status"]
    if status != "complete":
        done.faults.append(f"the run is {status}")
    if litter := [path.name for path in out.rglob(".seqtune-*")] + [*out.glob("run.lock")]:
        done.faults.append(f"left in the run folder: {litter}")
    after = trials(out)
    done.before, done.after = len(before), len(after)
    done.faults += compare(before, after, chosen.trials)


def compare(before: list[dict[str, Any]], after: list[dict[str, Any]], wanted: int) -> list[str]:
    """Return what is wrong with the trials after a resume."""
    faults = []
    names = [trial["trial"] for trial in after]
    if len(set(names)) != len(names):
        faults.append("a trial is there twice")
    if len(names) != wanted:
        faults.append(f"{len(names)} trials, expected {wanted}")
    configurations = [json.dumps(trial["values"], sort_keys=True) for trial in after]
    if len(set(configurations)) != len(configurations):
        faults.append("a configuration was trained twice")
    known = {trial["trial"]: trial for trial in after}
    for trial in before:
        now = known.get(trial["trial"])
        if now is None:
            faults.append(f"{trial['trial']} was lost")
        elif (
            now["steps"] < trial["steps"]
            or now["scores"][: len(trial["scores"])] != trial["scores"]
        ):
            faults.append(f"{trial['trial']} has less training than before")
    return faults


def trials(out: Path) -> list[dict[str, Any]]:
    """Read the trials of a run."""
    path = out / "trials.jsonl"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.split("\n") if line]


def seqtune(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command."""
    return subprocess.run(
        [sys.executable, "-m", "seqtune", *words],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip


def stage_of(told: str) -> str:
    """Return the last stage that a killed command had told of."""
    stages = ("read", "prepare", "baselines", "search", "ensemble", "refit", "score", "explain")
    lines = [line.split(":")[0].split(" ")[0] for line in told.splitlines()]
    return next((line for line in reversed(lines) if line in stages), "start")


if __name__ == "__main__":
    main()
