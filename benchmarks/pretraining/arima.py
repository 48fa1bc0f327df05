"""Seasonal ARIMA processes."""

from __future__ import annotations

import numpy as np

from pretraining.draws import Floats, Generator, Integers, chance, log_uniform, noise
from pretraining.structural import multiplied

WARM_UP = 64
"""Steps before the first that is kept."""


def draw(generator: Generator, periods: Integers, length: int) -> Floats:
    """Return series of ARIMA(p, d, q)(P, D, Q), (count, length).

    p and q are 0 to 3, by partial autocorrelations of uniform draws, so that all are stationary
    and invertible; P and Q are 0 or 1; d is 0, 1 or 2 in 30, 55 and 15 of a hundred, D is 0 or 1
    in equal shares where there is a season; a third is told a season and has none. A
    drift is there in four of ten. A third of the series is multiplicative.
    """
    count, total = len(periods), length + WARM_UP
    error = noise(generator, count, total)
    ar = _coefficients(generator, count)
    ma = _coefficients(generator, count)
    seasonal = (periods > 1) & chance(generator, 2 / 3, count)
    season_ar = generator.uniform(-0.3, 0.95, count) * chance(generator, 0.4, count) * seasonal
    season_ma = generator.uniform(-0.9, 0.3, count) * chance(generator, 0.5, count) * seasonal
    rows = np.arange(count)
    pad = int(periods.max()) + 3
    moved = np.zeros((total + pad, count))  # the noise after the seasonal moving average
    values = np.zeros((total + pad, count))
    plain = np.zeros((total + pad, count))  # after the seasonal autoregression
    surprises = np.zeros((total + pad, count))
    surprises[pad:] = error.T
    moved[pad:] = surprises[pad:]
    back = np.arange(pad, total + pad)[:, None] - periods  # (total, count)
    moved[pad:] += season_ma * surprises[back, rows]
    for step in range(pad, total + pad):
        value = moved[step]
        for lag in range(3):
            value = value + ma[lag] * moved[step - 1 - lag] + ar[lag] * values[step - 1 - lag]
        values[step] = value
        plain[step] = value + season_ar * plain[step - periods, rows]
    made = plain[pad + WARM_UP :]
    made = made / np.maximum(made.std(axis=0), 1e-9)
    twice = chance(generator, 0.5, count) & seasonal
    made = np.where(twice, _seasonal_sum(made, periods), made)
    kind = generator.random(count)
    drift = generator.standard_normal(count) * log_uniform(generator, 0.01, 0.3, count)
    drift *= chance(generator, 0.4, count)
    made = np.where(kind > 0.3, np.cumsum(made + drift, axis=0), made)
    made = np.where(kind > 0.85, np.cumsum(made - made.mean(axis=0) * 0.9, axis=0), made)
    return multiplied(generator, np.ascontiguousarray(made.T), 1 / 3)


def _coefficients(generator: Generator, count: int) -> Floats:
    """Return up to three coefficients of stationary autoregressions, (3, count)."""
    order = generator.choice(4, count, p=[0.3, 0.4, 0.2, 0.1])
    partial = generator.uniform(-0.95, 0.95, (3, count))
    partial[0] = generator.beta(2.0, 1.5, count) * np.where(chance(generator, 0.75, count), 1, -0.7)
    partial *= np.arange(3)[:, None] < order
    first, second, third = partial  # Durbin and Levinson
    two = first - second * first
    return np.stack([two - third * second, second - third * two, third])


def _seasonal_sum(values: Floats, periods: Integers) -> Floats:
    """Return each step plus all the same phases before it, (length, count)."""
    values = values.copy()
    rows = np.arange(len(periods))
    for step in range(int(periods.min()), len(values)):
        before = values[np.maximum(step - periods, 0), rows]
        values[step] += np.where(step >= periods, before, 0.0)
    return values
