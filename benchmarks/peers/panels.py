"""The data sets of the comparison: what is known at each cut-off, and what came after it.

Every method gets the same files: the columns series, time, value, up to a cut-off. Nothing after
it is ever handed to a runner.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
AIRLINE = Path(__file__).resolve().parents[2] / "data" / "airline.csv"
ETT_TRAINING_ROWS = 8_640
ETT_ROWS = (11_520, 14_400)
"""The first test row of ETTh1 and the first row after them: 12, 4 and 4 months of 30 days."""


@dataclass(frozen=True)
class Panel:
    """One data set.

    Args:
        table: Columns series, time, value, sorted; every series has the same rows after the
            first cut-off.
        horizon: Steps to forecast at each cut-off.
        seasons: Seasonal periods in steps; MASE is scaled by the first.
        frequency: A pandas alias, or "1" where time is a whole number.
        cutoffs: Steps before the end of every series at which it is forecast, the earliest first.
        naive: sMAPE and MASE of Naive2, by which OWA is scaled, if they are known.
        deviation: By which errors of each series are divided for MSE and MAE, if they are told.
    """

    table: pd.DataFrame
    horizon: int
    seasons: tuple[int, ...]
    frequency: str
    cutoffs: tuple[int, ...]
    naive: tuple[float, float] | None = None
    deviation: Floats | None = None

    def history(self, cutoff: int) -> pd.DataFrame:
        """Return the rows before a cut-off, which is given in steps before the end."""
        back = self.table.groupby("series").cumcount(ascending=False)
        return self.table[back >= cutoff]

    def actual(self, cutoff: int) -> Floats:
        """Return what came after a cut-off: (series, horizon), series in the order of names."""
        back = self.table.groupby("series").cumcount(ascending=False)
        rows = self.table[(back < cutoff) & (back >= cutoff - self.horizon)]
        values = rows["value"].to_numpy(np.float64)
        return values.reshape(rows["series"].nunique(), self.horizon)


def m4_hourly(folder: Path) -> Panel:
    """Return the 414 hourly series of M4, forecast once, 48 hours ahead.

    Args:
        folder: Holds m4_hourly/train.csv and test.csv with the columns unique_id, ds, y.

    Source:
        Naive2: github.com/Mcompetitions/M4-methods.
    """
    parts = [pd.read_csv(folder / "m4_hourly" / f"{part}.csv") for part in ("train", "test")]
    table = pd.concat(parts)[["unique_id", "ds", "y"]]
    table.columns = pd.Index(["series", "time", "value"])
    return Panel(ordered(table), 48, (24, 168), "1", (48,), naive=(18.383, 2.395))


def etth1(folder: Path) -> Panel:
    """Return the seven columns of ETTh1 as seven series, 96 hours ahead, from ten cut-offs.

    They lie 288 hours apart over the usual test part of four months, so that a tenth of the usual
    windows is judged; MSE and MAE are of values standardised by the first twelve months.

    Args:
        folder: Holds ETTh1.csv with the column date.

    Source:
        Zhou et al. 2021, "Informer", AAAI 35(12), section 5.1.
    """
    wide = pd.read_csv(folder / "ETTh1.csv").iloc[: ETT_ROWS[1]]
    table = wide.melt("date", var_name="series", value_name="value")
    table = table.rename(columns={"date": "time"})[["series", "time", "value"]]
    known = wide.iloc[:ETT_TRAINING_ROWS].drop(columns="date")
    deviation = known.std(ddof=0).sort_index().to_numpy(np.float64)
    cutoffs = tuple(range(ETT_ROWS[1] - ETT_ROWS[0], 0, -288))
    return Panel(ordered(table), 96, (24, 168), "h", cutoffs, deviation=deviation)


def airline(folder: Path) -> Panel:
    """Return the airline's passengers, 12 months ahead, from three cut-offs.

    Args:
        folder: Not looked at: the file is the project's own.
    """
    table = pd.read_csv(AIRLINE).set_axis(["time", "value"], axis="columns")
    table["time"] += "-01"
    table.insert(0, "series", "passengers")
    return Panel(ordered(table), 12, (12,), "MS", (36, 24, 12))


def ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table sorted by series and time."""
    return table.sort_values(["series", "time"], kind="stable", ignore_index=True)


PANELS: dict[str, Callable[[Path], Panel]] = {
    "m4_hourly": m4_hourly,
    "etth1": etth1,
    "airline": airline,
}
