"""Series with long, labelled faults: a collection to choose defaults of anomaly detection on.

None of it is made as seqtune's own planted anomalies are: a fault has a cause, which sets in and
heals over time, and its label is a window around it, as practitioners draw it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.metrics.vus import vus_pr
from seqtune.tasks.anomaly.equal_runs import equal_rows

Floats = npt.NDArray[np.float64]
Random = np.random.Generator

MARGIN = 0.3
"""A label reaches this share of a fault's length beyond it on either side."""

STILL = 20
"""Rows of equal values: the columns of ETTh1 stand still for whole days, and nobody says why."""

QUIET = 0.12
"""Share of a series before its first fault."""


@dataclass(frozen=True)
class Faulty:
    """A series with faults.

    Args:
        name: What it is like.
        table: A time column and the channels.
        labels: (rows,) 0 or 1.
        counted: (rows,) whether anybody knows: not where what was measured stands still, which is
            no fault of ours but no normal row either.
    """

    name: str
    table: pd.DataFrame
    labels: npt.NDArray[np.int8]
    counted: npt.NDArray[np.bool_]

    def volume(self, scores: Floats, window: int) -> float:
        """Return the VUS-PR of scores, (rows,), over the rows that count."""
        return float(vus_pr(self.labels, np.where(self.counted, scores, np.nan), window))


def collection(folder: Path | None) -> Iterator[Faulty]:
    """Yield the series; those of ETTh1 only where a folder holds `ETTh1.csv`."""
    for seed, (name, (make, minutes, day)) in enumerate(MADE.items()):
        random = np.random.default_rng((2024, seed))
        values, faults = make(random)
        yield _faulty(name, values, minutes, day, faults, random)
    if folder is None:
        return
    table = pd.read_csv(folder / "ETTh1.csv")
    for seed, (column, rows) in enumerate((("OT", slice(0, 5000)), ("HUFL", slice(9000, 14000)))):
        random = np.random.default_rng((2025, seed))
        values = table[column].to_numpy(np.float64)[rows, None]
        faults = (stuck, gradual_failure, regime, damped)
        yield _faulty(f"ETTh1 {column}", values, 60, 24, faults, random)


def transformer(folder: Path) -> Iterator[Faulty]:
    """Yield ten segments of `ETTh1.csv`, 5,000 hours each, with four of all faults each.

    What is measured has a past that nobody made, and more that is odd in it than is labelled.
    """
    table = pd.read_csv(folder / "ETTh1.csv")
    for seed, (column, first) in enumerate(STRETCHES):
        random = np.random.default_rng((77, seed))
        values = table[column].to_numpy(np.float64)[first : first + 5000, None]
        faults = tuple(FAULTS[number] for number in random.permutation(len(FAULTS))[:4])
        yield _faulty(f"{column} {first}", values, 60, 24, faults, random)


def few_seasons(folder: Path) -> Iterator[Faulty]:
    """Yield series of 15 to 42 days, with two faults of half a day to two days each.

    Fourteen of M4 hourly (`m4_hourly/train.csv` and `test.csv` under a folder: 748 or 1,008 hours
    that were measured), and four of requests every five minutes, which are made.
    """
    yield from _of_m4_hourly(folder, M4_SERIES[0], 41, (0.5, 2.0))
    for seed in range(4):
        random = np.random.default_rng((42, seed))
        values, faults = _latency(random)
        yield _faulty(f"latency {seed}", values, 5, 60, faults, random)


def few_seasons_long(folder: Path) -> Iterator[Faulty]:
    """Yield fourteen other series of M4 hourly, with two faults of two to four days each."""
    yield from _of_m4_hourly(folder, M4_SERIES[1], 43, (2.0, 4.0))


def _of_m4_hourly(
    folder: Path, numbers: tuple[int, ...], key: int, days: tuple[float, float]
) -> Iterator[Faulty]:
    parts = [pd.read_csv(folder / "m4_hourly" / f"{part}.csv") for part in ("train", "test")]
    series = dict(iter(pd.concat(parts).groupby("unique_id")["y"]))
    for seed, number in enumerate(numbers):
        random = np.random.default_rng((key, seed))
        faults = tuple(FAULTS[place] for place in random.permutation(len(FAULTS))[:2])
        values = series[f"H{number}"].to_numpy(np.float64)[:, None]
        yield _faulty(f"H{number}", values, 60, 24, faults, random, days)


