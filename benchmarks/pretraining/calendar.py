"""Series of shops, meters and offices: trends that bend, calendars, holidays, two seasons."""

from __future__ import annotations

import numpy as np

from pretraining.draws import (
    Floats,
    Generator,
    Integers,
    chance,
    log_uniform,
    noise,
    profiles,
    slow,
)

SECOND = {7: 365, 24: 168, 48: 336, 96: 672, 12: 120, 4: 40, 52: 520, 1: 11, 168: 24, 30: 365}
"""A season beside the one told, in steps: the year of days, the week of hours, a business cycle."""

MONTHS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) / 30.4375


def draw(generator: Generator, periods: Integers, length: int) -> Floats:
    """Return a trend times (or plus) seasons, holidays and noise, (count, length).

    The trend is linear, exponential or saturating, with up to three bends. The season told has a
    deviation of 1 to 60 % of the level; a second one is there in four of ten; its effect on the
    first (a Sunday has another day) in half of those. Months have their lengths in two of ten
    monthly series; holidays come each year or at random in two of ten; noise is 0.5 to 30 % of the
    level, independent or autocorrelated.
    """
    count = len(periods)
    trend = _trend(generator, count, length)
    step = np.arange(length)
    start = generator.integers(0, 10_000, (count, 1))
    first = profiles(generator, periods)
    first = np.take_along_axis(first, (step + start) % periods[:, None], axis=1)
    first *= log_uniform(generator, 0.01, 0.6, (count, 1)) * chance(generator, 0.9, (count, 1))
    longer = np.array([SECOND.get(int(period), 3 * int(period)) for period in periods])
    second = profiles(generator, longer)
    second = np.take_along_axis(second, (step + start) % longer[:, None], axis=1)
    there = chance(generator, 0.4, (count, 1))
    second *= log_uniform(generator, 0.02, 0.4, (count, 1)) * there
    joint = np.where(chance(generator, 0.5, (count, 1)), 1.0 + 2.0 * second, 1.0)
    season = first * joint + second
    if (monthly := periods == 12).any():
        counted = monthly & chance(generator, 0.2, count)
        season[counted] += MONTHS[(step + start[counted]) % 12] - 1.0
    season += _holidays(generator, periods, longer, start, length)
    size = log_uniform(generator, 0.005, 0.3, (count, 1))
    white, wandering = noise(generator, count, length), slow(generator, count, length)
    share = generator.random((count, 1)) * chance(generator, 0.6, (count, 1))
    error = size * (np.sqrt(1.0 - share) * white + np.sqrt(share) * wandering)
    times = chance(generator, 0.7, (count, 1))
    together = np.where(
        times,
        trend * np.exp(np.clip(season + error, -4.0, 4.0)),
        trend + trend.mean(axis=1, keepdims=True) * (season + error),
    )
    return together * 100.0


def _trend(generator: Generator, count: int, length: int) -> Floats:
    """Return levels about 1 that bend up to three times, (count, length)."""
    time = np.linspace(0.0, 1.0, length)
    total = log_uniform(generator, 0.02, 2.5, (count, 1))
    total *= np.where(chance(generator, 0.65, (count, 1)), 1.0, -1.0)
    path = total * time
    for _ in range(3):
        bend = generator.random((count, 1))
        change = generator.standard_normal((count, 1)) * log_uniform(
            generator, 0.1, 3.0, (count, 1)
        )
        change *= chance(generator, 0.4, (count, 1))
        path += change * np.maximum(time - bend, 0.0)
    middle, steep = generator.uniform(-0.3, 1.0, (count, 1)), log_uniform(
        generator, 3.0, 30.0, (count, 1)
    )  # fmt: skip
    logistic = total / (1.0 + np.exp(-steep * (time - middle)))
    wandering = slow(generator, count, length) * log_uniform(generator, 0.01, 0.5, (count, 1))
    kind = generator.random((count, 1))
    path = np.where(kind < 0.2, logistic, path) + np.where(kind > 0.5, wandering, 0.0)
    flat = kind > 0.85
    path = np.where(flat, wandering, path)
    return np.where(
        chance(generator, 0.5, (count, 1)),
        np.exp(np.clip(path, -3.0, 3.0)),
        1.0 + np.maximum(0.5 * path, -0.9),
    )


def _holidays(
    generator: Generator, periods: Integers, longer: Integers, start: Integers, length: int
) -> Floats:
    """Return what holidays add, (count, length), in shares of the level."""
    count = len(periods)
    effect = np.zeros((count, length))
    chosen = np.flatnonzero(chance(generator, 0.2, count) & (periods > 1))
    step = np.arange(length)
    for row in chosen:
        cycle = max(int(longer[row]), 2)
        days = generator.integers(0, cycle, generator.integers(1, 4))
        size = generator.normal(0.0, 0.4, len(days))
        shift = generator.integers(-1, 2, length // cycle + 2) * (generator.random() < 0.3)
        place = step + start[row, 0]
        for day, height in zip(days, size, strict=True):
            moved = day + shift[(place // cycle) - place[0] // cycle]
            effect[row] += height * (place % cycle == moved % cycle)
    return effect
