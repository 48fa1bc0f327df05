"""Write the made-up sample tables: shops.csv, shops_future.csv and power.csv.

    python data/make_samples.py [FOLDER]

All numbers come from one seeded generator and are rounded, so that a second run changes nothing.

- shops.csv: eight shops' daily sales over up to two years (date, shop, region, sales, price,
  promotion). A promotion lifts sales by about 40 per cent; price is known only afterwards,
  promotion ahead. Some days are missing, some sales are blank, and shops open and close at
  different dates.
- shops_future.csv: the promotions of the 14 days after each shop's last day (date, shop,
  promotion), which is what `seqtune predict` asks for.
- power.csv: one hourly load over 20 weeks (time, load), with a daily and a weekly season.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

SHOPS = ("Ash", "Birch", "Cedar", "Elm", "Fir", "Maple", "Oak", "Pine")
REGIONS = ("north", "north", "north", "south", "south", "south", "west", "west")
FIRST_DAY = np.datetime64("2023-01-01")
DAYS = 730
AHEAD = 14
WEEKS = 20
WEEKDAY_SHARE = np.array([0.85, 0.82, 0.88, 0.95, 1.15, 1.35, 1.00])  # Monday to Sunday

Row = Sequence[object]


def promotions(random: np.random.Generator, days: int) -> npt.NDArray[np.int64]:
    """Return (days,) 1 on days with a promotion: runs of five days, about one in nine days."""
    promotion = np.zeros(days, dtype=np.int64)
    start = int(random.integers(5, 40))
    while start < days:
        promotion[start : start + 5] = 1
        start += int(random.integers(25, 65))
    return promotion


def shop_rows(random: np.random.Generator, shop: int) -> tuple[list[Row], list[Row]]:
    """Return one shop's rows of the table and its rows of the promotions to come."""
    opens = int(random.integers(0, 120)) if shop % 2 else 0
    closes = DAYS - (int(random.integers(10, 90)) if shop % 3 == 2 else 0)
    day = np.arange(opens, closes + AHEAD)
    date = FIRST_DAY + day
    promotion = promotions(random, len(day))
    weekday = (date.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    season = 1.0 + 0.15 * np.sin(2.0 * np.pi * (day - 80.0) / 365.25)
    base = random.uniform(60.0, 240.0) * (1.0 + random.uniform(-0.1, 0.3) * day / DAYS)
    price = np.round(random.uniform(4.0, 9.0) * (1.0 + 0.03 * random.normal(size=len(day))), 2)
    dearness = (price / price.mean()) ** -0.8
    noise = np.exp(0.08 * random.normal(size=len(day)))
    lift = 1.0 + 0.4 * promotion
    sales = np.round(base * season * WEEKDAY_SHARE[weekday] * lift * dearness * noise)

    known = len(day) - AHEAD
    absent = random.random(known) < 0.015
    blank = random.random(known) < 0.01
    absent[[0, -1]] = blank[[0, -1]] = False
    past: list[Row] = [
        (
            date[row],
            SHOPS[shop],
            REGIONS[shop],
            "" if blank[row] else int(sales[row]),
            f"{price[row]:.2f}",
            promotion[row],
        )
        for row in range(known)
        if not absent[row]
    ]
    future: list[Row] = [(date[row], SHOPS[shop], promotion[row]) for row in range(known, len(day))]
    return past, future


def power_rows(random: np.random.Generator) -> list[Row]:
    """Return the hourly load's rows: a day's two peaks, quieter weekends, a drifting level."""
    hour = np.arange(WEEKS * 168)
    of_day = hour % 24
    weekend = (hour // 24) % 7 >= 5  # the first day is a Monday
    morning = np.exp(-0.5 * ((of_day - 8.5) / 2.0) ** 2)
    evening = np.exp(-0.5 * ((of_day - 19.0) / 2.5) ** 2)
    shape = 300.0 + np.where(weekend, 60.0, 140.0) * morning + 180.0 * evening
    level = 25.0 * np.sin(2.0 * np.pi * hour / (13 * 168.0))
    noise = np.zeros(len(hour))
    shocks = random.normal(scale=7.0, size=len(hour))
    for step in range(1, len(hour)):
        noise[step] = 0.7 * noise[step - 1] + shocks[step]
    load = shape - 35.0 * weekend + level + noise
    time = np.datetime64("2024-01-01T00") + hour
    return [(f"{time[row]}:00", f"{load[row]:.1f}") for row in hour]


def write(path: Path, header: Row, rows: Iterable[Row]) -> None:
    """Write one table, with a newline alone at the end of each line on every system."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


def main(folder: Path) -> None:
    """Write the three tables into a folder."""
    random = np.random.default_rng(20240101)
    shops = [shop_rows(random, shop) for shop in range(len(SHOPS))]
    header = ("date", "shop", "region", "sales", "price", "promotion")
    write(folder / "shops.csv", header, (row for past, _ in shops for row in past))
    write(
        folder / "shops_future.csv",
        ("date", "shop", "promotion"),
        (row for _, future in shops for row in future),
    )
    write(folder / "power.csv", ("time", "load"), power_rows(random))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
