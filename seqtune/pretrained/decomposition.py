"""A history in the unit of its own noise, taken apart into trend, season and rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seqtune.pretrained.arrays import Booleans, Floats, Integers
from seqtune.pretrained.rows import difference, mean_of, values_at

FAR = 1e4
"""No scaled value is further from zero."""

ENOUGH = 4
"""Changes of which the size of a history's noise is the mean."""

ROUGHEST = 0.02
"""The unit is at least such a share of the deviation of all values."""

SEASONS = 1.5
"""A season is taken out of which a history holds so many."""

FADING = 0.65
"""How much less a season counts than the one after it."""


@dataclass(frozen=True)
class Decomposed:
    """A batch of histories, taken apart.

    Args:
        there: (batch, steps), where a value stands.
        known: The same shape; false where a gap was filled, too.
        lengths: (batch,), steps of each history.
        period: (batch,), steps of the season that is taken out; 1 for none.
        center: (batch,), the mean of the last season, in the unit of the data.
        unit: (batch,), the mean change over a step, a season, or both, whichever is least.
        sizes: (batch, 3), these three means, in the unit of the data.
        deviation: (batch,), of all values, likewise.
        scaled: (batch, steps), the values from the centre on, in units.
        season_change: The same shape; the change over a season, in units.
        step_known: The same shape; where the change over a step is known.
        trend: The same shape; the moving average over a season.
        growth: (batch,), what it grows by a step.
        around: (batch, steps), what the values are above it.
        even: (batch, longest period), the mean of each phase, counted backwards from the last step.
        newer: The same, newer seasons counting more.
        certain: (batch,), what share of it is more than chance.
        strength: (batch,), its share of the variance around the trend.
        adjusted: (batch, steps), the values without their season.
    """

    there: Booleans
    known: Booleans
    lengths: Integers
    period: Integers
    center: Floats
    unit: Floats
    sizes: Floats
    deviation: Floats
    scaled: Floats
    season_change: Floats
    step_known: Booleans
    trend: Floats
    growth: Floats
    around: Floats
    even: Floats
    newer: Floats
    certain: Floats
    strength: Floats
    adjusted: Floats


def decompose(history: Floats, known: Booleans, lengths: Integers, periods: Integers) -> Decomposed:
    """Take histories apart.

    Args:
        history: (batch, steps), the newest last.
        known: The same shape; false where a gap was filled.
        lengths: (batch,), steps of each.
        periods: (batch,), steps of a season; 1 for none.
    """
    batch, steps = history.shape
    age = np.arange(steps)[::-1]
    there = age < lengths[:, None]
    known = known & there
    period = np.where(lengths >= SEASONS * periods, periods, 1)
    recent = age < np.maximum(period, 3)[:, None]
    center = mean_of(history, recent & there)
    plain = np.where(there, history - center[:, None], 0.0)
    step_change, step_known = difference(plain, there, np.full(batch, 1))
    season_change, season_known = difference(plain, there, period)
    both_change, both_known = difference(season_change, season_known, np.full(batch, 1))
    sizes = np.stack(
        [
            mean_of(np.abs(step_change), step_known),
            mean_of(np.abs(season_change), season_known),
            mean_of(np.abs(both_change), both_known) * np.where(period > 1, 0.7, 10.0),
        ],
        axis=1,
    )
    counts = [each.sum(axis=1) for each in (step_known, season_known, both_known)]
    deviation = np.sqrt(mean_of((plain - mean_of(plain, there)[:, None]) ** 2, there))
    unit = np.where(np.stack(counts, axis=1) >= ENOUGH, sizes, np.inf).min(axis=1)
    unit = np.where(np.isfinite(unit), unit, deviation)
    unit = np.maximum(unit, ROUGHEST * deviation)
    flat = unit <= 1e-9 * np.abs(center) + 1e-300
    unit = np.where(flat, np.abs(center) * 1e-3 + 1e-12, unit)

    scaled = np.clip(plain / unit[:, None], -FAR, FAR)
    trend, growth = _trend(scaled, lengths, period)
    around = np.where(there, scaled - trend, 0.0)
    even, newer, certain, strength = _season(around, known, period, lengths, age)
    season = certain[:, None] * values_at(newer, age % period[:, None])
    return Decomposed(
        there=there,
        known=known,
        lengths=lengths,
        period=period,
        center=center,
        unit=unit,
        sizes=sizes,
        deviation=deviation,
        scaled=scaled,
        season_change=np.clip(season_change / unit[:, None], -FAR, FAR),
        step_known=step_known,
        trend=trend,
        growth=growth,
        around=around,
        even=even,
        newer=newer,
        certain=certain,
        strength=strength,
        adjusted=np.where(there, scaled - season, 0.0),
    )


def _trend(values: Floats, lengths: Integers, period: Integers) -> tuple[Floats, Floats]:
    """Return a centred moving average over a season, and what the last season grew by a step.

    Args:
        values: (batch, steps).
        lengths: (batch,).
        period: (batch,).

    Returns:
        (batch, steps), with straight lines at both ends; (batch,).
    """
    batch, steps = values.shape
    sums = np.concatenate([np.zeros((batch, 1)), np.cumsum(values, axis=1)], axis=1)
    span, begin = period[:, None], (steps - lengths)[:, None]

    def average(start: Integers) -> Floats:
        start = np.clip(start, 0, steps - span)
        mean: Floats = (values_at(sums, start + span) - values_at(sums, start)) / span
        return mean

    twice = lengths >= 2 * period
    last, before = (average(steps - count * span)[:, 0] for count in (1, 2))
    growth = np.where(twice, (last - before) / period, 0.0)
    oldest, next_one = average(begin)[:, 0], average(begin + span)[:, 0]
    early = np.where(twice, (next_one - oldest) / period, 0.0)
    low, high = begin + span // 2, steps - span + (span - 1) // 2  # whole windows
    high = np.maximum(high, low)
    time = np.broadcast_to(np.arange(steps), values.shape)
    middle = np.clip(time, low, high)
    trend = 0.5 * (average(middle - span // 2) + average(middle - (span - 1) // 2))
    trend += np.where(time > high, (time - high) * growth[:, None], 0.0)
    trend += np.where(time < low, (time - low) * early[:, None], 0.0)
    return np.where(span > 1, trend, values), growth


def _season(
    around: Floats, known: Booleans, period: Integers, lengths: Integers, age: Integers
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the mean of each phase, the same with newer seasons counting more, and how sure.

    Returns:
        (batch, longest period) twice, phases counted backwards from the newest step; (batch,) what
        of it is more than chance (James and Stein); (batch,) its variance to the rest's.
    """
    batch, longest = len(around), int(period.max())
    phase = age % period[:, None]
    place = (phase + np.arange(batch)[:, None] * longest).ravel()

    def by_phase(weights: Floats) -> Floats:
        total = np.bincount(place, (weights * around).ravel(), batch * longest)
        weight = np.bincount(place, weights.ravel(), batch * longest)
        return (total / np.maximum(weight, 1e-9)).reshape(batch, longest)

    even = by_phase(known.astype(float))
    newer = by_phase(known * FADING ** (age // period[:, None]))
    rest = mean_of((around - values_at(even, phase)) ** 2, known)
    size = mean_of(values_at(even, phase) ** 2, known)
    freedom = np.maximum(lengths / period - 1.0, 0.5)
    noise = rest / freedom
    certain = np.clip(1.0 - noise / np.maximum(size, 1e-12), 0.0, 1.0) * (period > 1)
    return even, newer, certain, size / np.maximum(rest + size, 1e-12)
