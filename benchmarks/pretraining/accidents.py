"""What happens to series on their way into a table: outliers, steps, cuts, rounding, gaps."""

from __future__ import annotations

import numpy as np

from pretraining.draws import Booleans, Floats, Generator, chance, log_uniform


def befall(generator: Generator, values: Floats) -> tuple[Floats, Booleans]:
    """Return the series after accidents, and what of them is known, (count, length) each.

    Of a hundred series: 8 have outliers, 8 a step of the level, 5 another noise from some time on,
    5 are censored above or below, 15 rounded, 5 averaged over neighbours, 3 stand still for a
    stretch, 6 have gaps.
    """
    values = values.copy()
    count, length = values.shape
    spread = np.maximum(np.median(np.abs(np.diff(values, axis=1)), axis=1), 1e-9)[:, None]
    wide = np.maximum(values.std(axis=1), 1e-9)[:, None]
    time = np.arange(length)

    def some(share: float) -> Booleans:
        return chance(generator, share, (count, 1))

    def cut() -> Floats:
        return generator.uniform(0.05, 0.95, (count, 1)) * length

    rare = generator.random((count, length)) < log_uniform(generator, 0.003, 0.03, (count, 1))
    jump = generator.standard_t(3, (count, length)) * 4.0 * spread
    values += some(0.08) * rare * jump
    height = generator.standard_normal((count, 1)) * log_uniform(generator, 0.3, 3.0, (count, 1))
    values += some(0.08) * height * wide * (time > cut())
    more = generator.standard_normal((count, length)) * spread * generator.uniform(1, 4, (count, 1))
    values += some(0.05) * more * (time > cut())
    part = generator.uniform(0.02, 0.3, count)
    low = np.quantile(values[:, :: max(length // 64, 1)], 0.15, axis=1)[:, None]
    high = np.quantile(values[:, :: max(length // 64, 1)], 0.85, axis=1)[:, None]
    censored = some(0.025)
    values = np.where(censored, np.maximum(values, low), values)
    censored = some(0.025)
    values = np.where(censored, np.minimum(values, high), values)
    unit = wide * log_uniform(generator, 0.01, 0.5, (count, 1))
    values = np.where(some(0.15), np.round(values / unit) * unit, values)
    smooth = values.copy()
    smooth[:, 1:] = 0.5 * (values[:, 1:] + values[:, :-1])
    values = np.where(some(0.05), smooth, values)
    begin = cut()
    still = some(0.03) & (time > begin) & (time < begin + log_uniform(generator, 3, 40, (count, 1)))
    held = np.take_along_axis(values, np.minimum(begin.astype(int), length - 1), axis=1)
    values = np.where(still, held, values)
    gaps = some(0.06) & (generator.random((count, length)) < part[:, None])
    return values, ~gaps
