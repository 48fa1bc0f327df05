"""Autoregressions of single histories, by regularised least squares, and where they lead."""

from __future__ import annotations

import numpy as np

from seqtune.pretrained.arrays import Booleans, Floats, Integers

ORDER = 3
"""Changes before a step that foretell its change."""

FADING = 0.985
"""How much less a step counts than the one after it."""

BOUND = 6.0
"""No change counts as more, nor is more foreseen for a step, in units of the history's noise."""

PENALTIES = np.array([3.0, 40.0, 3.0, 3.0, 3.0])
"""One over the variance expected of the drift, of the pull to the mean, and of each coefficient."""

EXCLUDED = 1e9
VARIANTS = np.array([[0, 0, 0, 0, 0], [0, 1, 0, 0, 0], [1, 1, 0, 0, 0]]) * EXCLUDED
"""All of it; without the pull to the mean; without drift either."""

PATHS = len(VARIANTS)


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
    """
    batch, steps = values.shape
    pairs = known[:, 1:] & known[:, :-1]
    change = np.clip(np.where(pairs, np.diff(values, axis=1), 0.0), -BOUND, BOUND)
    share = FADING ** np.arange(steps)[::-1] * known
    mean = (values * share).sum(axis=1) / np.maximum(share.sum(axis=1), 1e-9)
    apart = values - mean[:, None]
    columns = [np.ones((batch, steps - 1 - ORDER)), np.clip(apart[:, ORDER:-1], -1e3, 1e3)]
    columns += [change[:, ORDER - lag : steps - 1 - lag] for lag in range(1, ORDER + 1)]
    known_before = np.cumsum(known, axis=1)[:, : steps - 1 - ORDER] > 0
    weight = share[:, ORDER + 1 :] * (pairs[:, ORDER:] & known_before)
    design = np.stack(columns, axis=-1)  # (batch, steps - 4, 5)
    weighted = design * weight[..., None]
    target = change[:, ORDER:]
    gram = weighted.transpose(0, 2, 1) @ design
    joint = weighted.transpose(0, 2, 1) @ target[..., None]
    penalties = np.stack([np.diag(PENALTIES + each) for each in VARIANTS])
    whole = gram[:, None] + penalties
    found = np.linalg.solve(whole, np.broadcast_to(joint[:, None], (*whole.shape[:3], 1)))[..., 0]
    found[..., 1] = np.clip(found[..., 1], -1.0, 0.0)
    found[..., 2:] = np.clip(found[..., 2:], -0.98, 0.98)
    rest = target[..., None] - design @ found.transpose(0, 2, 1)  # (batch, steps - 4, PATHS)
    power = ((target**2) * weight).sum(axis=1)[:, None] + 0.1
    unexplained = np.log((((rest**2) * weight[..., None]).sum(axis=1) + 0.1) / power)

    furthest = int(ahead.max())
    made = np.empty((batch, PATHS, furthest))
    now = np.repeat(apart[:, -1:], PATHS, axis=1)
    before = [np.repeat(change[:, -lag][:, None], PATHS, axis=1) for lag in range(1, ORDER + 1)]
    for step in range(furthest):
        move = found[..., 0] + found[..., 1] * now
        for lag in range(ORDER):
            move += found[..., 2 + lag] * before[lag]
        move = np.clip(move, -BOUND, BOUND)
        now = now + move
        before = [move, *before[:-1]]
        made[..., step] = now
    made += mean[:, None, None]
    picked = np.take_along_axis(made, ahead[:, None, :] - 1, axis=2)
    return picked.transpose(0, 2, 1), unexplained
