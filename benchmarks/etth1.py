"""Mean squared error of ETTh1, all seven columns, 96 hours ahead, from the command line.

    python benchmarks/etth1.py FOLDER --budget 10m

FOLDER holds ETTh1.csv (Zhou et al., Informer, arXiv 2012.07436). The usual split: 12 months of
training, 4 of validation, 4 of test; columns are put in units of the training part's deviation. The
fit is given the first 16 months, of which it trains on twelve (and, with --refit, in the end on all
16); the last four are forecast from every hour, nothing trained anew, and never looked at before.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from _command import run

import seqtune
from seqtune.data.panel.window import evaluation_windows
from seqtune.data.reading.open import open_source
from seqtune.tasks.forecast.examples import Examples
from seqtune.tasks.forecast.new_rows import NewRows

HORIZON = 96
TRAINED, FITTED, ALL = 8_640, 11_520, 14_400


def main() -> None:
    """Fit, roll over the test part, and print the errors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", default="10m")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--refit", action="store_true")
    parser.add_argument("--keep", type=Path, help="where the run folder is kept")
    parser.add_argument("--set", action="append", default=[])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = chosen.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        targets = write_parts(chosen.folder / "ETTh1.csv", folder)
        out = folder / "run"
        overrides = [f"validation.steps={FITTED - TRAINED - HORIZON}", f"test.steps={HORIZON}"]
        overrides += chosen.set
        overrides += [] if chosen.refit else ["refit=false"]
        fitted = run(
            "fit", str(folder / "fit.csv"), "--task", "forecast", "--horizon", str(HORIZON),
            *(part for target in targets for part in ("--target", target)),
            *(part for override in overrides for part in ("--set", override)),
            "--budget", chosen.budget, "--seed", chosen.seed, "--out", str(out), "--json",
        )  # fmt: skip
        if fitted.code:
            sys.exit(fitted.stderr)
        for row in json.loads(fitted.stdout)["leaderboard"]:
            print(f"  {row['name']:28} {row['validation']}")
        report(out, folder / "test.csv", fitted.seconds)


def write_parts(path: Path, folder: Path) -> list[str]:
    """Write what is fitted on and what is forecast, scaled, and return the names of the columns."""
    table = pd.read_csv(path).iloc[:ALL]
    columns = list(table.columns[1:])
    training = table[columns].iloc[:TRAINED]
    table[columns] = (table[columns] - training.mean()) / training.std(ddof=0)
    table.iloc[:FITTED].to_csv(folder / "fit.csv", index=False)
    table.iloc[FITTED:].to_csv(folder / "test.csv", index=False)
    return columns


def report(folder: Path, test: Path, fit_seconds: float) -> None:
    """Print the errors over every window of the test part, of what predicts and of a naive method.

    Args:
        folder: The run.
        test: Rows of the test part.
        fit_seconds: What the fit took.
    """
    run_ = seqtune.load(folder)
    began = time.monotonic()
    predictor = run_.predictor
    codec = predictor.prepared.codec
    source = open_source(test, run_.recipe)
    new = NewRows.read(predictor.prepared, source, predictor.context)
    every = evaluation_windows(new.first, new.end, codec.horizon, new.targets)
    examples = Examples(new.coded, every.take(np.arange(every.total)), codec.horizon)
    actual, _ = examples.truth
    median = codec.levels.index(0.5)
    network = run_.board.best_network
    names = [run_.choose().name, network.name if network else "", "seasonal_naive"]
    for name in filter(None, dict.fromkeys(names)):
        error = predictor.predictions(name, examples)[..., median] - actual
        print(f"{name:28} MSE {np.mean(error**2):.4f}  MAE {np.mean(np.abs(error)):.4f}")
    seconds = time.monotonic() - began
    print(f"{len(examples)} windows; fit {fit_seconds:.0f} s, forecasts {seconds:.0f} s")


if __name__ == "__main__":
    main()
