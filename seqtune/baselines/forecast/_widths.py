"""How wide intervals have to be: as wide as would have held the truth from earlier origins."""

from __future__ import annotations

import numpy as np

from seqtune.baselines.method import Floats, Levels

MIN_CASES = 20
"""Of fewer steps whose truth is known, intervals are left as they are."""

NARROWEST, WIDEST = 1.0, 3.0
"""Weights were chosen on the same origins, so that errors there are too small to narrow by."""


def width_factors(said: Floats, truth: Floats, levels: Levels) -> Floats:
    """Return what each quantile's distance from the point forecast is to be multiplied by.

    A central interval held the truth where the error is no more than the distance of the bound on
    its side. The factor is the quantile of that ratio which the interval is to hold.

    Args:
        said: (steps, 1 + levels), point forecasts and quantiles from earlier origins.
        truth: (steps,), what came.
        levels: Quantile levels in ascending order.

    Returns:
        (levels,), float64, within `NARROWEST` and `WIDEST`.

    Example:
        Errors that are twice as large as foreseen make every factor 2.

    Source:
        Split conformal prediction, scaled: Lei et al. 2018, J. of the American Statistical
        Association 113(523), section 5.2.
    """
    factors = np.ones(len(levels))
    if len(truth) < MIN_CASES:
        return factors
    error = truth - said[:, 0]
    for place, level in enumerate(levels):
        mirror = int(np.argmin(np.abs(np.add(levels, level - 1.0))))
        share = abs(1.0 - 2.0 * level)
        if share < 1e-9 or abs(levels[mirror] + level - 1.0) > 1e-9:
            continue
        low, high = sorted((1 + place, 1 + mirror))
        bound = np.where(error < 0.0, said[:, 0] - said[:, low], said[:, high] - said[:, 0])
        usable = bound > 0.0
        if usable.sum() >= MIN_CASES:
            factors[place] = np.quantile(np.abs(error[usable]) / bound[usable], share)
    return np.clip(factors, NARROWEST, WIDEST)


def widened(said: Floats, factors: Floats) -> Floats:
    """Return (steps, 1 + levels) with every quantile so many times as far from the point forecast.

    Args:
        said: (steps, 1 + levels).
        factors: (levels,).
    """
    wide = said.copy()
    wide[:, 1:] = said[:, :1] + factors * (said[:, 1:] - said[:, :1])
    wide[:, 1:].sort(axis=1)
    return wide
