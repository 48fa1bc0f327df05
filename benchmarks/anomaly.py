"""VUS-PR of `seqtune fit --task anomaly` on labelled series that it is given without their labels.

    python benchmarks/anomaly.py FOLDER --budget 5m

FOLDER holds CSV files with the columns timestamp, value, label. Each is fitted on a copy without
the label column; then every row of it is scored, by the winner, by the best network alone and by
each simple method, and only then are the labels read, for the figure: VUS-PR over all rows, as in
TSB-AD, with the series' dominant window.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from statistics import fmean

import numpy as np
import pandas as pd
from _command import run

from seqtune.metrics.dominant_window import dominant_window
from seqtune.metrics.vus import vus_pr


def main() -> None:
    """Fit and score each file, and print its figures and their means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", default="5m")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--files", nargs="+")
    parser.add_argument("--set", nargs="*", default=[])
    parser.add_argument("--keep", type=Path, help="where run folders are kept")
    chosen = parser.parse_args()
    files = chosen.files or sorted(path.name for path in chosen.folder.glob("*.csv"))
    totals: dict[str, list[float]] = {}
    for file in files:
        with tempfile.TemporaryDirectory() as folder:
            place = chosen.keep or Path(folder)
            place.mkdir(parents=True, exist_ok=True)
            figures, names = measure(chosen.folder / file, place, chosen)
        for role, figure in figures.items():
            totals.setdefault(role, []).append(figure)
        shown = "  ".join(f"{role} {figure:.3f}" for role, figure in figures.items())
        print(f"{file}: {shown}   ({names})", flush=True)
    print("mean: " + "  ".join(f"{role} {fmean(each):.3f}" for role, each in totals.items()))


def measure(data: Path, folder: Path, chosen: argparse.Namespace) -> tuple[dict[str, float], str]:
    """Fit one file without its labels, and return the figure of each model, and their names."""
    table = pd.read_csv(data)
    bare, out = folder / data.name, folder / data.stem
    table.drop(columns="label").to_csv(bare, index=False)
    flags = ["--budget", chosen.budget, "--seed", chosen.seed, "--out", str(out), "--quiet"]
    flags += [word for override in chosen.set for word in ("--set", override)]
    done = run("fit", str(bare), "--task", "anomaly", *flags, "--json")
    if done.code:
        raise SystemExit(done.stderr)
    board = json.loads(done.stdout)
    labels = table["label"].to_numpy()
    window = dominant_window(table["value"].to_numpy())
    roles = {"winner": board["winner"], "network": board["best_network"]}
    for row in board["leaderboard"]:
        if row["kind"] != "network":
            roles[row["name"]] = row["name"]
    found: dict[str, float] = {}
    for name in dict.fromkeys(roles.values()):
        scored = folder / f"{data.stem}-{name}.csv"
        run("predict", str(out), str(bare), "--use", name, "-o", str(scored))
        scores = pd.read_csv(scored)["score"].to_numpy(np.float64)
        found[name] = vus_pr(labels, scores, window)
    named = f"{roles['network']}, {sum(board['trials'].values())} trials"
    return {role: found[name] for role, name in roles.items()}, named


if __name__ == "__main__":
    main()