def _faulty(
    name: str,
    values: Floats,
    minutes: int,
    day: int,
    faults: tuple[Fault, ...],
    random: Random,
    days: tuple[float, float] = (1.0, 4.0),
) -> Faulty:
    """Let each fault happen once, for so many days, in parts of the series of equal length."""
    values, labels = values.copy(), np.zeros(len(values), np.int8)
    first = int(QUIET * len(values))
    borders = np.linspace(first, len(values), len(faults) + 1).astype(int)
    order = random.permutation(len(faults))
    for number, begin, end in zip(order, borders[:-1], borders[1:], strict=True):
        length = int(min(random.uniform(*days) * day, 0.5 * (end - begin)))
        margin = int(MARGIN * length)
        start = int(random.integers(begin + margin, end - length - margin))
        rows = slice(start, start + length)
        channel = int(random.integers(values.shape[1]))
        spread = float(np.std(values[:, channel]))
        values[rows, channel] = faults[int(number)](values[rows, channel], spread, random)
        labels[start - margin : start + length + margin] = 1
    times = pd.date_range("2023-01-02", periods=len(values), freq=f"{minutes}min")
    columns = {f"value_{number}": column.round(4) for number, column in enumerate(values.T)}
    counted = (labels == 1) | ~_flat_line_scores(values, day)
    return Faulty(name, pd.DataFrame({"time": times, **columns}), labels, counted)


def _flat_line_scores(values: Floats, day: int) -> npt.NDArray[np.bool_]:
    """Return where a channel keeps one value for `STILL` rows and more, and a day after."""
    found = np.zeros(len(values), np.bool_)
    for column in values.T:
        equal = equal_rows(column, np.ones(len(column), np.bool_))
        for end in np.flatnonzero(equal >= STILL):
            found[end + 1 - STILL : end + 1 + day] = True
    return found


Fault = Callable[[Floats, float, Random], Floats]


def gradual_failure(values: Floats, spread: float, random: Random) -> Floats:
    """Grow worse at an increasing rate, ever noisier, until it breaks down and is switched on."""
    part = np.linspace(0.0, 1.0, len(values))
    worse = random.uniform(1.0, 2.5) * spread * part**2 * random.choice([-1.0, 1.0])
    shaken = random.normal(size=len(values)) * 0.25 * spread * part
    down = np.where(part > 0.93, values.min() - values, 0.0)
    return np.asarray(values + np.where(part > 0.93, down, worse + shaken))


def stuck(values: Floats, spread: float, random: Random) -> Floats:
    """Creep towards one value, and only jitter about it."""
    steps = np.arange(len(values))
    held = values[0] + 0.02 * spread * random.normal(size=len(values))
    share = np.exp(-steps / max(1.0, 0.05 * len(values)))
    return np.asarray(share * values + (1.0 - share) * held)


def regime(values: Floats, spread: float, random: Random) -> Floats:
    """Settle on another level with another swing, and come back slowly."""
    steps = np.arange(len(values))
    ease = 1.0 - np.exp(-steps / max(1.0, 0.1 * len(values)))
    ease *= np.minimum(1.0, (len(values) - steps) / (0.2 * len(values)))
    shift = random.uniform(0.7, 1.6) * spread * random.choice([-1.0, 1.0])
    other = values.mean() + random.uniform(0.3, 0.8) * (values - values.mean()) + shift
    return np.asarray((1.0 - ease) * values + ease * other)


def outage(values: Floats, spread: float, random: Random) -> Floats:
    """Fall to the floor, recover in steps, and overshoot by what was missed."""
    part = np.linspace(0.0, 1.0, len(values))
    level = np.select([part < 0.5, part < 0.75], [0.05, random.uniform(0.3, 0.6)], 1.15)
    floor = min(0.0, float(values.min()))
    return np.asarray(floor + level * (values - floor))


def damped(values: Floats, spread: float, random: Random) -> Floats:
    """Answer late and weakly, as behind a clogged filter."""
    delay = random.uniform(0.05, 0.15)
    slow = pd.Series(values).ewm(alpha=delay).mean().to_numpy()
    return np.asarray(slow, np.float64)


