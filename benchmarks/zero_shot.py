"""How well does a pre-trained recurrence forecast series that it never saw?

    python benchmarks/zero_shot.py short WEIGHTS --simple simple.npz
    python benchmarks/zero_shot.py short WEIGHTS --simple simple_kept.npz --kept
    python benchmarks/zero_shot.py hourly WEIGHTS --data FOLDER [--test]

`short`: the series of `short_collection.py`, the last horizon and the one before; the geometric
mean of the mean absolute error relative to seasonal naive, and relative to the median of ETS, Theta
and ARIMA. What the simple methods say stands in the file --simple, and is made where it does not
exist. `hourly`: M4 hourly, 48 hours, MASE; without --test the last 48 hours of train.csv, which is
for choosing.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from short_collection import Short, halves

from seqtune.pretrained import zero_shot
from seqtune.pretrained.network import Weights, widened

DECILES = tuple(np.round(np.arange(0.1, 0.95, 0.1), 1).tolist())
SIMPLE = ("seasonal_naive", "ets", "theta", "arima", "combination")
CUTS = 2
SMALLEST, LARGEST = 0.02, 50.0


def main() -> None:
    """Forecast, and print what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("short", "hourly", "simple"))
    parser.add_argument("weights", type=Path, nargs="?")
    parser.add_argument("--simple", type=Path)
    parser.add_argument("--kept", action="store_true")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    if chosen.what == "hourly":
        hourly(chosen)
    else:
        short(chosen)


def cases(kept: bool) -> Iterator[tuple[Short, np.ndarray, np.ndarray]]:
    """Yield a series, what is known of it, and what came."""
    for series in halves()[kept]:
        for cut in range(1, CUTS + 1):
            end = len(series.values) - series.horizon * cut
            yield series, series.values[:end], series.values[end : end + series.horizon]


def simple_forecasts(path: Path, kept: bool) -> dict[str, np.ndarray]:
    """Return (cases, longest horizon, 10) of each simple method: point forecast and deciles."""
    from seqtune.baselines.forecast._fitting import ForecastFitting
    from seqtune.registry import baselines

    if path.exists():
        with np.load(path) as found:
            return dict(found)
    made: dict[str, list[np.ndarray]] = {name: [] for name in SIMPLE}
    for series, history, _ in cases(kept):
        periods = (series.period,) if series.period > 1 else ()
        fitting = ForecastFitting(series.horizon, periods, DECILES)
        for name in SIMPLE:
            said = fitting.predict(fitting.fit(baselines("forecast")[name]), [history])[0][0]
            made[name].append(np.pad(said, ((0, 14 - len(said)), (0, 0)), constant_values=np.nan))
    arrays = {name: np.stack(each) for name, each in made.items()}
    np.savez(path, **arrays)
    return arrays


