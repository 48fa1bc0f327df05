"""VUS-PR of TSB-AD's own detectors on labelled series, by the code that measures seqtune's.

    python benchmarks/peers/environments.py ENVIRONMENTS --only tsb_ad
    python benchmarks/peers/detectors.py FOLDER --places odd --environments ENVIRONMENTS

FOLDER holds CSV files with a column `label` and columns of numbers, as `benchmarks/anomaly.py`
takes them; `--places` takes every second one by name, from the first (even) or the second (odd)
on. Each detector has the settings that TSB-AD gives for series of one or of several channels, sees
all rows, and no label. What lies in `--keep` is not scored again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import numpy as np
import pandas as pd
from environments import REPORTED, interpreter, versions

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from _labelled import Labelled, read_labelled

from seqtune.metrics.vus import vus_pr

RUNNER = Path(__file__).resolve().parent / "runners" / "run_tsb_ad.py"

UNIVARIATE = ("Sub_PCA", "IForest", "KMeansAD_U", "POLY", "LSTMAD")
MULTIVARIATE = ("PCA", "IForest", "KMeansAD", "LSTMAD")
"""How TSB-AD names the same methods for series of several channels; POLY is for one alone."""


def main() -> None:
    """Score each file by each detector, and print the figures and their means."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--places", choices=("all", "even", "odd"), default="all")
    parser.add_argument("--methods", nargs="+", help="default: those for the series' channels")
    parser.add_argument("--environments", type=Path, required=True)
    parser.add_argument("--keep", type=Path, help="where scores are kept")
    chosen = parser.parse_args()
    environment = chosen.environments / "tsb_ad"
    if not (environment / "versions.json").exists():
        sys.exit(f"error: {chosen.environments} lacks tsb_ad\nhint: environments.py makes it")
    print(*(f"{each} {versions(environment)[each]}" for each in REPORTED["tsb_ad"]))
    totals: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        place = chosen.keep or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        for series in read_labelled(chosen.folder, chosen.places):
            several = series.values.shape[1] > 1
            methods = chosen.methods or (MULTIVARIATE if several else UNIVARIATE)
            folder = place.resolve() / series.name
            score(methods, series, environment, folder)
            told = []
            for method in methods:
                scores = np.loadtxt(folder / f"{method}.txt")
                figure = vus_pr(series.labels, scores, series.window)
                totals.setdefault(method, []).append(figure)
                told.append(f"{method} {figure:.3f}")
            print(f"{series.name}: {'  '.join(told)}", flush=True)
    print("mean: " + "  ".join(f"{method} {fmean(each):.3f}" for method, each in totals.items()))


def score(methods: Sequence[str], series: Labelled, environment: Path, folder: Path) -> None:
    """Leave the scores of detectors in a folder, from their own Python; those there already stay.

    Args:
        methods: What is run.
        series: What is scored.
        environment: Where TSB-AD is installed.
        folder: Takes METHOD.txt.
    """
    absent = [method for method in methods if not (folder / f"{method}.txt").exists()]
    if not absent:
        return
    folder.mkdir(exist_ok=True)
    table = folder / "values.csv"
    pd.DataFrame(series.values, columns=series.channels).to_csv(table, index=False)
    command = [str(interpreter(environment.absolute())), str(RUNNER), str(table), *absent]
    done = subprocess.run(
        [*command, "-o", str(folder)], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"error: {series.name}\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    main()
