"""Accuracy of `seqtune fit --task classify` on public data with test files of their own.

    python benchmarks/classification.py FOLDER --budget 5m --seeds 0 1 2
    python benchmarks/classification.py FOLDER --budget 90s --data digits

FOLDER holds `rt_polarity/{train,test}.csv` (columns text, label) and
`ucr/{GunPoint,ArrowHead,JapaneseVowels}_{train,test}.csv`. The digits are those of scikit-learn,
read as 8 steps of 8 values; every fifth is for test. The test files are read by `evaluate`, when
the run is complete: nothing is chosen by them.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from _command import run

DATA = {
    "rt_polarity": ("rt_polarity/train.csv", "rt_polarity/test.csv"),
    **{
        name: (f"ucr/{name}_train.csv", f"ucr/{name}_test.csv")
        for name in ("GunPoint", "ArrowHead", "JapaneseVowels")
    },
}


DIGITS = "digits"
TEST_EVERY = 5
"""Every fifth digit is for test."""


@dataclass(frozen=True)
class Figures:
    """What one run came to.

    Args:
        validation: Accuracy of the best network or ensemble on the validation part.
        test: Its accuracy on the test file.
        searched: Its name.
        simple: The simple method that validation put first.
        simple_test: Its accuracy on the test file.
        trials: Configurations that were tried.
        seconds: Wall time of the fit.
    """

    validation: float
    test: float
    searched: str
    simple: str
    simple_test: float
    trials: int
    seconds: float


def main() -> None:
    """Fit and evaluate each data set, and print a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", default="5m")
    parser.add_argument("--data", nargs="+", choices=[*DATA, DIGITS], default=list(DATA))
    parser.add_argument("--seeds", nargs="+", default=["0"])
    parser.add_argument("--keep", type=Path, help="keep the runs in this folder")
    chosen = parser.parse_args()
    print("data            validation  test   simple method                test   trials  seconds")
    for name in chosen.data:
        found = []
        with files(name, chosen.folder) as (train, test):
            for seed in chosen.seeds:
                with kept(chosen.keep, f"{name}-{seed}") as out:
                    found.append(measure(train, test, chosen.budget, seed, out))
                show(name, found[-1])
        if len(found) > 1:
            middle = statistics.median(each.test for each in found)
            print(f"{name:14}  median of {len(found)} seeds: {middle:.3f}", flush=True)


@contextmanager
def files(name: str, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Give the training file and the test file of a data set."""
    if name != DIGITS:
        train, test = (folder / path for path in DATA[name])
        yield train, test
        return
    with tempfile.TemporaryDirectory() as made:
        train, test = Path(made) / "train.csv", Path(made) / "test.csv"
        table = digits()
        is_test = table["case"] % TEST_EVERY == TEST_EVERY - 1
        table[~is_test].to_csv(train, index=False)
        table[is_test].to_csv(test, index=False)
        yield train, test


@contextmanager
def kept(folder: Path | None, name: str) -> Iterator[Path]:
    """Give a place for a run that is kept only where that is wished."""
    if folder is not None:
        yield folder / name
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made) / "run"


def digits() -> pd.DataFrame:
    """Return 1,797 written digits, a row of 8 pixels a step, 8 steps a case."""
    from sklearn.datasets import load_digits

    found = load_digits()
    cases, steps, channels = found.images.shape
    rows = found.images.reshape(cases * steps, channels).astype(int)
    table = pd.DataFrame(rows, columns=[f"x{number}" for number in range(channels)])
    table.insert(0, "case", np.repeat(np.arange(cases), steps))
    table.insert(1, "step", np.tile(np.arange(steps), cases))
    table["label"] = np.repeat(found.target, steps)
    return table


def measure(train: Path, test: Path, budget: str, seed: str, out: Path) -> Figures:
    """Fit on one file, and evaluate on another."""
    flags = ["--budget", budget, "--seed", seed, "--out", str(out), "--quiet", "--json"]
    fitted = json.loads(run("fit", str(train), "--task", "classify", *flags).stdout)
    scored = json.loads(run("evaluate", str(out), str(test), "--json").stdout)
    rows = {row["name"]: row for row in fitted["leaderboard"]}
    simple = fitted["best_baseline"]
    on_test = {score["name"]: score["metrics"]["accuracy"] for score in scored["scores"]}
    searched = next(name for name in on_test if name != simple)
    return Figures(
        rows[searched]["validation"]["accuracy"], on_test[searched], searched, simple,
        on_test[simple], sum(fitted["trials"].values()), fitted["seconds"]["total"],
    )  # fmt: skip


def show(name: str, found: Figures) -> None:
    """Print the line of a run."""
    print(
        f"{name:14}  {found.validation:10.3f}  {found.test:.3f}  {found.simple:27}  "
        f"{found.simple_test:.3f}  {found.trials:6}  {found.seconds:7.0f}   {found.searched}",
        flush=True,
    )


if __name__ == "__main__":
    main()
