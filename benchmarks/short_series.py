"""Which base and which size of network suit short series? Fifteen of 100 to 330 steps.

    python benchmarks/short_series.py [--series "co2 60" unemp]

The series are pieces of the data sets that statsmodels carries (CO2, El Niño, US macro data,
sunspots) and made-up ones that grow and swing by a factor. For each configuration: the best
validation score, and the test score of its best epoch, of its last epoch and of the best one
trained further with the validation rows, relative to seasonal naive; the
last line is the geometric mean over the series.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seqtune.runtime import backend
from seqtune.runtime.network import KerasNetwork

CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "lstm 2 x 128, blend": {"network.units": 128, "network.layers": 2},
    "lstm 1 x 32, blend, dropout 0.1": {
        "network.units": 32,
        "network.layers": 1,
        "network.dropout": 0.1,
    },
    "gru 1 x 64, naive": {
        "network.units": 64,
        "network.layers": 1,
        "network.cell": "gru",
        "preprocessing.base": "naive",
    },
}
SHARED = {
    "network.architecture": "segment",
    "network.cell": "lstm",
    "training.steps": 400,
    "training.patience": 1000,
}
SEED = 3
LONG = 60.0
"""Seconds that a training may take; none takes so many."""


def main() -> None:
    """Train every configuration on every series and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", nargs="+", help="names of a few of the series")
    chosen_series = parser.parse_args().series
    backend.activate("jax")
    from seqtune.baselines.pace import ALL_THE_TIME
    from seqtune.data.reading.source import Source
    from seqtune.progress import silent
    from seqtune.recipe.load import Recipe
    from seqtune.tasks import load_task

    task = load_task("forecast")
    scores: dict[str, list[list[float]]] = {name: [] for name in CONFIGURATIONS}
    for series, table in short_series():
        if chosen_series and series not in chosen_series:
            continue
        recipe = Recipe.load("default", "forecast", ["baselines.methods=[seasonal_naive]"])
        prepared, recipe = task.prepare(Source.from_frame(table), recipe, silent)
        naive = task.baselines(prepared, recipe, ALL_THE_TIME, silent)[0]
        for name, chosen in CONFIGURATIONS.items():
            start = {dimension.path: dimension.default for dimension in recipe.dimensions()}
            values = {**start, **recipe.portfolio()[0], **SHARED, **chosen}
            validation, *tests = train_once(task, prepared, values)
            relative = [validation / naive.validation["mase"]]
            relative += [test / naive.test["mase"] for test in tests]
            scores[name].append(relative)
            print_row(f"{series}: {name}", relative)
    for name, rows in scores.items():
        print_row(f"all: {name}", np.exp(np.log(rows).mean(axis=0)).tolist())


def train_once(task: Any, prepared: Any, values: dict[str, Any]) -> list[float]:
    """Return the best validation score, and test scores: best epoch, last epoch, refitted."""
    from seqtune.initializers import seed_everything
    from seqtune.search.network_file import save_network
    from seqtune.search.problem import Problem
    from seqtune.search.refit import RefitJob, test_predictions_path
    from seqtune.search.schedule import Watch
    from seqtune.search.trainer import trainer_for
    from seqtune.search.training import Monitor, train
    from seqtune.search.trial import Result
    from seqtune.search.trial_files import model_path

    steps = task.steps_per_epoch(prepared, values)
    epochs = -(-int(values["training.steps"]) // steps)
    with tempfile.TemporaryDirectory() as name:
        problem = Problem(task, prepared, Path(name))
        seed_everything(SEED)
        model = task.build(prepared, values)
        trainer = trainer_for(problem, model, values, epochs * steps)
        monitor = Monitor(problem, model, values, epochs, time.monotonic() + LONG, Watch())
        train(problem, trainer, values, SEED, monitor, steps_per_epoch=steps, until="train")
        last = task.forward(KerasNetwork(model), prepared, prepared.encoded("test"), values)
        model.set_weights(monitor.best_weights)
        best = task.forward(KerasNetwork(model), prepared, prepared.encoded("test"), values)
        result = Result("t001", "completed", values, monitor.best_score, scores=monitor.scores)
        model_path(problem.folder, result.trial).parent.mkdir(parents=True)
        save_network(model, model_path(problem.folder, result.trial))
        test_predictions_path(problem.folder, result.trial).parent.mkdir(
            parents=True, exist_ok=True
        )
        refitted = RefitJob(result, SEED, LONG, steps, refit=True).run(problem, Watch())
        if refitted.reason:
            raise SystemExit(refitted.reason)
        again = np.load(test_predictions_path(problem.folder, result.trial))
    tests = [
        task.score(prepared, prepared.encoded("test"), part)["mase"] for part in (best, last, again)
    ]
    return [float(monitor.best_score or np.nan), *tests]


def short_series() -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield name and table of each series."""
    from statsmodels import datasets

    co2 = datasets.co2.load_pandas().data["co2"].resample("MS").mean().interpolate()
    for start in (60, 220, 380):
        part = co2.iloc[start : start + 132]
        yield f"co2 {start}", pd.DataFrame({"ds": part.index, "y": part.to_numpy()})
    months = datasets.elnino.load_pandas().data.iloc[:, 1:].to_numpy(float).ravel()
    dates = pd.date_range("1950-01-01", periods=len(months), freq="MS")
    for start in (0, 300, 550):
        stretch = slice(start, start + 150)
        yield f"elnino {start}", pd.DataFrame({"ds": dates[stretch], "y": months[stretch]})
    macro = datasets.macrodata.load_pandas().data
    quarters = pd.date_range("1959-01-01", periods=len(macro), freq="QS")
    for column in ("realcons", "realinv", "cpi", "unemp"):
        yield column, pd.DataFrame({"ds": quarters, "y": macro[column].to_numpy(float)})
    yield "sunspots", pd.DataFrame({"y": datasets.sunspots.load_pandas().data["SUNACTIVITY"]})
    generator = np.random.default_rng(5)
    for index in range(4):
        yield f"growing {index}", growing_series(generator)


def growing_series(generator: np.random.Generator, months: int = 140) -> pd.DataFrame:
    """Return monthly values whose growth changes and whose season grows with them."""
    month = np.arange(months)
    pace = 0.008 + 0.006 * np.sin(month / 25 + generator.uniform(0, 6))
    growth = np.cumsum(pace + 0.004 * generator.standard_normal(months))
    season = 1 + 0.25 * np.sin(2 * np.pi * month / 12 + generator.uniform(0, 6))
    season += 0.1 * np.sin(4 * np.pi * month / 12 + generator.uniform(0, 6))
    values = 100 * np.exp(growth) * season * np.exp(0.03 * generator.standard_normal(months))
    return pd.DataFrame({"ds": pd.date_range("2000-01-01", periods=months, freq="MS"), "y": values})


def print_row(name: str, figures: list[float]) -> None:
    """Print a name and its figures."""
    print(f"{name:48}", *(f"{figure:7.3f}" for figure in figures), flush=True)


if __name__ == "__main__":
    main()
