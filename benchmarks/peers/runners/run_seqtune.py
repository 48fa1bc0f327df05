"""seqtune by its command line, as a user would: `seqtune fit`, then `seqtune predict`.

It is told the columns, the horizon and the budget; seasons and frequency it finds by itself. The
recipe is the default one. `fit` gets what is left of the budget after this script has started.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
from job import Fit, Fitted, Job, run

COLUMNS = ("--target", "value", "--time", "time", "--series", "series")


def fit(job: Job, train: pd.DataFrame) -> Fitted:
    """Fit a run folder here."""
    out = Path("run")
    flags = ["--task", "forecast", *COLUMNS, "--horizon", str(job.horizon), "--out", str(out)]
    flags += ["--budget", f"{int(job.left)}s", "--seed", str(job.seed), "--quiet", "--json"]
    summary = json.loads(seqtune("fit", str(job.train), *flags))
    trials = ", ".join(f"{count} {state}" for state, count in summary["trials"].items() if count)
    written = Path("predicted.csv")
    files = iter((job.train, *job.later))

    def forecast(history: pd.DataFrame) -> pd.DataFrame:
        written.unlink(missing_ok=True)
        seqtune("predict", str(out), str(next(files)), "-o", str(written))
        predicted = pd.read_csv(written, dtype={"series": str})
        return predicted.rename(columns={"mean": "value"})

    return Fitted(forecast, f"{summary['winner']}; {trials}")


def seqtune(*arguments: str) -> str:
    """Run `seqtune ARGUMENTS`, and return what it printed."""
    command = [sys.executable, "-m", "seqtune", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"seqtune {arguments[0]} ended with {done.returncode}")
    return done.stdout


METHODS: dict[str, Fit] = {"default": fit}

if __name__ == "__main__":
    run(METHODS)
