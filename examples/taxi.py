"""Find the days on which the taxis of New York did not drive as usual.

    python examples/taxi.py nyc_taxi.csv --budget 5m

The data are `nyc_taxi.csv` of the Numenta Anomaly Benchmark (A. Lavin and S. Ahmad, 2015):
https://github.com/numenta/NAB, folder `data/realKnownCause`. A row for each half hour from July
2014 to January 2015, with the columns `timestamp` and `value`. Five stretches are labelled there:
the marathon, Thanksgiving, Christmas, New Year and a snow storm. No label is used here.

What it shows: nobody says how many anomalies there are, rows become events, and the rate of false
alarms can be changed afterwards.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

import seqtune

LEARNT = 0.4
"""The share of the rows, from the first one, that the run learns what is usual from."""


def events(scored: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each event: when it begins and ends, and its highest score."""
    marked = scored.dropna(subset="event")
    grouped = marked.groupby("event")
    return grouped.agg(
        begin=("timestamp", "min"), end=("timestamp", "max"), score=("score", "max")
    ).sort_values("score", ascending=False)


def main(file: Path, folder: Path, **options: Any) -> pd.DataFrame:
    """Learn from the first months, and return the events of the whole file, strangest first.

    Args:
        file: The data.
        folder: Where the run folder goes.
        options: Flags of `seqtune fit`.
    """
    table = pd.read_csv(file, parse_dates=["timestamp"])
    usual = table.head(int(LEARNT * len(table)))
    run = seqtune.fit(usual, task="anomaly", target=["value"], out=folder / "taxi", **options)
    print(run.leaderboard.to_string())
    scored = run.predict(table)
    more = run.predict(table, set=["threshold.false_alarms=0.001"])
    print(
        f"{scored['anomaly'].sum()} rows marked; {more['anomaly'].sum()} at 1 alarm in 1,000 rows"
    )
    return events(scored)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("runs"))
    parser.add_argument("--budget", default="5m")
    print(main(**vars(parser.parse_args())))
