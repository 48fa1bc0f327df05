"""Score hourly predictions as the M4 competition did: sMAPE, MASE and OWA.

    python benchmarks/score_m4.py ../shared/data/m4_hourly predictions.csv

Naive2's sMAPE 18.383 and MASE 2.395 over the 414 hourly series, by which OWA is scaled, are the
competition's published results (Makridakis, Spiliotis and Assimakopoulos 2020, "The M4
Competition", Int. J. of Forecasting 36(1); github.com/Mcompetitions/M4-methods). Seasonal naive:
sMAPE 13.912, MASE 1.193, OWA 0.628.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from seqtune.metrics.forecast import mase, owa, seasonal_scale, smape

PERIOD = 24
NAIVE2_SMAPE = 18.383
NAIVE2_MASE = 2.395


def scores(folder: Path, predictions: Path) -> dict[str, float]:
    """Return the predictions' sMAPE, MASE and OWA.

    Args:
        folder: Holds train.csv and test.csv, with the columns unique_id, ds, y.
        predictions: A CSV with the columns unique_id, ds, mean: every row of test.csv, once.
    """
    train = pd.read_csv(folder / "train.csv")
    test = pd.read_csv(folder / "test.csv")
    forecast = pd.read_csv(predictions)[["unique_id", "ds", "mean"]]
    rows = test.merge(forecast, how="left", on=["unique_id", "ds"], validate="one_to_one")
    rows = rows.sort_values(["unique_id", "ds"], kind="stable")
    absent = int(rows["mean"].isna().sum())
    if absent:
        first = rows[rows["mean"].isna()].iloc[0]
        where = f"the first is unique_id {first['unique_id']}, ds {first['ds']}"
        sys.exit(
            f"error: {predictions} lacks {absent} of the {len(rows)} rows of test.csv; {where}"
        )
    series = rows["unique_id"].nunique()
    actual = rows["y"].to_numpy(dtype=np.float64).reshape(series, -1)  # (series, horizon)
    mean = rows["mean"].to_numpy(dtype=np.float64).reshape(series, -1)
    scale = (
        train.sort_values(["unique_id", "ds"], kind="stable")
        .groupby("unique_id", sort=True)["y"]
        .agg(lambda values: seasonal_scale(values.to_numpy(dtype=np.float64), PERIOD))
    )
    ordered = np.array([scale[name] for name in sorted(set(rows["unique_id"]))], dtype=np.float64)
    percent, scaled = smape(actual, mean), mase(actual, mean, ordered)
    weighted = owa(percent, scaled, NAIVE2_SMAPE, NAIVE2_MASE)
    return {"sMAPE": percent, "MASE": scaled, "OWA": weighted}


def main() -> None:
    """Print the scores of a predictions file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="folder with train.csv and test.csv")
    parser.add_argument("predictions", type=Path, help="CSV with unique_id, ds, mean")
    options = parser.parse_args()
    for name, value in scores(options.folder, options.predictions).items():
        sys.stdout.write(f"{name:<6}{value:8.3f}\n")


if __name__ == "__main__":
    main()
