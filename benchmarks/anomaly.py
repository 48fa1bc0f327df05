"""What `seqtune fit --task anomaly` finds in labelled series that it is given without labels.

    python benchmarks/anomaly.py FOLDER --budget 90s --places odd

FOLDER holds CSV files with a column `label`, a column of times and columns of numbers. Each is
fitted on a copy without the labels; then every row of it is scored, by what came before it and
from both sides: by the winner, by the networks alone and by each simple method. Only then are the
labels read, for the figures: VUS-PR over all rows, as in TSB-AD, with the series' dominant window;
labelled events that have a marked row; and events without a labelled row, beside what the rate of
the run promises.
`--places` takes every second file by name, from the first (even) or the second (odd) on. Runs that
stand in `--keep` are not fitted again.
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
from _labelled import Labelled, read_labelled

from seqtune.metrics.labelled_events import count_within, runs
from seqtune.metrics.vus import vus_pr

TIMES = {"causal": "false", "both sides": "true"}


def main() -> None:
    """Fit and score each file, and print its figures and their means."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", default="5m")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--places", choices=("all", "even", "odd"), default="all")
    parser.add_argument("--files", nargs="+")
    parser.add_argument("--set", nargs="*", default=[])
    parser.add_argument("--keep", type=Path, help="where run folders are kept")
    chosen = parser.parse_args()
    totals: dict[tuple[str, str], list[float]] = {}
    counts: dict[str, list[tuple[float, ...]]] = {}
    for series in read_labelled(chosen.folder, chosen.places, chosen.files):
        with tempfile.TemporaryDirectory() as scratch:
            place = chosen.keep or Path(scratch)
            place.mkdir(parents=True, exist_ok=True)
            board = fitted(series, place, chosen)
            for when, noncausal in TIMES.items():
                figures, counted = measure(series, place, board, noncausal)
                for role, figure in figures.items():
                    totals.setdefault((when, role), []).append(figure)
                counts.setdefault(when, []).append(counted)
                shown = "  ".join(f"{role} {figure:.3f}" for role, figure in figures.items())
                found, events, false, promised = counted
                told = f"{found:.0f} of {events:.0f} events, {false:.0f} false ({promised:.1f})"
                print(f"{series.name}, {when}: {shown}   {told}", flush=True)
    for when in TIMES:
        means = [
            f"{role} {fmean(each):.3f}" for (told, role), each in totals.items() if told == when
        ]
        found, events, false, promised = np.sum(counts[when], axis=0)
        print(f"mean, {when}: {'  '.join(means)}")
        print(f"  the winner finds {found / events:.3f} of {events:.0f} events; in normal rows")
        print(f"  {false:.0f} false ones, where {promised:.1f} were promised")


def fitted(series: Labelled, folder: Path, chosen: argparse.Namespace) -> dict[str, object]:
    """Fit one file without its labels, unless that stands there, and return the leaderboard."""
    bare, out = folder / f"{series.name}.csv", folder / series.name
    series.table.to_csv(bare, index=False)
    if not (out / "leaderboard.json").exists():
        flags = ["--budget", chosen.budget, "--seed", chosen.seed, "--out", str(out), "--quiet"]
        flags += [word for override in chosen.set for word in ("--set", override)]
        done = run("fit", str(bare), "--task", "anomaly", *flags)
        if done.code:
            raise SystemExit(done.stderr)
    held: dict[str, object] = json.loads((out / "leaderboard.json").read_text())
    return held


def measure(
    series: Labelled, folder: Path, board: dict[str, object], noncausal: str
) -> tuple[dict[str, float], tuple[float, ...]]:
    """Return the VUS-PR of each model; events found, all, false, and false ones promised."""
    roles = {"winner": board["winner"], "networks": "network"}
    for row in board["leaderboard"]:
        if row["kind"] == "baseline":
            roles[row["name"]] = row["name"]
    found: dict[str, float] = {}
    for role, name in roles.items():
        scored = folder / f"{series.name}-{role}.csv"
        words = ["--use", str(name), "--set", f"score.noncausal={noncausal}"]
        place = [str(folder / series.name), str(folder / f"{series.name}.csv")]
        done = run("predict", *place, *words, "-o", str(scored), "--force")
        if done.code:
            raise SystemExit(done.stderr)
        table = pd.read_csv(scored)
        scores = table["score"].to_numpy(np.float64)
        found[role] = vus_pr(series.labels, scores, series.window)
        if role == "winner":
            counted = count(series, table)
    return found, counted


def count(series: Labelled, table: pd.DataFrame) -> tuple[float, ...]:
    """Return how many labelled events are found, how many there are, false ones, and promised."""
    is_anomaly, is_marked = series.labels == 1, table["anomaly"].to_numpy() == 1
    events = runs(is_anomaly)
    found = (count_within(is_marked, events) > 0).sum()
    true = table["event"][is_anomaly & is_marked].nunique()
    normal = (table["score"].notna() & ~is_anomaly).sum()
    promised = 10.0 ** -table["threshold"].iloc[0] * normal
    return float(found), float(len(events)), float(table["event"].nunique() - true), float(promised)


if __name__ == "__main__":
    main()
