"""Time and memory of a forecast by the number of rows, from 10 thousand to 10 million.

python benchmarks/scale.py [--rows 10000 100000 1000000 10000000] [--folder FOLDER] [--steps 50]

Each size is a panel of hourly series of 1,000 steps. Reading, profiling and preparing run in a
process of their own, as the main process of `fit` does; a second one, as a worker does, opens what
was prepared and trains the first network of the recipe's portfolio; a third reads the same file by
`pandas.read_csv(engine="pyarrow")`. The last row is the slope from the second largest to the
largest size, in log-log: 1 is linear, 0 is independent of the rows.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

STEPS_PER_SERIES = 1_000
FOREVER = 1e9
"""No training here lasts until this value of `time.monotonic()`."""
SETTINGS = ("horizon=24", "lookback=168", "training.batch_size=128")
COLUMNS = {
    "pandas": "pandas reads (s)",
    "read": "read (s)",
    "profile": "profile (s)",
    "prepare": "prepare (s)",
    "first": "first step (s)",
    "step": "step (ms)",
    "main": "main, peak (GB)",
    "worker": "worker, peak (GB)",
}
Figures = dict[str, float]


def main() -> None:
    """Measure every size, and print the table; or, as a child, measure one stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10**4, 10**5, 10**6, 10**7])
    parser.add_argument("--folder", type=Path, help="where tables are kept; a temporary one if not")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--stage", choices=list(STAGES), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.stage:
        figures = STAGES[arguments.stage](arguments.folder, arguments.rows[0], arguments.steps)
        print(json.dumps(figures | {"peak": peak_gigabytes()}))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        measured = {rows: measure(folder, rows, arguments.steps) for rows in arguments.rows}
    print_table(measured)


