"""Accuracy of `seqtune fit --task classify` on public data with test files of their own.

    python benchmarks/classification.py FOLDER --budget 5m

FOLDER holds `rt_polarity/{train,test}.csv` (columns text, label) and
`ucr/{GunPoint,ArrowHead,JapaneseVowels}_{train,test}.csv`. The test files are read once, by
`evaluate`, when the run is complete: nothing is chosen by them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from _command import run

DATA = {
    "rt_polarity": ("rt_polarity/train.csv", "rt_polarity/test.csv"),
    **{
        name: (f"ucr/{name}_train.csv", f"ucr/{name}_test.csv")
        for name in ("GunPoint", "ArrowHead", "JapaneseVowels")
    },
}


def main() -> None:
    """Fit and evaluate each data set, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", default="5m")
    parser.add_argument("--data", nargs="+", choices=DATA, default=list(DATA))
    parser.add_argument("--seed", default="0")
    chosen = parser.parse_args()
    print("data            validation  test   simple method                test   trials  seconds")
    for name in chosen.data:
        train, test = (chosen.folder / path for path in DATA[name])
        print(f"{name:14}  {measure(train, test, chosen.budget, chosen.seed)}", flush=True)


def measure(train: Path, test: Path, budget: str, seed: str) -> str:
    """Fit on one file, evaluate on another, and return the figures as a line."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        flags = ["--budget", budget, "--seed", seed, "--out", str(out), "--quiet", "--json"]
        fitted = json.loads(run("fit", str(train), "--task", "classify", *flags).stdout)
        scored = json.loads(run("evaluate", str(out), str(test), "--json").stdout)
    rows = {row["name"]: row for row in fitted["leaderboard"]}
    simple = fitted["best_baseline"]
    test_scores = {score["name"]: score["metrics"]["accuracy"] for score in scored["scores"]}
    searched = next(name for name in test_scores if name != simple)
    return (
        f"{rows[searched]['validation']['accuracy']:10.3f}  {test_scores[searched]:.3f}  "
        f"{simple:27}  {test_scores[simple]:.3f}  {sum(fitted['trials'].values()):6}  "
        f"{fitted['seconds']['total']:7.0f}   {searched}"
    )


if __name__ == "__main__":
    main()
