"""The simple forecast that the network corrects, computed from each window's own history."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.scale import known_mean

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

ROUNDING = 1e-12
"""Errors below this share of the level are rounding, and all alike."""

MAX_GROWTH = 2.0
"""What a level may grow by in a period, for a base forecast."""


def reach(period: int, horizon: int) -> int:
    """Return how far back the error of a seasonal naive forecast is measured, in steps.

    Args:
        period: Steps of a season.
        horizon: Steps ahead.
    """
    return period + max(period, horizon)


def base_forecast(past: Floats, valid: Booleans, center: Floats, codec: Codec, kind: str) -> Floats:
    """Return the forecast that the network corrects, (windows, horizon).

    `blend` weighs the seasonal naive forecasts of all periods by the inverse square of their
    errors over the last steps of the window; where no period fits into the history it is naive.
    `growing_blend` multiplies each of them by how much the level has grown over its period.

    Args:
        past: (windows, depth), the values before each cut, the newest last.
        valid: The same shape; false before a series begins.
        center: (windows,), the level of each window, which is the forecast where there is no base.
        codec: Horizon and seasonal periods.
        kind: Value of `preprocessing.base`.
    """
    horizon = codec.horizon
    naive = np.repeat(past[:, -1:], horizon, axis=1)
    if kind == "none":
        return np.repeat(center[:, None], horizon, axis=1)
    periods = {"naive": (), "seasonal_naive": codec.periods[:1]}.get(kind, codec.periods)
    total, weights = np.zeros_like(naive), np.zeros((len(past), 1))
    level = np.maximum(known_mean(np.abs(past), valid), 1e-300)
    for period in periods:
        weight = _inverse_square_error(past, valid, period, horizon, level)
        season = past[:, -period + (np.arange(horizon) % period)]
        if kind == "growing_blend":
            season = season * _growth(past, valid, period) ** (1 + np.arange(horizon) // period)
        total += weight * season
        weights += weight
    return np.where(weights > 0, total / np.where(weights > 0, weights, 1.0), naive)


def _growth(past: Floats, valid: Booleans, period: int) -> Floats:
    """Return by what the level of the last period exceeds that of the one before, (windows, 1).

    It is 1 where a value is not above zero, or two periods are not known.
    """
    known = valid[:, -2 * period :].all(axis=1) & (past[:, -2 * period :] > 0).all(axis=1)
    now, before = past[:, -period:].mean(axis=1), past[:, -2 * period : -period].mean(axis=1)
    ratio = np.where(known, now / np.where(known, before, 1.0), 1.0)
    return np.clip(ratio, 1 / MAX_GROWTH, MAX_GROWTH)[:, None]


def _inverse_square_error(
    past: Floats, valid: Booleans, period: int, horizon: int, level: Floats
) -> Floats:
    """Return the weight of one period in the blend, (windows, 1); zero where it does not fit.

    Errors are counted in units of the window's level, so that no square is too large or small.
    """
    span = max(period, horizon)
    recent, before = past[:, -span:], past[:, -span - period : -period]
    counted = valid[:, -span - period : -period]
    error = known_mean(np.abs(recent - before), counted)
    error = np.maximum(error / level, ROUNDING)
    fits = valid[:, -period]
    # a period that fits but was never seen twice counts as bad as the level itself
    error = np.where(counted.any(axis=1), error, 1.0)
    return np.where(fits, error**-2.0, 0.0)[:, None]
