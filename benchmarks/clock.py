"""Wall time of `seqtune fit` against its budget, and how much of it was spent in training steps.

python benchmarks/clock.py data/airline.csv --budgets 60s 5m --workers 1 2
python benchmarks/clock.py FOLDER/train.csv --budgets 10m -- --horizon 48
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from _command import run

from seqtune.recipe.duration import seconds


def main() -> None:
    """Fit with every budget and number of workers, and print a line for each."""
    arguments = sys.argv[1:]
    extra = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--budgets", nargs="+", default=["60s"])
    parser.add_argument("--workers", nargs="+", default=["2"])
    chosen = parser.parse_args(own)
    print("budget  workers  seconds  allowed  trials (failed)  training share by worker   winner")
    for budget in chosen.budgets:
        for workers in chosen.workers:
            print(measure(chosen.data, budget, workers, extra), flush=True)


def measure(data: Path, budget: str, workers: str, extra: list[str]) -> str:
    """Fit once, and return a line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        done = run(
            "fit", str(data), "--task", "forecast", "--budget", budget, "--workers", workers,
            "--out", str(out), "--json", *extra,
        )  # fmt: skip
        if done.code:
            raise SystemExit(done.stderr)
        summary = json.loads(done.stdout)
        record = json.loads((out / "run.json").read_text())
    search = record["seconds"]["search"]
    shares = ", ".join(f"{work['training'] / search:.0%}" for work in record["workers"])
    allowed = seconds(budget) * 1.05 + 3
    trials = summary["trials"]
    count = f"{sum(trials.values())} ({trials['failed']})"
    rows = {row["name"]: row for row in summary["leaderboard"]}
    winner, baseline = rows[summary["winner"]], rows[summary["best_baseline"]]
    metric = summary["metric"]
    against = f"{winner['test'][metric]:.3f} against {baseline['test'][metric]:.3f}"
    return (
        f"{budget:>6s}  {workers:>7s}  {done.seconds:7.1f}  {allowed:7.1f}  {count:>15s}  "
        f"{shares:25s}  {winner['name']} {against}"
    )


if __name__ == "__main__":
    main()
