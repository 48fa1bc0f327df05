"""Synthetic series of every kind, as many as wanted.

    python -m pretraining.series        (in benchmarks/) how many a minute

Kinds are drawn by `SHARES`; of a hundred series, 15 are mixtures of two or three others with the
same season (TSMixup: Ansari et al., arXiv 2403.07815, section 4.1), 4 change from one process to
another somewhere, and in 6 the season is told wrongly or not at all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from pretraining import arima, calendar, counts, cycles, gaussian, structural
from pretraining.accidents import befall
from pretraining.draws import (
    Booleans,
    Floats,
    Generator,
    Integers,
    chance,
    draw_periods,
    log_uniform,
)

SHARES: dict[ModuleType, float] = {
    structural: 0.36,
    arima: 0.18,
    gaussian: 0.14,
    calendar: 0.2,
    counts: 0.06,
    cycles: 0.06,
}


@dataclass(frozen=True)
class Series:
    """Series of one length.

    Args:
        values: (count, length), float64.
        known: The same shape; false in gaps.
        periods: (count,), the season told, in steps; 1 for none.
    """

    values: Floats
    known: Booleans
    periods: Integers


def draw(generator: Generator, count: int, length: int) -> Series:
    """Return synthetic series.

    Args:
        generator: Chance.
        count: How many.
        length: Steps of each.
    """
    periods = np.sort(draw_periods(generator, count))  # neighbours are mixed: of the same season
    values = np.empty((count, length))
    kinds = generator.choice(len(SHARES), count, p=list(SHARES.values()))
    for place, process in enumerate(SHARES):
        if (chosen := kinds == place).any():
            values[chosen] = process.draw(generator, periods[chosen], length)
    values = _mixed(generator, values)
    values, known = befall(generator, values)
    told = np.where(chance(generator, 0.06, count), draw_periods(generator, count), periods)
    told = np.where(chance(generator, 0.02, count), 1, told)
    order = generator.permutation(count)
    scale = log_uniform(generator, 1e-3, 1e5, (count, 1))
    return Series((values * scale)[order], known[order], told[order])


def _mixed(generator: Generator, values: Floats) -> Floats:
    """Return the series with some of them mixed with, or changed into, their neighbours."""
    count, length = values.shape
    scaled = values - values.mean(axis=1, keepdims=True)
    scaled /= np.maximum(values.std(axis=1, keepdims=True), 1e-9)
    first, second = np.roll(scaled, 1, axis=0), np.roll(scaled, 2, axis=0)
    weights = generator.dirichlet((1.5, 1.5, 1.5), count)
    weights[:, 2] *= chance(generator, 0.3, count)
    mixture = weights[:, :1] * scaled + weights[:, 1:2] * first + weights[:, 2:] * second
    cut = generator.uniform(0.1, 0.9, (count, 1)) * length
    place = np.minimum(cut.astype(int), length - 1)
    level = np.take_along_axis(scaled, place, 1) - np.take_along_axis(first, place, 1)
    keeps = chance(generator, 0.6, (count, 1))
    changed = np.where(np.arange(length) < cut, scaled, first + level * keeps)
    kind = generator.random((count, 1))
    offset = np.abs(generator.normal(0.0, 4.0, (count, 1)))
    values = np.where(kind < 0.15, mixture + offset, values)
    return np.where(kind > 0.96, changed + offset, values)


def main() -> None:
    """Print how many series are drawn a minute."""
    generator = np.random.default_rng(0)
    for length in (384, 1536):
        began = time.perf_counter()
        made = draw(generator, 4096, length)
        seconds = time.perf_counter() - began
        finite = np.isfinite(made.values).all()
        print(f"{length} steps: {4096 / seconds * 60:,.0f} series a minute, finite: {finite}")


if __name__ == "__main__":
    main()
