"""Does it help to average networks with a simple method where little was held out?

    python benchmarks/short_blend.py [FOLDER] --budget 30s --cuts 2 -o forecasts.json

`seqtune fit` runs on each short series (those of `short_series.py`, the airline, and every CSV
with the columns `y` and perhaps `ds` in FOLDER) without its last 12 steps, again without its last
24, and so on; what it forecasts is held against the 12 steps after. For each rule: the geometric
mean of the error relative to seasonal naive, and relative to `as it was`, the leader by validation
alone. What is done stands in the file and is not fitted again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from _command import run
from short_series import short_series

HORIZON = 12
SMALLEST = 0.02
"""No error counts as less of seasonal naive's: the mean is one of logarithms."""

AIRLINE = Path(__file__).resolve().parent.parent / "data" / "airline.csv"

Floats = npt.NDArray[np.float64]


def main() -> None:
    """Fit what is not done yet, and print what every rule is worth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--budget", default="30s")
    parser.add_argument("--cuts", type=int, default=2)
    parser.add_argument("-o", "--output", type=Path, required=True)
    chosen = parser.parse_args()
    done = json.loads(chosen.output.read_text()) if chosen.output.exists() else {}
    for name, table in every_series(chosen.folder):
        for cut in range(chosen.cuts):
            if (key := f"{name}, {cut}") not in done:
                done[key] = forecasts(table, cut, chosen.budget)
                chosen.output.write_text(json.dumps(done))
            shown = {rule: round(error, 2) for rule, error in by_rule(done[key]).items()}
            print(key, shown, flush=True)
    print_means([by_rule(each) for each in done.values()])


def every_series(folder: Path | None) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield name and table of each series."""
    yield "airline", pd.read_csv(AIRLINE).set_axis(["ds", "y"], axis=1)
    yield from short_series()
    for path in sorted(folder.glob("*.csv")) if folder else ():
        yield path.stem, pd.read_csv(path)


def forecasts(table: pd.DataFrame, cut: int, budget: str) -> dict[str, Any]:
    """Fit a series up to a cut-off; return what came after it, and what each row forecast."""
    end = len(table) - HORIZON * (cut + 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table.iloc[:end].to_csv(folder / "known.csv", index=False)
        flags = ("--task", "forecast", "--horizon", str(HORIZON), "--budget", budget)
        fitted = run("fit", "known.csv", *flags, "--out", "run", "--json", "--quiet", folder=folder)
        if fitted.code:
            raise SystemExit(fitted.stderr)
        board = json.loads(fitted.stdout)
        methods = [row["name"] for row in board["leaderboard"] if row["kind"] == "baseline"]
        members = json.loads((folder / "run" / "members.json").read_text())["blend"]
        ((blended, share),) = (
            (member["baseline"], member["weight"]) for member in members if member["baseline"]
        )
        wanted = dict.fromkeys(["blend", board["best_network"], blended, *methods])
        found = {use: _forecast(folder, use) for use in wanted}
    scores = {row["name"]: row["validation"]["mase"] for row in board["leaderboard"]}
    truth = table["y"].iloc[end : end + HORIZON].tolist()
    names = {key: board[key] for key in ("best_network", "best_baseline")}
    of_blend = {"blended": blended, "share": share}
    return {"truth": truth, "forecasts": found, "scores": scores, **of_blend, **names}


def _forecast(folder: Path, use: str) -> list[float]:
    done = run("predict", "run", "--use", use, "-o", f"{use}.csv", folder=folder)
    if done.code:
        raise SystemExit(done.stderr)
    return [float(each) for each in pd.read_csv(folder / f"{use}.csv")["q0.5"]]


def by_rule(done: Mapping[str, Any]) -> dict[str, float]:
    """Return the error of each rule relative to seasonal naive's, or naive's without a season."""
    made = {name: np.array(each) for name, each in done["forecasts"].items()}
    truth, scores = np.array(done["truth"]), done["scores"]
    method, best = made[done["blended"]], done["best_baseline"]
    share = done["share"]
    networks = (made["blend"] - share * method) / (1.0 - share)  # the rest of the blend
    leads = scores[best] < scores[done["best_network"]]
    rules = {
        "as it was": made[best] if leads else networks,
        "networks alone": networks,
        "best simple method": made[best],
        "half of each": 0.5 * (networks + method),
        "by inverse squares of errors": made["blend"],
        "so, or a simple method that is better": made[best] if leads else made["blend"],
    }
    reference = made.get("seasonal_naive", made["naive"])

    def error(forecast: Floats) -> float:
        return float(np.abs(forecast - truth).mean() / np.abs(reference - truth).mean())

    return {rule: error(forecast) for rule, forecast in rules.items()}


def print_means(errors: list[dict[str, float]]) -> None:
    """Print the geometric means of all errors, and how sure the difference is."""
    logs = {
        rule: np.log(np.maximum([each[rule] for each in errors], SMALLEST)) for rule in errors[0]
    }
    for rule, each in logs.items():
        ratio = each - logs["as it was"]
        doubt = ratio.std() / np.sqrt(len(ratio))
        relative = f"{np.exp(each.mean()):.3f}, as it was times {np.exp(ratio.mean()):.3f}"
        print(f"{rule:50} {relative} ± {doubt:.3f}  ({len(each)} forecasts)")


if __name__ == "__main__":
    main()
