"""Exponential smoothing as a process: level, slope, season, each moved by the same surprise."""

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
)


def draw(generator: Generator, periods: Integers, length: int) -> Floats:
    """Return series of the innovations form of exponential smoothing, (count, length).

        value = level + damping * slope + season[phase] + surprise
        level += damping * slope + alpha * surprise
        slope = damping * slope + beta * surprise
        season[phase] += gamma * surprise

    The surprise has unit deviation. alpha is 0 in a sixth of the series, else log-uniform from
    0.01 to 1 or uniform; beta is 0 in half of them, else up to 0.8 of alpha; gamma is 0 in half of
    them. The first slope is 0 in a third, else normal with a log-uniform deviation from 0.003 to
    0.5; damping is 1 in half, else 0.8 to 0.99. The season is 0.2 to 15 surprises large, and not
    there in a quarter. Half of the series are multiplicative: the exponential of all this, brought
    to a range of 0.1 to 3 in the logarithm, so that seasons and noise grow with the level.

    Source:
        Hyndman, Koehler, Ord and Snyder, Forecasting with Exponential Smoothing (2008), chapter 3.
    """
    count = len(periods)
    surprise = noise(generator, count, length)
    alpha = np.where(chance(generator, 0.5, count), log_uniform(generator, 0.01, 1.0, count),
                     generator.random(count))  # fmt: skip
    alpha *= ~chance(generator, 1 / 6, count)
    beta = alpha * log_uniform(generator, 0.003, 0.8, count) * chance(generator, 0.5, count)
    gamma = log_uniform(generator, 0.003, 0.4, count) * chance(generator, 0.5, count)
    damping = np.where(chance(generator, 0.5, count), 1.0, generator.uniform(0.8, 0.99, count))
    slope = generator.standard_normal(count) * log_uniform(generator, 0.003, 0.5, count)
    slope *= chance(generator, 2 / 3, count)
    damping = np.where(np.abs(slope) * (beta == 0) > 0, np.maximum(damping, 0.97), damping)
    size = log_uniform(generator, 0.2, 15.0, count) * chance(generator, 0.75, count)
    season = profiles(generator, periods) * size[:, None]
    gamma *= periods > 1
    rows, phases = np.arange(count), np.arange(length)[:, None] % periods
    level = np.zeros(count)
    values = np.empty((count, length))
    for step in range(length):
        error, phase = surprise[:, step], phases[step]
        now = season[rows, phase]
        slope = damping * slope
        level = level + slope
        values[:, step] = level + now + error
        level = level + alpha * error
        slope = slope + beta * error
        season[rows, phase] = now + gamma * error
    return multiplied(generator, values, 0.5)


def multiplied(generator: Generator, values: Floats, share: float) -> Floats:
    """Return a share of the series as exponentials, whose swings grow with their level.

    Args:
        generator: Chance.
        values: (count, length).
        share: Of the series.
    """
    chosen = chance(generator, share, len(values))
    some = values[chosen]
    some = some - some.mean(axis=1, keepdims=True)
    spread = np.maximum(some.std(axis=1, keepdims=True), 1e-9)
    size = log_uniform(generator, 0.03, 1.0, (len(some), 1))
    values = values.copy()
    values[chosen] = np.exp(np.clip(size * some / spread, -6.0, 6.0)) * 100.0
    return values
