"""M4 hourly from the command line: fit on train.csv, predict, score on test.csv.

    python benchmarks/m4_hourly.py FOLDER [--budget 10m] [--seed 0] [--set KEY=VALUE …]

FOLDER holds train.csv and test.csv with the columns unique_id, ds, y.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from _command import run


def main() -> None:
    """Print wall time, peak memory, what won, and the scores on test.csv."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", default="10m")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--set", action="append", default=[])
    arguments = parser.parse_args()
    flags = ["--task", "forecast", "--horizon", "48", "--budget", arguments.budget]
    flags += ["--seed", arguments.seed]
    flags += [part for override in arguments.set for part in ("--set", override)]
    with tempfile.TemporaryDirectory() as folder:
        out, predictions = Path(folder) / "run", Path(folder) / "predictions.csv"
        train = str((arguments.folder / "train.csv").resolve())
        fitted = run("fit", train, *flags, "--out", str(out), "--json")
        if fitted.code:
            sys.exit(fitted.stderr)
        summary = json.loads(fitted.stdout)
        print(
            f"fit: {fitted.seconds:.0f} s of {summary['budget_seconds']:.0f}, "
            f"peak {fitted.peak_bytes / 1e9:.2f} GB, {summary['trials']}"
        )
        for row in summary["leaderboard"]:
            test = row["test"].get("mase")
            print(f"  {row['name']:28} {row['validation']['mase']:.3f}  {test}  {row['detail']}")
        predicted = run("predict", str(out), "-o", str(predictions))
        print(f"predict: {predicted.seconds:.0f} s")
        score = Path(__file__).with_name("score_m4.py")
        subprocess.run([sys.executable, score, arguments.folder, predictions], check=True)


if __name__ == "__main__":
    main()
