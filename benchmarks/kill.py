"""Kill a search with everything it started, at random moments, and see what `resume` makes of it.

    python benchmarks/kill.py --kills 50

Each round fits `data/airline.csv`, kills main process and workers at a moment drawn evenly over the
command's life, and resumes. A round is good if every trial that was on disk is still there with at
least as much training, no trial is there twice, at most the trials under way were lost, and the run
is complete in the end.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data" / "airline.csv"
SETTINGS = (
    "--set", "training.steps=90", "--set", "network.units=[4,8,16]",
    "--set", "baselines.methods=[naive,seasonal_naive]", "--set", "training.steps_per_epoch=10",
)  # fmt: skip


@dataclass
class Round:
    """What one kill did.

    Args:
        moment: Seconds after the start at which everything was killed.
        stage: What was going on.
        before: Trials on disk after the kill.
        after: Trials in the end.
        faults: What was wrong; empty if nothing was.
    """

    moment: float
    stage: str
    before: int
    after: int
    faults: list[str]


def main() -> None:
    """Kill, resume, and print a line for every round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--trials", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--stopping", default="halving")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory() as folder:
        command = fit_command(chosen, Path(folder) / "whole")
        began = time.monotonic()
        subprocess.run(command, check=True, capture_output=True)
        whole = time.monotonic() - began
        print(f"an undisturbed run takes {whole:.1f} s")
        bad = 0
        for number in range(chosen.kills):
            moment = draw.uniform(0.0, whole)
            done = one_round(chosen, Path(folder) / f"run{number}", moment)
            bad += bool(done.faults)
            verdict = "; ".join(done.faults) or "good"
            print(
                f"{number + 1:3d}  killed at {done.moment:5.1f} s in {done.stage:10s}"
                f"{done.before:3d} trials on disk, {done.after:3d} in the end  {verdict}",
                flush=True,
            )
    print(f"{chosen.kills - bad} of {chosen.kills} rounds were good")
    sys.exit(bad > 0)


def fit_command(chosen: argparse.Namespace, out: Path) -> list[str]:
    """Return the command line of the search that is killed."""
    return [
        sys.executable, "-m", "seqtune", "fit", str(DATA), "--task", "forecast",
        "--budget", "120s", "--trials", str(chosen.trials), "--workers", str(chosen.workers),
        "--executor", "processes" if chosen.workers > 1 else "inline",
        "--out", str(out), "--set", f"search.stopping={chosen.stopping}", *SETTINGS,
    ]  # fmt: skip


def one_round(chosen: argparse.Namespace, out: Path, moment: float) -> Round:
    """Fit, kill, resume, compare."""
    process = subprocess.Popen(
        fit_command(chosen, out), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGKILL)
    _, told = process.communicate()
    stage = stage_of(told)
    if not (out / "run.json").exists():
        return Round(moment, stage, 0, 0, [])  # it had not got as far as a run
    before = trials(out)
    faults = [] if report(out).returncode == 0 else ["the killed run has no report"]
    resumed = subprocess.run(
        [sys.executable, "-m", "seqtune", "resume", str(out), "--json", "--quiet"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    status = json.loads((out / "run.json").read_text())["status"]
    if "is complete" in resumed.stderr:
        status = "complete"
    elif resumed.returncode:
        faults.append(f"resume: {resumed.stderr.strip()[-200:]}")
    if status != "complete":
        faults.append(f"the run is {status}")
    after = trials(out)
    faults += compare(before, after, chosen.trials)
    return Round(moment, stage, len(before), len(after), faults)


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
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def report(out: Path) -> subprocess.CompletedProcess[str]:
    """Ask for the report of a run."""
    return subprocess.run(
        [sys.executable, "-m", "seqtune", "report", str(out), "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def stage_of(told: str) -> str:
    """Return the last stage that a killed command had told of."""
    stages = ("read", "prepare", "baselines", "search", "ensemble", "refit", "score")
    lines = [line.split(":")[0].split(" ")[0] for line in told.splitlines()]
    return next((line for line in reversed(lines) if line in stages), "start")


if __name__ == "__main__":
    main()
