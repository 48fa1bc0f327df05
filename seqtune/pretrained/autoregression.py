"""Autoregressions of single histories, by regularised least squares, and where they lead."""

from __future__ import annotations

import numpy as np

from seqtune.pretrained.arrays import Booleans, Floats, Integers
from seqtune.pretrained.rows import difference, mean_of, values_at

ORDER = 3
"""Changes before a step that foretell its change."""

FADING = 0.985
"""How much less a step counts than the one after it."""

BOUND = 6.0
"""No change counts as more times the mean change, nor is more foreseen for a step."""

FEWEST = 8
"""Changes over a season that are learnt from."""

PENALTIES = np.array([3.0, 40.0, 3.0, 3.0, 3.0])
"""One over the variance expected of the drift, of the pull to the mean, and of each coefficient."""

EXCLUDED = 1e9
VARIANTS = np.array([[0, 0, 0, 0, 0], [0, 1, 0, 0, 0], [1, 1, 0, 0, 0]]) * EXCLUDED
"""All of it; without the pull to the mean; without drift either."""

SEASONAL_VARIANTS = np.array([[1, 0, 0, 0, 0], [1, 0, 1, 1, 1]]) * EXCLUDED
"""Without drift; the pull to the mean alone."""

SHRUNK = 40.0
"""So many changes over a season of nothing are added to the mean of those seen."""

PATHS, SEASONAL_PATHS = len(VARIANTS), len(SEASONAL_VARIANTS)


def paths(values: Floats, known: Booleans, ahead: Integers) -> tuple[Floats, Floats]:
    """Return where three autoregressions lead, and how well they explain the changes.

        change = drift + pull * (value before - mean) + sum of coefficient * earlier change

    Args:
        values: (batch, steps), the season taken out, in units of the noise.
        known: The same shape.
        ahead: (batch, horizon), steps ahead, from 1.

    Returns:
        (batch, horizon, PATHS); and the logarithm of the share of the squared changes that is not
        explained, (batch, PATHS).

    Source:
        The regression of Said and Dickey 1984, Biometrika 71(3), with a ridge for its prior.
    """
    made, unexplained = _extrapolated(values, known, int(ahead.max()), VARIANTS, 0.0)
    return _picked(made, ahead), unexplained


def seasonal_paths(
    values: Floats, there: Booleans, lag: Integers, ahead: Integers
) -> tuple[Floats, Floats]:
    """Return where autoregressions of the change over a season lead; see `paths`.

    Each step is what it was a season before, and the change that is foreseen: an ARIMA model with a
    seasonal difference. Of a history that is too short the last season goes on.

    Args:
        values: (batch, steps), in units of the noise.
        there: The same shape; where a value stands.
        lag: (batch,), steps of a season.
        ahead: (batch, horizon), steps ahead, from 1.
    """
    furthest, steps = int(ahead.max()), values.shape[1]
    change, counted = difference(values, there, lag)
    made, unexplained = _extrapolated(change, counted, furthest, SEASONAL_VARIANTS, SHRUNK)
    made *= (counted.sum(axis=1) >= FEWEST)[:, None, None]
    rows = np.arange(len(values))
    for step in range(furthest):
        before = made[rows, :, np.maximum(step - lag, 0)]
        made[:, :, step] += np.where((step >= lag)[:, None], before, 0.0)
    same_phase = steps - 1 + ahead + ahead // -lag[:, None] * lag[:, None]
    last = values_at(values, np.maximum(same_phase, 0))
    return last[..., None] + _picked(made, ahead), unexplained


def _picked(made: Floats, ahead: Integers) -> Floats:
    """Return the steps that are asked for, (batch, horizon, paths)."""
    return np.take_along_axis(made, ahead[:, None, :] - 1, axis=2).transpose(0, 2, 1)


def _extrapolated(
    values: Floats, known: Booleans, furthest: int, variants: Floats, shrunk: float
) -> tuple[Floats, Floats]:
    """Return all steps ahead, (batch, variants, furthest), and what is unexplained."""
    batch, steps = values.shape
    pairs = known[:, 1:] & known[:, :-1]
    change = np.where(pairs, np.diff(values, axis=1), 0.0)
    bound = BOUND * np.maximum(mean_of(np.abs(change), pairs), 1.0)[:, None]
    change = np.clip(change, -bound, bound)
    share = FADING ** np.arange(steps)[::-1] * known
    mean = (values * share).sum(axis=1) / np.maximum(share.sum(axis=1) + shrunk, 1e-9)
    apart = values - mean[:, None]
    columns = [np.ones((batch, steps - 1 - ORDER)), np.clip(apart[:, ORDER:-1], -1e3, 1e3)]
    columns += [change[:, ORDER - lag : steps - 1 - lag] for lag in range(1, ORDER + 1)]
    weight = share[:, ORDER + 1 :] * pairs[:, ORDER:]
    design = np.stack(columns, axis=-1)  # (batch, steps - 4, 5)
    weighted = (design * weight[..., None]).transpose(0, 2, 1)
    target = change[:, ORDER:, None]
    penalties = np.stack([np.diag(PENALTIES + each) for each in variants])
    whole = (weighted @ design)[:, None] + penalties
    joint = np.broadcast_to((weighted @ target)[:, None], (*whole.shape[:3], 1))
    found = np.linalg.solve(whole, joint)[..., 0]  # (batch, variants, 5)
    found[..., 1] = np.clip(found[..., 1], -1.0, 0.0)
    found[..., 2:] = np.clip(found[..., 2:], -0.98, 0.98)
    rest = target - design @ found.transpose(0, 2, 1)
    power = (target[..., 0] ** 2 * weight).sum(axis=1)[:, None] + 0.1
    unexplained = np.log(((rest**2 * weight[..., None]).sum(axis=1) + 0.1) / power)

    count = len(variants)
    made = np.empty((batch, count, furthest))
    now = np.repeat(apart[:, -1:], count, axis=1)
    before = [np.repeat(change[:, -lag][:, None], count, axis=1) for lag in range(1, ORDER + 1)]
    for step in range(furthest):
        move = found[..., 0] + found[..., 1] * now
        for lag in range(ORDER):
            move += found[..., 2 + lag] * before[lag]
        move = np.clip(move, -bound, bound)
        now = now + move
        before = [move, *before[:-1]]
        made[..., step] = now
    return made + mean[:, None, None], unexplained