def measure(folder: Path, rows: int, steps: int) -> Figures:
    """Return every figure of one size."""
    if not table_path(folder, rows).exists():
        write_table(table_path(folder, rows), max(1, rows // STEPS_PER_SERIES))
    found: Figures = {}
    for stage, peak in (("pandas", "pandas_peak"), ("main", "main"), ("worker", "worker")):
        words = ["--stage", stage, "--folder", str(folder), "--rows", str(rows)]
        done = subprocess.run(
            [sys.executable, __file__, *words, "--steps", str(steps)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        figures = json.loads(done.stdout.splitlines()[-1])
        found |= {peak: figures.pop("peak"), **figures}
    print(f"{rows:,} rows: {json.dumps(found)}", file=sys.stderr)
    return found


def read_by_pandas(folder: Path, rows: int, steps: int) -> Figures:
    """Read the table as fast as pandas can."""
    import pandas as pd

    began = time.perf_counter()
    pd.read_csv(table_path(folder, rows), engine="pyarrow")
    return {"pandas": time.perf_counter() - began}


def prepare(folder: Path, rows: int, steps: int) -> Figures:
    """Read, profile and prepare as the main process does, and save for the worker."""
    from seqtune.data.reading.profile import profile_source
    from seqtune.data.reading.table import read_source
    from seqtune.progress import silent
    from seqtune.runtime import backend as backends
    from seqtune.tasks import load_task
    from seqtune.workflow.options import FitOptions, load_recipe

    backends.activate("auto")
    recipe = load_recipe("forecast", FitOptions(set=SETTINGS))
    task = load_task("forecast")
    times = [time.perf_counter()]
    source = read_source(table_path(folder, rows))
    times.append(time.perf_counter())
    profile_source(read_source(table_path(folder, rows)))
    times.append(time.perf_counter())
    prepared, recipe = task.prepare(source, recipe, silent)
    prepared.save(run_path(folder, rows))
    times.append(time.perf_counter())
    values = recipe.portfolio()[0] | {"lookback": 168}
    (run_path(folder, rows) / "values.json").write_text(json.dumps(values), encoding="utf-8")
    read, profile, preparation = np.diff(times)
    return {"read": read, "profile": max(profile - read, 0.0), "prepare": preparation}


def train(folder: Path, rows: int, steps: int) -> Figures:
    """Open what was prepared and train, as a worker does."""
    from seqtune.runtime import backend as backends

    backends.activate("auto")
    from seqtune.search.problem import Problem
    from seqtune.search.schedule import Schedule, Watch
    from seqtune.search.trainer import trainer_for
    from seqtune.search.training import train as train_network

    class Timed(Schedule):
        """One epoch that notes when each step ended."""

        def __init__(self) -> None:
            super().__init__(float(values["training.learning_rate"]), 1, FOREVER, Watch())
            self.ends: list[float] = []

        def after_batch(self) -> None:
            super().after_batch()
            self.ends.append(time.perf_counter())

    began = time.perf_counter()
    problem = Problem.open("forecast", run_path(folder, rows))
    values = json.loads((run_path(folder, rows) / "values.json").read_text(encoding="utf-8"))
    model = problem.task.build(problem.prepared, values)
    trainer = trainer_for(problem, model, values, int(values["training.steps"]))
    timed = Timed()
    train_network(problem, trainer, values, 0, timed, steps_per_epoch=steps + 1, until="train")
    problem.predict(model, values, "validation")
    step = 1000 * float(np.median(np.diff(timed.ends)))
    return {"first": timed.ends[0] - began, "step": step}


STAGES: dict[str, Callable[[Path, int, int], Figures]] = {
    "pandas": read_by_pandas,
    "main": prepare,
    "worker": train,
}


def print_table(measured: dict[int, Figures]) -> None:
    """Print a row for each size and one for the slope, as Markdown."""
    print("| rows | " + " | ".join(COLUMNS.values()) + " | read, by pandas |")
    print("|" + " --- |" * (len(COLUMNS) + 2))
    for rows, figures in measured.items():
        cells = [f"{figures[name]:.3g}" for name in COLUMNS]
        ratio = figures["read"] / figures["pandas"]
        print(f"| {rows:,} | " + " | ".join(cells) + f" | {ratio:.2f} |")
    if len(measured) > 1:
        *_, small, large = sorted(measured)
        cells = [
            f"{slope(small, large, measured[small][name], measured[large][name]):.2f}"
            for name in COLUMNS
        ]
        print("| slope | " + " | ".join(cells) + " | |")


def slope(small: int, large: int, before: float, after: float) -> float:
    """Return the exponent with which a figure grows with the rows."""
    return math.log(max(after, 1e-9) / max(before, 1e-9)) / math.log(large / small)


def peak_gigabytes() -> float:
    """Return the largest resident memory of this process."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size * (1 if sys.platform == "darwin" else 1024) / 1e9


def table_path(folder: Path, rows: int) -> Path:
    """Return where the table of a size is."""
    return folder / f"scale-{rows}.csv"


def run_path(folder: Path, rows: int) -> Path:
    """Return where the prepared data of a size is."""
    return folder / f"scale-{rows}"


def write_table(path: Path, series: int) -> None:
    """Write hourly series with a daily season, a level and noise of their own."""
    generator = np.random.default_rng(0)
    start = np.datetime64("2024-01-01T00")
    steps = np.arange(STEPS_PER_SERIES)
    times = np.datetime_as_string(start + steps.astype("timedelta64[h]")).tolist()
    daily = np.sin(2 * np.pi * steps / 24)
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write("id,time,value\n")
        for index in range(series):
            level, size = generator.uniform(10, 1000), generator.uniform(0.1, 0.5)
            values = level * (1 + size * daily + 0.05 * generator.standard_normal(len(steps)))
            file.writelines(
                f"s{index:05d},{moment},{value:.2f}\n"
                for moment, value in zip(times, values.tolist(), strict=True)
            )
    partial.replace(path)


if __name__ == "__main__":
    main()