def short(chosen: argparse.Namespace) -> None:
    """Print a line for each method and each blend with what is pre-trained."""
    simple = simple_forecasts(chosen.simple, chosen.kept)
    if chosen.weights is None:
        return
    began = time.perf_counter()
    weights = load(chosen.weights)
    errors: dict[str, list[float]] = {}
    held: dict[str, list[float]] = {}
    names = []
    every = list(cases(chosen.kept))
    made = {"pretrained": together(weights, every)}
    for place, (series, _, truth) in enumerate(every):
        said = {name: each[place, : series.horizon, 1:] for name, each in simple.items()}
        said |= {name: each[place] for name, each in made.items()}
        said["median of three"] = np.median([said[name] for name in ("ets", "theta", "arima")], 0)
        said["four"] = np.median([said[k] for k in ("ets", "theta", "arima", "pretrained")], 0)
        said["three + pretrained"] = 0.5 * (said["median of three"] + said["pretrained"])
        said["combination + pretrained"] = 0.5 * (said["combination"] + said["pretrained"])
        for name, each in said.items():
            errors.setdefault(name, []).append(float(np.abs(each[:, 4] - truth).mean()))
            inside = (truth >= each[:, 0]) & (truth <= each[:, -1])
            held.setdefault(name, []).append(float(inside.mean()))
        names.append(f"{series.name} {series.frequency}")
    logs = relative(errors)
    for name, each in logs.items():
        ratios = [each - logs[other] for other in ("median of three", "combination")]
        shown = "  ".join(
            f"{np.exp(ratio.mean()):.3f} ± {ratio.std() / np.sqrt(len(ratio)):.3f}"
            for ratio in ratios
        )
        print(f"{name:26} {np.exp(each.mean()):.3f}  of median, combination: {shown}  "
              f"holds {np.mean(held[name]):.1%}")  # fmt: skip
    for frequency in ("YS", "QS", "MS", "W-MON", "D"):
        rows = [place for place, name in enumerate(names) if name.endswith(" " + frequency)]
        shown = {name: round(float(np.exp(each[rows].mean())), 3) for name, each in logs.items()
                 if name in ("pretrained", "median of three", "combination")}  # fmt: skip
        print(frequency, len(rows), shown)
    if chosen.verbose:
        worse = logs["pretrained"] - logs["median of three"]
        for place in np.argsort(-worse):
            shown = [np.exp(each[place]) for each in (worse, logs["pretrained"])]
            print(f"{names[place]:50}", *(f"{each:.2f}" for each in shown))
    print(f"{time.perf_counter() - began:.0f} s")


def load(path: Path) -> Weights:
    """Return the weights of a file of `pretrain.py`."""
    with np.load(path) as arrays:
        return widened(arrays)


def together(
    weights: Weights, every: list[tuple[Short, np.ndarray, np.ndarray]]
) -> list[np.ndarray]:
    """Return what the weights say of each case; those of one frequency are forecast at once."""
    found: dict[int, np.ndarray] = {}
    for frequency in {series.frequency for series, _, _ in every}:
        rows = [row for row, case in enumerate(every) if case[0].frequency == frequency]
        first = every[rows[0]][0]
        histories = [every[row][1] for row in rows]
        made = zero_shot.forecast(weights, histories, first.horizon, (first.period,))
        found |= dict(zip(rows, made, strict=True))
    return [found[row] for row in range(len(every))]


def relative(errors: dict[str, list[float]]) -> dict[str, np.ndarray]:
    """Return logarithms of errors relative to seasonal naive, (cases,) of each method."""
    reference = np.maximum(errors["seasonal_naive"], 1e-12)
    return {
        name: np.log(np.clip(np.array(each) / reference, SMALLEST, LARGEST))
        for name, each in errors.items()
    }


def hourly(chosen: argparse.Namespace) -> None:
    """Print MASE on M4 hourly."""
    from seqtune.metrics.forecast import mase, seasonal_scale

    train = pd.read_csv(chosen.data / "train.csv")
    histories = [rows["y"].to_numpy(float) for _, rows in train.groupby("unique_id", sort=True)]
    if chosen.test:
        test = pd.read_csv(chosen.data / "test.csv")
        truth = np.stack([rows["y"].to_numpy(float) for _, rows in test.groupby("unique_id")])
    else:
        truth = np.stack([each[-48:] for each in histories])
        histories = [each[:-48] for each in histories]
    scale = np.array([seasonal_scale(each, 24) for each in histories])
    said = {"seasonal naive": np.stack([np.tile(each[-24:], 2) for each in histories])}
    weights = load(chosen.weights)
    made = zero_shot.forecast(weights, histories, 48, (24,))
    said["pretrained"] = made[..., 4]
    for name, each in said.items():
        print(f"{name:16} MASE {mase(truth, each, scale):.3f}")
    inside = (truth >= made[..., 0]) & (truth <= made[..., -1])
    print(f"80 % intervals hold {inside.mean():.1%}")


if __name__ == "__main__":
    main()
