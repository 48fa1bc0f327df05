"""Figures that say what kind of series a history is of."""

from __future__ import annotations

import numpy as np

from seqtune.pretrained.arrays import Booleans, Floats
from seqtune.pretrained.decomposition import FAR, Decomposed
from seqtune.pretrained.rows import difference, mean_of, values_at

LAGS = 8
"""Seasons back whose same phase is looked at."""

REACH = 256
"""Newest steps over which seasons are compared."""

UNKNOWN = 3.0
"""The logarithm of an error that is not known."""

LATELY = 12
"""Steps whose changes are compared with all."""

WIDTH = 12 + LAGS + 10 + 5
"""Figures that `summarise` returns."""


def summarise(history: Floats, parts: Decomposed) -> Floats:
    """Return sizes, ratios and shapes, (batch, WIDTH), no level and no slope among them.

    Args:
        history: (batch, steps), in the unit of the data.
        parts: The same, taken apart.
    """
    period, lengths, unit = parts.period, parts.lengths, parts.unit
    turning, counted = difference(parts.around, parts.there, period)
    turned = mean_of(turning**2, counted) + 1e-3
    swings = mean_of(parts.around**2, parts.there) + 1e-3
    growing = _correlation(np.abs(parts.around), parts.trend, parts.there)
    columns = [
        *(period, lengths, lengths / period),
        *(parts.sizes.T / unit + 1e-3),
        parts.deviation / unit + 1e-3,
        turned / swings,
        parts.strength + 1e-3,
    ]
    return np.concatenate(
        [
            np.log(np.maximum(np.stack(columns, axis=1), 1e-6)),
            np.stack([period > 1, parts.certain, growing], axis=1),
            lag_errors(parts),
            _changes(parts),
            _floor(history, parts),
        ],
        axis=1,
    )


def lag_errors(parts: Decomposed) -> Floats:
    """Return logarithms of the mean changes over 1, 2, … seasons, newest steps, (batch, LAGS)."""
    steps = parts.scaled.shape[1]
    span = min(steps, REACH)
    result = []
    for count in range(1, LAGS + 1):
        places = np.arange(steps - span, steps) - count * parts.period[:, None]
        before = np.maximum(places, 0)
        counted = (places >= 0) & values_at(parts.there, before)
        change = parts.scaled[:, -span:] - values_at(parts.scaled, before)
        logs = np.log(mean_of(np.abs(change), counted) + 1e-2)
        result.append(np.where(counted.any(axis=1), logs, UNKNOWN))
    return np.stack(result, axis=1)


def changes(parts: Decomposed) -> Floats:
    """Return what the values without their season change by each step, (batch, steps)."""
    moved = parts.adjusted - np.roll(parts.adjusted, 1, axis=1)
    return np.where(parts.step_known, moved, 0.0)


def _correlation(first: Floats, second: Floats, counted: Booleans) -> Floats:
    first = np.where(counted, first - mean_of(first, counted)[:, None], 0.0)
    second = np.where(counted, second - mean_of(second, counted)[:, None], 0.0)
    both = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    found: Floats = (first * second).sum(axis=1) / np.maximum(both, 1e-9)
    return found


def _changes(parts: Decomposed) -> Floats:
    """Return autocorrelations and tails of the changes and of the values, (batch, 10)."""
    change, counted = changes(parts), parts.step_known
    bounded = np.arcsinh(change)
    power = (bounded**2).sum(axis=1) + 1e-9
    own = [(bounded[:, lag:] * bounded[:, :-lag]).sum(axis=1) / power for lag in (1, 2, 3)]
    level = parts.adjusted - mean_of(parts.adjusted, parts.there)[:, None]
    level = np.where(parts.there, level, 0.0)
    power = (level**2).sum(axis=1) + 1e-9
    far = [(level[:, lag:] * level[:, :-lag]).sum(axis=1) / power for lag in (1, 3)]
    size = mean_of(np.abs(change), counted)
    tails = np.log(np.sqrt(mean_of(change**2, counted)) / (size + 1e-6) + 1e-3)
    still = mean_of(np.abs(change) < 1e-6, counted)
    recent = counted & (np.cumsum(counted[:, ::-1], axis=1)[:, ::-1] <= LATELY)
    lately = np.log((mean_of(np.abs(change), recent) + 0.05) / (size + 0.05))
    lean = np.arcsinh(mean_of(bounded**3, counted))
    spread = np.log(np.sqrt(power / np.maximum(parts.there.sum(axis=1), 1)) + 1e-2)
    return np.stack([*own, *far, tails, still, lately, lean, spread], axis=1)


def _floor(history: Floats, parts: Decomposed) -> Floats:
    """Return whether nothing is below zero, how far zero is, and the extremes, (batch, 5)."""
    least = np.where(parts.there, history, np.inf).min(axis=1)
    most = np.where(parts.there, history, -np.inf).max(axis=1)
    positive = least >= 0
    zero = np.arcsinh(np.clip(parts.center / parts.unit, -FAR, FAR))
    zeros = mean_of(history == 0.0, parts.there)
    low = np.arcsinh(np.clip((parts.center - least) / parts.unit, 0.0, FAR))
    high = np.arcsinh(np.clip((most - parts.center) / parts.unit, 0.0, FAR))
    return np.stack([positive, np.where(positive, zero, 0.0), zeros, low, high], axis=1)
