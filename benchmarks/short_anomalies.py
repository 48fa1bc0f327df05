"""How many normal rows are marked after a fit on few of them, and what is found among them.

    python benchmarks/short_anomalies.py --rows 200 400 1000 --keep RUNS

Hours of three kinds, two seeds each. `seqtune fit` has the first rows; `seqtune predict` scores the
next 600, which are as normal, and then the same with five anomalies planted into them. Runs that
stand in RUNS already are not fitted again.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from _command import run

Floats = npt.NDArray[np.float64]

NEW, DAY, SEEDS = 600, 24, (0, 1)


def main() -> None:
    """Print, for each number of rows, the share of normal ones marked, and what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[200, 400, 1000])
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--trials", default="2")
    chosen = parser.parse_args()
    chosen.keep.mkdir(parents=True, exist_ok=True)
    for rows in chosen.rows:
        marked = {}
        for kind, make in KINDS.items():
            for seed in SEEDS:
                values = make(np.random.default_rng((seed, rows)), rows + NEW)
                folder = chosen.keep / f"{kind}-{rows}-{seed}"
                normal, found, false = measure(values, rows, folder, chosen.trials)
                marked[folder.name] = normal
                print(
                    f"  {folder.name}: marked {normal:.3f}, found {found}, else {false}", flush=True
                )
        print(f"{rows} rows: {np.mean(list(marked.values())):.3f} of normal rows are marked")


def measure(values: Floats, rows: int, folder: Path, trials: str) -> tuple[float, str, int]:
    """Return the share of new rows marked; which anomalies are found; rows marked far from any."""
    times = pd.date_range("2024-01-01", periods=len(values), freq="h")
    table = pd.DataFrame({"time": times, "value": values.round(4)})
    data = folder.with_suffix(".csv")
    if not folder.exists():
        table[:rows].to_csv(data, index=False)
        flags = ["--task", "anomaly", "--trials", trials, "--budget", "60s", "--quiet"]
        done = run("fit", str(data), *flags, "--out", str(folder))
        if done.code:
            raise SystemExit(done.stderr)
    normal = scored(folder, table[rows:])
    changed, places = planted(values[rows:], np.random.default_rng(5))
    flags_of = scored(folder, table[rows:].assign(value=changed.round(4)))
    found = {name: bool(flags_of[begin:end].any()) for name, (begin, end) in places.items()}
    near = np.zeros(NEW, np.bool_)
    for begin, end in places.values():
        near[max(0, begin - DAY) : end + DAY] = True
    named = ", ".join(name for name, is_found in found.items() if is_found) or "none"
    return float(normal.mean()), named, int((flags_of & ~near).sum())


def scored(folder: Path, table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which of new rows are marked, (rows,)."""
    data, out = folder.with_suffix(".new.csv"), folder.with_suffix(".scored.csv")
    table.to_csv(data, index=False)
    out.unlink(missing_ok=True)
    done = run("predict", str(folder), str(data), "-o", str(out))
    if done.code:
        raise SystemExit(done.stderr)
    return pd.read_csv(out)["anomaly"].to_numpy() == 1


def planted(
    values: Floats, random: np.random.Generator
) -> tuple[Floats, dict[str, tuple[int, int]]]:
    """Plant five anomalies, each in 120 rows of its own; return where they stand."""
    values, unit = values.copy(), float(values.std())
    values[60] += 5.0 * unit
    values[180 : 180 + DAY] += 2.5 * unit
    values[300:312] = values[300]
    values[420:436] += random.normal(size=16) * 1.5 * unit
    day = slice(528, 528 + DAY)
    values[day] = 2.0 * values[day].mean() - values[day]
    return values, {
        "spike": (60, 61),
        "level": (180, 204),
        "flat": (300, 312),
        "noise": (420, 436),
        "day": (528, 552),
    }


def _sine(random: np.random.Generator, rows: int) -> Floats:
    """A day as a sine, and noise."""
    steps = np.arange(rows)
    return 10 + 3 * np.sin(steps * 2 * np.pi / DAY) + 0.5 * random.normal(size=rows)


def _red(random: np.random.Generator, rows: int) -> Floats:
    """What comes and goes by itself: an autoregression of 0.9."""
    noise = random.normal(size=rows)
    for row in range(1, rows):
        noise[row] += 0.9 * noise[row - 1]
    return noise


def _week(random: np.random.Generator, rows: int) -> Floats:
    """A day with two peaks, lower on two days of seven."""
    steps = np.arange(rows)
    hour = steps % DAY
    shape = np.exp(-((hour - 9) ** 2) / 8) + 1.3 * np.exp(-((hour - 18) ** 2) / 10)
    free = steps // DAY % 7 >= 5
    return 100 * (0.3 + np.where(free, 0.5, 1.0) * shape) * (1 + 0.06 * random.normal(size=rows))


KINDS: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "sine": _sine,
    "red": _red,
    "week": _week,
}

if __name__ == "__main__":
    main()
