"""The level and the unit of each window: what its values are brought to a common size by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.window import Windows
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.coded import CodedPanel

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

MIN_SCALE = 0.1
"""A window's scale is at least this share of its series' seasonal naive error, so that a flat
stretch does not turn the next ordinary value into an enormous target; that of a series that never
changes is the whole error that it borrows from others."""

SMOOTHING = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Coefficients of exponential smoothing among which each window has the best for itself."""


def center_and_scale(
    coded: CodedPanel,
    windows: Windows,
    history: Floats,
    seen: Booleans,
    codec: Codec,
    values: Mapping[str, Any],
) -> tuple[Floats, Floats]:
    """Return the level and the unit of each window, (windows,) each.

    Args:
        coded: The panel, for the scales of whole series.
        windows: Which windows.
        history: (windows, lookback), what the network sees of the target.
        seen: The same shape; false before a series begins.
        codec: Seasonal periods.
        values: The configuration, with `preprocessing.scaling`.
    """
    kind = values["preprocessing.scaling"]
    if kind == "none":
        return np.zeros(len(windows)), np.ones(len(windows))
    where = windows.series, windows.target
    least = np.where(coded.constant[where], 1.0, MIN_SCALE) * coded.usual_error[where]
    if kind == "series":
        spread = np.where(coded.constant[where], least, coded.spread[where])
        return coded.center[where], spread
    if kind == "revin":
        center = known_mean(history, seen)
        deviation = np.sqrt(known_mean((history - center[:, None]) ** 2, seen))
        return center, np.maximum(deviation, least)
    if kind == "level":
        center = smoothed_level(history, seen, codec.period if codec.periods else 1)
        deviation = known_mean(np.abs(history - center[:, None]), seen)
        return center, np.maximum(deviation, least)
    recent = min(history.shape[1], codec.period if codec.periods else 8)
    center = known_mean(history[:, -recent:], seen[:, -recent:])
    scale = known_mean(np.abs(history - center[:, None]), seen)
    return center, np.maximum(scale, least)


def smoothed_level(history: Floats, seen: Booleans, period: int) -> Floats:
    """Return the level at the end of each window, (windows,), by exponential smoothing.

    The season is taken out first: of each phase, its mean over the window. Then

        level[t] = a * value[t] + (1 - a) * level[t - 1]

    with the coefficient `a` of `SMOOTHING` that would have foretold the window's own values best,
    one step ahead. ES-RNN learns coefficient and season of every series together with the network,
    which leaves series that training never saw without any; here both come from the window.

    Args:
        history: (windows, lookback), the newest last.
        seen: The same shape; false before a series begins.
        period: Steps of a season; 1 for none, which is also taken where none fits.

    Source:
        Smyl, A hybrid method of exponential smoothing and recurrent neural networks for time series
        forecasting, International Journal of Forecasting 36 (2020).

    Example:
        >>> smoothed_level(np.full((1, 4), 7.0), np.ones((1, 4), bool), 1)
        array([7.])
    """
    values = history - _season(history, seen, period)
    begin = np.argmax(seen, axis=1)
    first = np.where(seen.any(axis=1), values[np.arange(len(values)), begin], 0.0)
    values = np.where(seen, values, first[:, None])  # a level that begins with the first value
    best, least = first, np.full(len(values), np.inf)
    for level in _smoothed(values, first):
        error = known_mean((values[:, 1:] - level[:, :-1]) ** 2, seen[:, 1:])
        best, least = np.where(error < least, level[:, -1], best), np.minimum(error, least)
    return best


def _smoothed(values: Floats, first: Floats) -> Floats:
    """Return the level at every step by each coefficient, (coefficients, windows, steps).

    SciPy's `lfilter` gives the same and is no quicker; to import it takes as long as all else that
    a forecast imports.

    Args:
        values: (windows, steps).
        first: (windows,) the level before the first step.
    """
    shares = np.array(SMOOTHING)[:, None]
    levels: Floats = values.T[:, None] * shares  # (steps, coefficients, windows)
    before: Floats = np.broadcast_to(first, levels.shape[1:])
    for level in levels:
        level += (1 - shares) * before
        before = level
    return levels.transpose(1, 2, 0)


def _season(history: Floats, seen: Booleans, period: int) -> Floats:
    """Return the season at each step, (windows, lookback), additive, its mean zero."""
    steps = history.shape[1]
    if period < 2 or steps < 2 * period:
        return np.zeros_like(history)
    whole = steps // period * period
    shape = (len(history), whole // period, period)
    known = seen[:, -whole:].reshape(shape)
    total = np.where(known, history[:, -whole:].reshape(shape), 0.0).sum(axis=1)
    phases = total / np.maximum(known.sum(axis=1), 1)  # (windows, period)
    phases = phases - phases.mean(axis=1, keepdims=True)
    phases = np.where(known.sum(axis=1).min(axis=1, keepdims=True) > 1, phases, 0.0)
    return np.tile(phases, (1, -(-steps // period)))[:, -steps:]


def known_mean(values: Floats, counted: Booleans) -> Floats:
    """Return the mean over steps of what counts, (windows,); 0 where nothing does.

    Args:
        values: (windows, steps).
        counted: The same shape; what counts.
    """
    total = np.where(counted, values, 0.0).sum(axis=1)
    mean: Floats = total / np.maximum(counted.sum(axis=1), 1)
    return mean
