"""How often the truth lies inside the intervals of M4 hourly forecasts.

    python benchmarks/coverage.py FOLDER [--budget 3m] [--test] [--set KEY=VALUE …]

FOLDER holds train.csv and test.csv with the columns unique_id, ds, y. The last 48 hours of train
are held out and forecast; with --test, all of it is fitted on and test.csv is forecast.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from _command import run

HORIZON = 48
PARTS = ((0, 12), (12, 24), (24, 36), (36, 48))


def main() -> None:
    """Fit, predict, and print the coverage in all, by side and by steps ahead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", default="3m")
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--set", action="append", default=[])
    chosen = parser.parse_args()
    train = pd.read_csv(chosen.folder / "train.csv")
    actual = pd.read_csv(chosen.folder / "test.csv")
    if not chosen.test:
        left = train.groupby("unique_id").cumcount(ascending=False)
        train, actual = train[left >= HORIZON], train[left < HORIZON]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        train.to_csv(folder / "train.csv", index=False)
        out, predictions = folder / "run", folder / "predictions.csv"
        flags = [part for override in chosen.set for part in ("--set", override)]
        fitted = run(
            "fit", str(folder / "train.csv"), "--task", "forecast", "--horizon", str(HORIZON),
            "--budget", chosen.budget, "--out", str(out), "--json", *flags,
        )  # fmt: skip
        if fitted.code:
            sys.exit(fitted.stderr)
        for row in json.loads(fitted.stdout)["leaderboard"]:
            scores = {part: row[part].get("coverage80") for part in ("validation", "test")}
            print(f"  {row['name']:28} {scores}")
        predicted = run("predict", str(out), "-o", str(predictions))
        if predicted.code:
            sys.exit(predicted.stderr)
        forecast = pd.read_csv(predictions)
    report(forecast, actual)


def report(forecast: pd.DataFrame, actual: pd.DataFrame) -> None:
    """Print the share of values inside, below and above q0.1 to q0.9."""
    steps = [each.assign(step=each.groupby("unique_id").cumcount()) for each in (forecast, actual)]
    both = steps[0].merge(steps[1], on=["unique_id", "step"], validate="one_to_one")
    below, above = both["y"] < both["q0.1"], both["y"] > both["q0.9"]
    inside = ~(below | above)
    print(f"inside {inside.mean():.3f}, below {below.mean():.3f}, above {above.mean():.3f}")
    for first, last in PARTS:
        part = inside[both["step"].between(first, last - 1)]
        print(f"  steps {first + 1} to {last}: {np.mean(part):.3f}")


if __name__ == "__main__":
    main()
