r"""What every runner does the same way: arguments, reading, and forecasts in one format.

A runner is started by the Python of the package's own environment, which has pandas but not
seqtune:

    python run_darts.py METHOD train.csv --horizon 48 --season 24 168 --frequency h \
        --budget 600 -o out.csv

Tables have the columns series, time, value; time is a whole number where the frequency is 1, else a
timestamp. Forecasts have the columns cutoff (0 for the end of train.csv, then the files of
`--later` in order), series, step (1 to horizon), value. `out.json` is written first when the model
is fitted and train.csv forecast, and again, with `done`, when all is.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Job:
    """One model to fit, and the histories that it forecasts.

    Args:
        method: One of the runner's own.
        train: The table that it is fitted on, and forecasts first.
        later: Tables with more history, which it forecasts as fitted.
        horizon: Steps to forecast.
        seasons: Seasonal periods in steps, the shortest first.
        frequency: A pandas alias, or "1" where time is a whole number.
        budget: Seconds for fitting and the first forecast, imports included.
        began: When they began to count, as `time.time()`.
        seed: Of what is random.
        output: Takes the forecasts.
    """

    method: str
    train: Path
    later: tuple[Path, ...]
    horizon: int
    seasons: tuple[int, ...]
    frequency: str
    budget: float
    began: float
    seed: int
    output: Path

    @property
    def numbered(self) -> bool:
        """Whether time is a whole number."""
        return self.frequency == "1"

    @property
    def left(self) -> float:
        """Seconds of the budget that are left."""
        return self.budget - (time.time() - self.began)

    def read(self, path: Path) -> pd.DataFrame:
        """Return a table sorted by series and time: series as text, value as float64."""
        table = pd.read_csv(path, dtype={"series": str, "value": float})
        if not self.numbered:
            table["time"] = pd.to_datetime(table["time"])
        return table.sort_values(["series", "time"], kind="stable", ignore_index=True)


@dataclass(frozen=True)
class Fitted:
    """A fitted model.

    Args:
        forecast: Turns a table into the horizon's rows of each series, in the order of time, with
            the columns series and value.
        detail: What the budget was spent on, for the table.
    """

    forecast: Callable[[pd.DataFrame], pd.DataFrame]
    detail: str = ""


Fit = Callable[[Job, pd.DataFrame], Fitted]


def run(methods: Mapping[str, Fit]) -> None:
    """Fit the method that the command line names, and write its forecasts.

    Args:
        methods: How each is fitted, by name.
    """
    job = read_arguments(methods)
    train = job.read(job.train)
    fitted = methods[job.method](job, train)
    parts = [forecasts(job, fitted, train, 0)]
    report(job, {"detail": fitted.detail, "done": False})
    for cutoff, path in enumerate(job.later, start=1):
        parts.append(forecasts(job, fitted, job.read(path), cutoff))
    pd.concat(parts).to_csv(job.output, index=False)
    report(job, {"detail": fitted.detail, "done": True})


def forecasts(job: Job, fitted: Fitted, history: pd.DataFrame, cutoff: int) -> pd.DataFrame:
    """Return the forecasts from one cut-off, in the common format."""
    rows = fitted.forecast(history)[["series", "value"]].reset_index(drop=True)
    rows.insert(0, "cutoff", cutoff)
    rows.insert(2, "step", rows.groupby("series").cumcount() + 1)
    expected = history["series"].nunique() * job.horizon
    if len(rows) != expected or rows["step"].max() != job.horizon:
        raise SystemExit(f"{job.method} forecast {len(rows)} rows, not {expected}")
    return rows


def report(job: Job, outcome: dict[str, object]) -> None:
    """Leave what is known so far beside the forecasts, whole or not at all."""
    written = job.output.with_suffix(".part")
    written.write_text(json.dumps(outcome))
    written.replace(job.output.with_suffix(".json"))


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_arguments(methods: Mapping[str, Fit]) -> Job:
    """Return the job that the command line describes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("method", choices=methods)
    parser.add_argument("train", type=Path)
    parser.add_argument("--later", type=Path, nargs="*", default=[])
    parser.add_argument("--horizon", type=int, required=True)
    parser.add_argument("--season", type=int, nargs="+", required=True)
    parser.add_argument("--frequency", required=True)
    parser.add_argument("--budget", type=float, required=True)
    parser.add_argument("--began", type=float, default=time.time())
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, required=True)
    given = parser.parse_args()
    return Job(
        method=given.method,
        train=given.train,
        later=tuple(given.later),
        horizon=given.horizon,
        seasons=tuple(given.season),
        frequency=given.frequency,
        budget=given.budget,
        began=given.began,
        seed=given.seed,
        output=given.output,
    )
