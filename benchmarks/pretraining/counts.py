"""Counts: many zeros, few sales, and events that come in bursts."""

from __future__ import annotations

import numpy as np

from pretraining.draws import Floats, Generator, Integers, chance, log_uniform, profiles, slow


def draw(generator: Generator, periods: Integers, length: int) -> Floats:
    """Return counts of a wandering, seasonal rate, (count, length).

    The mean is log-uniform from 0.1 to 300. The counts are Poisson's, or of a gamma-distributed
    rate (negative binomial); in four of ten series a demand comes at all with a chance of 5 to
    70 % a step.
    """
    count = len(periods)
    mean = log_uniform(generator, 0.1, 300.0, (count, 1))
    phase = np.arange(length) % periods[:, None]
    season = np.take_along_axis(profiles(generator, periods), phase, axis=1)
    season *= generator.uniform(0.0, 0.8, (count, 1)) * chance(generator, 0.6, (count, 1))
    wander = slow(generator, count, length) * generator.uniform(0.0, 0.6, (count, 1))
    slope = generator.normal(0.0, 0.5, (count, 1)) * chance(generator, 0.4, (count, 1))
    rate = mean * np.exp(np.clip(season + wander + slope * np.linspace(-1, 1, length), -4, 4))
    spread = log_uniform(generator, 0.3, 30.0, (count, 1))
    mixed = rate * generator.gamma(spread, 1.0 / spread, (count, length))
    values = generator.poisson(np.where(chance(generator, 0.5, (count, 1)), rate, mixed))
    share = generator.uniform(0.05, 0.7, (count, 1))
    rare = chance(generator, 0.4, (count, 1)) & (generator.random((count, length)) > share)
    return np.where(rare, 0.0, values).astype(np.float64)