def odd_days(values: Floats, spread: float, random: Random) -> Floats:
    """Let the peaks come at another time and lower, as on holidays or in a strike."""
    moved = np.roll(values, len(values) // 5)
    low = float(np.quantile(values, 0.1))
    return np.asarray(low + random.uniform(0.5, 0.75) * (moved - low))


def surge(values: Floats, spread: float, random: Random) -> Floats:
    """Swell and ebb away, as under a load that nobody planned."""
    part = np.linspace(0.0, np.pi, len(values))
    peak = random.uniform(1.0, 2.0) * spread
    return np.asarray(values + peak * np.sin(part) * random.gamma(4.0, 0.25, len(values)))


FAULTS: tuple[Fault, ...] = (*(stuck, gradual_failure, regime, damped, outage, odd_days, surge),)

STRETCHES = (
    *(("HULL", 0), ("MUFL", 5000), ("MULL", 10000), ("LUFL", 0), ("LULL", 6000)),
    *(("OT", 8000), ("HUFL", 0), ("MULL", 2000), ("LULL", 12000), ("MUFL", 11000)),
)
"""Column, and first row."""

M4_SERIES = (
    (3, 31, 60, 88, 117, 146, 174, 203, 232, 260, 289, 318, 346, 375),
    (14, 42, 71, 99, 128, 157, 185, 214, 243, 271, 300, 329, 357, 380),
)
"""Of 414, far apart, for each of the two."""


def _red(rows: int, keep: float, random: Random) -> Floats:
    """Noise that remembers `keep` of itself from row to row, of deviation 1."""
    noise = random.normal(size=rows) * np.sqrt(1.0 - keep * keep)
    for row in range(1, rows):
        noise[row] += keep * noise[row - 1]
    return noise


def _traffic(random: Random) -> tuple[Floats, tuple[Fault, ...]]:
    """Trips in half hours: rush hours, week-ends, the odd holiday that is as a Sunday."""
    rows, day = 6000, 48
    hour = np.arange(rows) % day / 2.0
    date = np.arange(rows) // day
    free = (date % 7 >= 5) | np.isin(date, random.choice(rows // day, 5, replace=False))
    work = np.exp(-((hour - 8.5) ** 2) / 4) + 1.2 * np.exp(-((hour - 18) ** 2) / 6)
    rest = 0.9 * np.exp(-((hour - 15) ** 2) / 22) + 0.5 * np.exp(-((hour - 0.5) ** 2) / 3)
    shape = 0.25 + np.where(free, rest, work)
    scale = 1.0 + 0.06 * _red(rows // day + 1, 0.6, random)[date]
    values = 9000 * shape * scale * (1.0 + 0.05 * _red(rows, 0.5, random))
    return values[:, None], (outage, odd_days, odd_days, surge)


def _visits(random: Random) -> tuple[Floats, tuple[Fault, ...]]:
    """Visits per hour that grow over the months, counted as they come."""
    rows = 5000
    hours = np.arange(rows)
    shape = 1.2 + np.sin((hours % 24 - 8) * np.pi / 12) + 0.25 * np.sin(hours * np.pi / 6)
    week = np.where(hours // 24 % 7 >= 5, 0.7, 1.0)
    rate = 60 * np.maximum(shape, 0.1) * week * (1.0 + 0.5 * hours / rows)
    return random.poisson(rate).astype(np.float64)[:, None], (outage, regime, surge, odd_days)


def _temperature(random: Random) -> tuple[Floats, tuple[Fault, ...]]:
    """A room's hours over most of a year: slow seasons, weather, a faint day."""
    rows = 6000
    hours = np.arange(rows)
    slow = 4 * np.sin(hours * 2 * np.pi / 8766) + 1.6 * _red(rows, 0.995, random)
    day = (1.0 + 0.3 * _red(rows, 0.99, random)) * np.sin((hours - 9) * np.pi / 12)
    return (20 + slow + day + 0.25 * random.normal(size=rows))[:, None], (
        gradual_failure, stuck, regime, gradual_failure,
    )  # fmt: skip


def _latency(random: Random) -> tuple[Floats, tuple[Fault, ...]]:
    """Milliseconds of requests every five minutes, with a heavy tail."""
    rows, day = 4500, 288
    load = 1.0 + 0.2 * np.sin(np.arange(rows) * 2 * np.pi / day)
    body = np.exp(0.12 * _red(rows, 0.8, random))
    tail = np.where(random.random(rows) < 0.02, random.pareto(2.0, rows), 0.0)
    return (45 * load * body + 20 * tail)[:, None], (regime, surge, gradual_failure)


def _machine(random: Random) -> tuple[Floats, tuple[Fault, ...]]:
    """Ten-minute readings of a machine in turns: idle, warm-up, production; heat follows load."""
    rows = 6000
    load = np.empty(rows)
    at = 0
    while at < rows:
        for level, usual in ((0.1, 30), (0.6, 8), (1.0, 60)):
            length = int(usual * random.uniform(0.7, 1.4))
            load[at : at + length] = level
            at += length
    heat = np.empty(rows)
    heat[0] = 30.0
    for row in range(1, rows):
        heat[row] = heat[row - 1] + 0.08 * (25 + 60 * load[row] - heat[row - 1])
    heat += 0.8 * _red(rows, 0.7, random) + 2.0 * _red(rows, 0.999, random)
    load += 0.03 * random.normal(size=rows)
    return np.column_stack([load, heat]), (gradual_failure, damped, stuck, regime)


def _batches(random: Random) -> tuple[Floats, tuple[Fault, ...]]:
    """A server's memory in quarters of an hour: nightly jobs, a sawtooth of collections."""
    rows, day = 5500, 96
    steps = np.arange(rows)
    night = ((steps % day) > 8) & ((steps % day) < 20)
    fill = np.empty(rows)
    level = 0.0
    for row in range(rows):
        level += random.gamma(2.0, 0.5) * (1.0 + 0.5 * np.sin(row * 2 * np.pi / day))
        level = 0.0 if level > 30 else level
        fill[row] = level
    values = 40 + fill + 15 * night + 1.0 * _red(rows, 0.6, random)
    return values[:, None], (gradual_failure, stuck, surge, damped)


MADE: dict[str, tuple[Callable[[Random], tuple[Floats, tuple[Fault, ...]]], int, int]] = {
    "traffic": (_traffic, 30, 48),
    "visits": (_visits, 60, 24),
    "temperature": (_temperature, 60, 24),
    "latency": (_latency, 5, 60),
    "machine": (_machine, 10, 48),
    "memory": (_batches, 15, 48),
}
"""Maker, minutes between rows, and rows that lengths of faults are counted in."""
