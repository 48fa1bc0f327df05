"""Random numbers in rows: what the processes share."""

from __future__ import annotations

import numpy as np

from seqtune.pretrained.arrays import Booleans, Floats, Integers

Generator = np.random.Generator

PERIODS = {
    1: 0.24, 4: 0.16, 12: 0.22, 7: 0.11, 24: 0.11, 52: 0.05, 6: 0.01, 5: 0.01, 13: 0.01, 48: 0.02,
    96: 0.01, 168: 0.02, 30: 0.01, 3: 0.01, 2: 0.01,
}  # fmt: skip
"""How often a series is told to have a season of so many steps; 1 for none."""


def log_uniform(generator: Generator, low: float, high: float, shape: object = None) -> Floats:
    """Return numbers whose logarithms are uniform."""
    return np.exp(generator.uniform(np.log(low), np.log(high), shape))  # type: ignore[call-overload, no-any-return]


def chance(generator: Generator, share: float, shape: object) -> Booleans:
    """Return what is true in a share of all cases."""
    return generator.random(shape) < share  # type: ignore[call-overload, no-any-return]


def draw_periods(generator: Generator, count: int) -> Integers:
    """Return seasons as often as `PERIODS` says, (count,)."""
    shares = np.array(list(PERIODS.values()))
    return generator.choice(list(PERIODS), count, p=shares / shares.sum())


def noise(generator: Generator, count: int, length: int) -> Floats:
    """Return noise of unit deviation, (count, length).

    Normal in six of ten series, Student's t of three to eight degrees of freedom in two, Laplace
    in one; in one of ten its deviation wanders as an AR(1) of its logarithm.
    """
    values = generator.standard_normal((count, length))
    kind = generator.random(count)
    heavy = kind < 0.2
    freedom = generator.uniform(3.0, 8.0, (heavy.sum(), 1))
    values[heavy] /= np.sqrt(generator.chisquare(freedom, (heavy.sum(), length)) / (freedom - 2.0))
    double = (kind > 0.2) & (kind < 0.3)
    values[double] = generator.laplace(scale=0.7, size=(double.sum(), length))
    wanders = kind > 0.9
    strength = generator.uniform(0.2, 0.8, (wanders.sum(), 1))
    values[wanders] *= np.exp(strength * slow(generator, wanders.sum(), length) - strength**2)
    return values


def slow(generator: Generator, count: int, length: int) -> Floats:
    """Return smooth wandering of unit deviation, (count, length): an AR(1) near one."""
    keep = 1.0 - log_uniform(generator, 0.005, 0.2, (count, 1))
    steps = generator.standard_normal((count, length))
    values = np.empty((count, length))
    state = steps[:, 0]
    spread = np.sqrt(1.0 - keep[:, 0] ** 2)
    for step in range(length):
        state = keep[:, 0] * state + spread * steps[:, step]
        values[:, step] = state
    return values


def profiles(generator: Generator, periods: Integers) -> Floats:
    """Return the shape of each series' season, (count, longest period), unit deviation, mean zero.

    Independent phases, a few harmonics that decay, a bell somewhere (a day, a high summer), a step
    (weekends), or one spike (December); behind the period the shape repeats.
    """
    count, longest = len(periods), int(periods.max())
    step = np.arange(longest)
    phase = (step % periods[:, None]) / periods[:, None]  # (count, longest)
    kind = generator.choice(5, count, p=[0.25, 0.4, 0.15, 0.12, 0.08])
    shape = generator.standard_normal((count, longest))
    decay = generator.uniform(0.0, 2.0, (count, 1))
    waves = np.zeros((count, longest))
    for order in range(1, 6):
        size = generator.standard_normal((count, 1)) * order**-decay
        waves += size * np.cos(2 * np.pi * (order * phase + generator.random((count, 1))))
    centre, width = generator.random((count, 1)), log_uniform(generator, 0.03, 0.4, (count, 1))
    away = np.abs((phase - centre + 0.5) % 1.0 - 0.5)
    bell = np.exp(-0.5 * (away / width) ** 2)
    part = (away < generator.uniform(0.05, 0.4, (count, 1))).astype(float)
    spike = -(away <= away.min(axis=1, keepdims=True)).astype(float)
    spike *= np.where(chance(generator, 0.3, (count, 1)), 1.0, -1.0)
    rough = 0.25 * log_uniform(generator, 0.05, 1.0, (count, 1))
    values = np.select([kind[:, None] == each for each in range(5)],
                       [shape, waves, bell, part, spike])  # fmt: skip
    values = values + np.where(kind[:, None] > 0, rough * shape, 0.0)
    values = np.take_along_axis(values, step % periods[:, None], axis=1)
    within = step < periods[:, None]
    total = np.maximum(within.sum(axis=1, keepdims=True), 1)
    values = values - (values * within).sum(axis=1, keepdims=True) / total
    deviation = np.sqrt((values**2 * within).sum(axis=1, keepdims=True) / total)
    return np.where(periods[:, None] > 1, values / np.maximum(deviation, 1e-9), 0.0)
