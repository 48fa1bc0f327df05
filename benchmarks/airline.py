"""The README's first command: does it keep its budget, and does it beat seasonal naive?

python benchmarks/airline.py [--budget 60s] [--seeds 3]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from _command import run

DATA = Path(__file__).resolve().parent.parent / "data" / "airline.csv"


def main() -> None:
    """Print, per seed, wall time and the winner's test MASE beside the best simple methods'."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", default="60s")
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    print("seed  seconds  winner    test MASE  seasonal naive  ratio  trials")
    for seed in range(arguments.seeds):
        with tempfile.TemporaryDirectory() as folder:
            flags = ("--task", "forecast", "--budget", arguments.budget, "--seed", str(seed))
            done = run("fit", str(DATA), *flags, "--json", "--quiet", folder=Path(folder))
        summary = json.loads(done.stdout)
        rows = {row["name"]: row for row in summary["leaderboard"]}
        winner = rows[summary["winner"]]["test"]["mase"]
        naive = rows["seasonal_naive"]["test"]["mase"]
        trials = sum(summary["trials"].values())
        print(
            f"{seed:4}  {done.seconds:7.1f}  {summary['winner']:8}  {winner:9.3f}  {naive:14.3f}  "
            f"{winner / naive:5.2f}  {trials:6}"
        )


if __name__ == "__main__":
    main()
