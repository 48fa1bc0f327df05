"""What a network is shown of a history: all by NumPy, alike in training and afterwards.

A history is brought to the unit of its own noise. The season told is taken out by a moving
average and the mean of each phase; levels and slopes at the end come from weighted lines of every
memory, from one step to the whole history. The network weighs these, and corrects them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seqtune.pretrained.arrays import Booleans, Floats, Integers
from seqtune.pretrained.autoregression import PATHS, paths
from seqtune.pretrained.lines import ERRORS, LEADS, LEVELS, MEMORIES, foretold, lines

PATCH = 8
"""Steps of a history that the recurrence reads at once."""

LAGS = 8
"""Seasons back whose same phase is looked at."""

SLOPES, SEASONS = len(MEMORIES) + 1, LAGS + 2
CHANNELS, LOCAL, SUMMARY = 5, 3 * LAGS + 9 + PATHS, 57 + ERRORS + PATHS
FAR = 1e4
"""No scaled value is further from zero."""


@dataclass(frozen=True)
class Reading:
    """A batch of histories as the network sees them; all float32, in the unit of each history.

    Args:
        patches: (batch, patches, PATCH * CHANNELS), what the recurrence reads.
        summary: (batch, SUMMARY), sizes and ratios of the whole history.
        local: (batch, horizon, LOCAL), what is known of each step ahead.
        levels: (batch, LEVELS), where the series, its season taken out, may be now.
        slopes: (batch, SLOPES), what it may gain a step.
        seasons: (batch, horizon, SEASONS), what the season may add at each step ahead.
        lags: (batch, horizon, LAGS), the same phase of the seasons before, as it was.
        paths: (batch, horizon, PATHS), where autoregressions lead, the season taken out.
        there: (batch, horizon, LAGS), 1 where the history reaches so far back.
        trust: (batch, LEVELS), minus how much worse than the best each level foretold the end.
        habit: (batch, LAGS), likewise of the seasons before.
        center: (batch,), float64, in the unit of the data.
        unit: (batch,), float64, likewise.
    """

    patches: Floats
    summary: Floats
    local: Floats
    levels: Floats
    slopes: Floats
    seasons: Floats
    lags: Floats
    paths: Floats
    there: Floats
    trust: Floats
    habit: Floats
    center: Floats
    unit: Floats

    def inputs(self) -> dict[str, Floats]:
        """Return what the network takes, by name."""
        names = "patches summary local levels slopes seasons lags paths there trust habit"
        return {name: getattr(self, name) for name in names.split()}


def read(
    history: Floats, known: Booleans, lengths: Integers, periods: Integers, ahead: Integers
) -> Reading:
    """Read a batch of histories.

    Args:
        history: (batch, steps), the newest last, gaps filled; what is before a series is ignored.
            `steps` is a multiple of `PATCH`.
        known: The same shape; false where a gap was filled.
        lengths: (batch,), steps of each history.
        periods: (batch,), steps of a season; 1 for none.
        ahead: (batch, horizon), which steps after the history are asked for; 1 is the next.
    """
    batch, steps = history.shape
    age = np.arange(steps)[::-1]
    there = age < lengths[:, None]
    known = known & there
    period = np.where(lengths >= 1.5 * periods, periods, 1)

    recent = age < np.maximum(period, 3)[:, None]
    center = _mean(history, recent & there)
    plain = np.where(there, history - center[:, None], 0.0)
    step_change, step_known = _difference(plain, there, np.full(batch, 1))
    season_change, season_known = _difference(plain, there, period)
    both_change, both_known = _difference(season_change, season_known, np.full(batch, 1))
    sizes = np.stack(
        [
            _mean(np.abs(step_change), step_known),
            _mean(np.abs(season_change), season_known),
            _mean(np.abs(both_change), both_known) * np.where(period > 1, 0.7, 10.0),
        ],
        axis=1,
    )
    enough = np.stack([each.sum(axis=1) >= 4 for each in (step_known, season_known, both_known)], 1)
    deviation = np.sqrt(_mean((plain - _mean(plain, there)[:, None]) ** 2, there))
    unit = np.where(enough, sizes, np.inf).min(axis=1)
    unit = np.where(np.isfinite(unit), unit, deviation)
    unit = np.maximum(unit, 0.02 * deviation)
    unit = np.where(unit > 1e-9 * np.abs(center) + 1e-300, unit, np.abs(center) * 1e-3 + 1e-12)

    def scaled(values: Floats) -> Floats:
        return np.clip(values / unit[:, None], -FAR, FAR)

    plain = scaled(plain)
    trend, growth = _trend(plain, lengths, period)
    around = np.where(there, plain - trend, 0.0)
    even, newer, certain, strength = _season(around, known, period, lengths, age)
    phase = age % period[:, None]
    adjusted = np.where(there, plain - certain[:, None] * _of(newer, phase), 0.0)
    levels, slopes = (each[:, 0] for each in lines(adjusted, known, np.zeros(1, int)))
    slopes = np.concatenate([slopes, growth[:, None]], axis=1)

    led, unexplained = paths(adjusted, known, ahead)
    cycle = -(-ahead // period[:, None])  # seasons that lie between, the next one is 1
    first = steps - 1 + ahead - cycle * period[:, None]  # (batch, horizon)
    places = first[..., None] - np.arange(LAGS) * period[:, None, None]
    inside = places >= (steps - lengths)[:, None, None]
    places = np.clip(places, 0, steps - 1)
    lags = np.where(inside, _of(plain, places), 0.0)
    seasons = np.where(inside, _of(around, places), 0.0)
    phases = (-ahead) % period[:, None]
    means = np.stack([_of(even, phases), _of(newer, phases)], axis=-1)
    beside = [
        np.where(inside[..., 0], _of(around, np.clip(first + step, 0, steps - 1)), 0.0)
        for step in (-1, 1)
    ]
    far = ahead / period[:, None]
    where = np.stack([np.log(ahead), np.log1p(far), (phases / period[:, None]) * 2.0 - 1.0], -1)
    local = np.concatenate(
        [
            where,
            np.arcsinh(seasons),
            np.arcsinh(lags - levels[:, None, :1]),
            inside,
            np.arcsinh(led - levels[:, None, :1]),
            np.arcsinh(means),
            np.arcsinh(means * certain[:, None, None]),
            np.arcsinh(np.stack(beside, axis=-1)),
        ],
        axis=-1,
    )
    seasons = np.concatenate([seasons, means * np.sqrt(certain)[:, None, None]], axis=-1)
    change = np.where(step_known, adjusted - np.roll(adjusted, 1, axis=1), 0.0)
    channels = [
        np.arcsinh(plain - levels[:, :1]),
        np.arcsinh(change),
        np.arcsinh(scaled(season_change)),
        np.arcsinh(adjusted - levels[:, 4:5]),
        known - 0.5,
    ]
    patches = np.stack([np.where(there, each, 0.0) for each in channels], axis=-1)
    patches = patches.reshape(batch, steps // PATCH, PATCH * CHANNELS)
    errors = _lag_errors(plain, there, period)
    fits = foretold(adjusted, known, lengths)
    excess = fits.reshape(batch, len(LEADS), LEVELS + 1)[..., 1:]
    turning, counted = _difference(around, there, period)
    fixed = np.log((_mean(turning**2, counted) + 1e-3) / (_mean(around**2, there) + 1e-3))
    growing = _correlation(np.abs(around), trend, there)
    summary = np.concatenate(
        [
            _logs(period, lengths, lengths / period),
            (period > 1)[:, None],
            np.arcsinh(levels[:, 1:] - levels[:, :1]),
            np.arcsinh(10.0 * slopes),
            _logs(*(sizes.T / unit + 1e-3), deviation / unit + 1e-3),
            errors,
            fits,
            unexplained,
            fixed[:, None],
            certain[:, None],
            np.log(strength + 1e-3)[:, None],
            growing[:, None],
            _shape(change, step_known, adjusted, levels, there),
            _floor(history, there, center, unit),
        ],
        axis=-1,
    )
    return Reading(
        *(each.astype(np.float32) for each in (patches, summary, local, levels, slopes)),
        *(each.astype(np.float32) for each in (seasons, lags, led, inside)),
        -excess.mean(axis=1).astype(np.float32),
        (errors.min(axis=1, keepdims=True) - errors).astype(np.float32),
        center,
        unit,
    )


def _mean(values: Floats, counted: Booleans) -> Floats:
    return np.where(counted, values, 0.0).sum(axis=1) / np.maximum(counted.sum(axis=1), 1)


def _of(values: Floats, places: Integers) -> Floats:
    """Return the values of each row at its places, (batch, …)."""
    flat = np.take_along_axis(values, places.reshape(len(places), -1), axis=1)
    return flat.reshape(places.shape)


def _difference(values: Floats, there: Booleans, lag: Integers) -> tuple[Floats, Booleans]:
    """Return the change over `lag` steps, and where it is known, (batch, steps) each."""
    places = np.arange(values.shape[1]) - lag[:, None]
    before = np.maximum(places, 0)
    counted = there & (places >= 0) & _of(there, before)
    return np.where(counted, values - _of(values, before), 0.0), counted


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
        return (_of(sums, start + span) - _of(sums, start)) / span

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
    newer = by_phase(known * 0.65 ** (age // period[:, None]))
    rest = _mean((around - _of(even, phase)) ** 2, known)
    size = _mean(_of(even, phase) ** 2, known)
    freedom = np.maximum(lengths / period - 1.0, 0.5)
    noise = rest / freedom
    certain = np.clip(1.0 - noise / np.maximum(size, 1e-12), 0.0, 1.0) * (period > 1)
    return even, newer, certain, size / np.maximum(rest + size, 1e-12)


def _lag_errors(values: Floats, there: Booleans, period: Integers) -> Floats:
    """Return logarithms of the mean changes over 1, 2, … seasons, newest steps, (batch, LAGS)."""
    steps = values.shape[1]
    span = min(steps, 256)
    result = []
    for count in range(1, LAGS + 1):
        places = np.arange(steps - span, steps) - count * period[:, None]
        before = np.maximum(places, 0)
        counted = (places >= 0) & _of(there, before)
        error = _mean(np.abs(values[:, -span:] - _of(values, before)), counted)
        result.append(np.where(counted.any(axis=1), np.log(error + 1e-2), 3.0))
    return np.stack(result, axis=1)


def _correlation(first: Floats, second: Floats, counted: Booleans) -> Floats:
    first = np.where(counted, first - _mean(first, counted)[:, None], 0.0)
    second = np.where(counted, second - _mean(second, counted)[:, None], 0.0)
    both = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    return (first * second).sum(axis=1) / np.maximum(both, 1e-9)


def _logs(*columns: Floats) -> Floats:
    return np.stack([np.log(np.maximum(each, 1e-6)) for each in columns], axis=1)


def _shape(
    change: Floats, counted: Booleans, adjusted: Floats, levels: Floats, there: Booleans
) -> Floats:
    """Return autocorrelations and tails of the changes and of the values, (batch, 10)."""
    bounded = np.arcsinh(np.where(counted, change, 0.0))
    size = (bounded**2).sum(axis=1) + 1e-9
    own = [(bounded[:, lag:] * bounded[:, :-lag]).sum(axis=1) / size for lag in (1, 2, 3)]
    level = np.where(there, adjusted - _mean(adjusted, there)[:, None], 0.0)
    power = (level**2).sum(axis=1) + 1e-9
    far = [(level[:, lag:] * level[:, :-lag]).sum(axis=1) / power for lag in (1, 3)]
    tails = np.sqrt(_mean(change**2, counted)) / (_mean(np.abs(change), counted) + 1e-6)
    still = _mean(np.abs(change) < 1e-6, counted)
    recent = counted & (np.cumsum(counted[:, ::-1], axis=1)[:, ::-1] <= 12)
    lately = np.log(
        (_mean(np.abs(change), recent) + 0.05) / (_mean(np.abs(change), counted) + 0.05)
    )
    lean = _mean(bounded**3, counted)
    rest = np.log(np.sqrt(power / np.maximum(there.sum(axis=1), 1)) + 1e-2)
    return np.stack(
        [*own, *far, np.log(tails + 1e-3), still, lately, np.arcsinh(lean), rest], axis=1
    )


def _floor(history: Floats, there: Booleans, center: Floats, unit: Floats) -> Floats:
    """Return whether nothing is below zero, how far zero is, and how far the least, (batch, 5)."""
    least = np.where(there, history, np.inf).min(axis=1)
    most = np.where(there, history, -np.inf).max(axis=1)
    positive = least >= 0
    zero = np.where(positive, np.arcsinh(np.clip(center / unit, -FAR, FAR)), 0.0)
    zeros = _mean(history == 0.0, there)
    low = np.arcsinh(np.clip((center - least) / unit, 0.0, FAR))
    high = np.arcsinh(np.clip((most - center) / unit, 0.0, FAR))
    return np.stack([positive, zero, zeros, low, high], axis=1)
