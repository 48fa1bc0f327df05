"""How many values of ordinary series are called outliers, and how many planted faults are found?

    python benchmarks/outliers.py FOLDER [--series unique_id] [--without label ds]

Every numeric column of every CSV file in the folder and below is a series, in the order of its
rows; with `--series`, one for each value of that column where a file has it. Files are taken in
turns, by name, into two halves: rules were chosen on the first alone. Then a fault is planted into
each series, once for each kind of fault, at a random row of its last two thirds, and made-up series
say what becomes of peaks, growth and heavy tails.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.data.panel.build import build_panel
from seqtune.data.panel.outlier_search import find_outliers
from seqtune.data.panel.panel import Panel, PanelRoles
from seqtune.data.panel.seasonality import find_periods
from seqtune.data.reading.source import Source

Floats = npt.NDArray[np.float64]

SHORTEST = 60
MADE_UP = 100
"""Made-up series of each kind."""

FAULTS: dict[str, Callable[[float], float]] = {
    "ten times the value": lambda value: 10 * value,
    "a hundred times": lambda value: 100 * value,
    "a thousand times": lambda value: 1000 * value,
    "-999": lambda value: -999.0,
    "9999": lambda value: 9999.0,
}


def main() -> None:
    """Print the table of both halves, and that of the made-up series."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--series", default="", help="column that names the series")
    parser.add_argument(
        "--without", nargs="+", default=["label"], help="columns that are no series"
    )
    given = parser.parse_args()
    files = sorted(given.folder.rglob("*.csv"))
    for half, name in enumerate(("chosen on", "unseen")):
        panels = [
            panel_of(series)
            for path in files[half::2]
            if (series := list(series_of(path, given.series, given.without)))
        ]
        rows = sum(panel.rows for panel in panels)
        count = sum(len(found(panel)) for panel in panels)
        print(f"{name}: {len(panels)} files, {rows} values, {count} outliers")
        for fault, plant in FAULTS.items():
            print(f"  planted, {fault}: {planted(panels, plant)}")
    for name, make in made_up(np.random.default_rng(0)).items():
        panel = panel_of([make() for _ in range(MADE_UP)])
        print(f"{name}: {len(found(panel))} outliers of {panel.rows} values")


def series_of(path: Path, column: str, without: list[str]) -> Iterator[Floats]:
    """Yield the series of a file."""
    try:
        table = pd.read_csv(path)
    except (ValueError, UnicodeDecodeError):
        return
    parts = [part for _, part in table.groupby(column)] if column in table else [table]
    numeric = table.drop(columns=without, errors="ignore").select_dtypes("number")
    for part in parts:
        for name in numeric.columns:
            values = part[name].to_numpy(np.float64)
            if np.isfinite(values).sum() >= SHORTEST and np.ptp(values[np.isfinite(values)]) > 0:
                yield values


def panel_of(series: list[Floats]) -> Panel:
    """Return series as a panel, rows counted."""
    parts = [pd.DataFrame({"id": f"s{n}", "y": values}) for n, values in enumerate(series)]
    return build_panel(Source.from_frame(pd.concat(parts)), PanelRoles(("y",), series="id"))


def found(panel: Panel) -> npt.NDArray[np.int64]:
    """Return the rows of lasting outliers."""
    periods = find_periods(panel)
    return find_outliers(panel, periods[0] if periods else 1).lasting.rows


def planted(panels: list[Panel], plant: Callable[[float], float]) -> str:
    """Return how many of the faults are found that are planted into each series of panels."""
    draw, hits, count = np.random.default_rng(5), 0, 0
    for panel in panels:
        target, where = np.array(panel.target), []
        for begin, length in zip(panel.offsets, panel.lengths, strict=False):
            row = int(begin + draw.integers(length // 3, length - 3))
            target[row] = plant(float(target[row, 0]))
            where.append(row)
        spoiled = panel_of(
            [target[a:b, 0] for a, b in zip(panel.offsets, panel.offsets[1:], strict=False)]
        )
        hits, count = hits + int(np.isin(where, found(spoiled)).sum()), count + len(where)
    return f"{hits} of {count}"


def made_up(draw: np.random.Generator) -> dict[str, Callable[[], Floats]]:
    """Return makers of series that have peaks, growth or heavy tails, but no fault."""

    def shifted() -> Floats:
        return np.append(
            draw.normal(100, 10, 300), draw.normal(100, 10, 300) * draw.choice([10, 1000])
        )

    def with_holidays(factor: float) -> Floats:
        step = np.arange(1100)
        values = 100 + 20 * np.sin(step * 2 * np.pi / 7) + draw.normal(0, 10, 1100)
        values[[350, 715, 1080]] *= factor
        return np.asarray(values)

    def with_promotions() -> Floats:
        values = draw.poisson(20, 700).astype(np.float64)
        for begin in draw.integers(50, 690, 5):
            values[begin : begin + draw.integers(1, 7)] *= 8
        return values

    return {
        "log-normal, sigma 1.5": lambda: draw.lognormal(0, 1.5, 1000),
        "Pareto, exponent 2": lambda: draw.pareto(2, 1000) + 1,
        "Student, 3 degrees": lambda: draw.standard_t(3, 1000),
        "counts, 85 % zero": lambda: draw.negative_binomial(0.12, 0.1, 1000).astype(np.float64),
        "growth by 5 % a step": lambda: np.exp(0.05 * np.arange(200) + draw.normal(0, 0.2, 200)),
        "levels that rise ten- and a thousandfold": shifted,
        "holidays, 6 times a day": lambda: with_holidays(6.0),
        "holidays, 15 times a day": lambda: with_holidays(15.0),
        "promotions of 1 to 6 days, 8 times": with_promotions,
    }


if __name__ == "__main__":
    main()
