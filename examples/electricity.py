"""Forecast what hundreds of clients of a power company will use tomorrow, hour by hour.

    python examples/electricity.py LD2011_2014.txt --clients 20 --budget 5m

The data are "ElectricityLoadDiagrams20112014" of the UCI Machine Learning Repository (A. Trindade,
2015; CC BY 4.0): https://archive.ics.uci.edu/dataset/321. Unpack the archive; the file is text
with a column for each client, semicolons between them, a comma as the decimal mark, and a row for
each quarter of an hour.

What it shows: many series in one network, hours made of quarters, several origins of evaluation.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

import seqtune

HELD_OUT = 7 * 24
"""Hours at the end that the run does not see."""


def hourly(file: Path, clients: int) -> pd.DataFrame:
    """Return a row for each client and hour: `client`, `time`, `kilowatts`.

    Args:
        file: The text file of the archive.
        clients: How many are taken, those that use most.
    """
    quarters = pd.read_csv(file, sep=";", decimal=",", index_col=0, parse_dates=True)
    hours = quarters.resample("h").mean()
    largest = hours.mean().nlargest(clients).index
    table = hours[largest].rename_axis("time").reset_index()
    return table.melt("time", var_name="client", value_name="kilowatts")


def main(file: Path, folder: Path, clients: int = 20, **options: Any) -> pd.DataFrame:
    """Fit, score the last week, and return a forecast of the day after it.

    Args:
        file: The data.
        folder: Where the run folder goes.
        clients: How many are forecast.
        options: Flags of `seqtune fit`.
    """
    table = hourly(file, clients)
    border = table["time"].max() - pd.Timedelta(hours=HELD_OUT)
    run = seqtune.fit(
        table[table["time"] <= border],
        task="forecast",
        series="client",
        target=["kilowatts"],
        horizon=24,
        out=folder / "electricity",
        **options,
    )
    print(run.leaderboard.to_string())
    scores = run.evaluate(table, folds=7, step=24)
    for name, figures in scores.items():
        print(f"{name}: MASE {figures['mase']:.3f} over the seven days of the last week")
    return run.predict(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("runs"))
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--budget", default="5m")
    print(main(**vars(parser.parse_args())))
