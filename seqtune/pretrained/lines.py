"""Levels and slopes of every memory, at the end of a history and at origins before it."""

from __future__ import annotations

import numpy as np

from seqtune.pretrained.arrays import Booleans, Floats

MEMORIES = np.array([0.7, 0.4, 0.2, 0.1, 0.05, 0.02, 0.0])
"""Coefficients of exponential smoothing; 0 weighs all steps alike."""

LEVELS = 1 + 2 * len(MEMORIES)
"""The last value, a mean of each memory, and the end of a line of each."""

ORIGINS = np.array([1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40])
"""Steps before the end from which it is foretold what is known."""

LEADS = 1, 6
FADING = 0.95
FEWEST = 6
"""Steps that a history must have before an origin."""

STEADY = 0.2
"""No line is drawn through steps whose weighted variance of time is less."""

ERRORS = len(LEADS) * (LEVELS + 1)


def lines(values: Floats, known: Booleans, before: np.ndarray) -> tuple[Floats, Floats]:
    """Return levels and slopes as they were so many steps before the end.

    Args:
        values: (batch, steps), the newest last.
        known: The same shape; what counts.
        before: (origins,), steps before the end; 0 is the end.

    Returns:
        (batch, origins, LEVELS): the last value, exponentially weighted means, ends of weighted
        lines; and the slopes of these lines a step, (batch, origins, memories).
    """
    batch, steps = values.shape
    age = np.arange(steps)[::-1, None] - before  # (steps, origins)
    keep = np.where(MEMORIES > 0, 1.0 - MEMORIES, 1.0)
    weights = np.where(age[..., None] >= 0, keep ** np.maximum(age, 0)[..., None], 0.0)
    first, second = weights * age[..., None], weights * age[..., None] ** 2

    def total(rows: Floats, by: Floats) -> Floats:
        return (rows @ by.reshape(steps, -1)).reshape(batch, len(before), -1)

    counted = known.astype(float)
    value = np.where(known, values, 0.0)
    size = np.maximum(total(counted, weights), 1e-12)
    old = total(counted, first) / size
    square = total(counted, second) / size - old**2
    mean = total(value, weights) / size
    joint = total(value, first) / size - old * mean
    steady = square > STEADY
    slope = np.where(steady, -joint / np.where(steady, square, 1.0), 0.0)
    last = values[:, steps - 1 - before][..., None]
    return np.concatenate([last, mean, mean + slope * old], axis=-1), slope


def foretold(values: Floats, known: Booleans, lengths: np.ndarray) -> Floats:
    """Return how well each memory would have foretold the end of a history, (batch, ERRORS).

    For each lead, the logarithm of the least mean absolute error over the origins, newer ones
    counting more, and what of each memory is above it.

    Args:
        values: (batch, steps), its season taken out.
        known: The same shape.
        lengths: (batch,).
    """
    steps = values.shape[1]
    levels, slopes = lines(values, known, ORIGINS)
    level_only = np.zeros((*levels.shape[:2], LEVELS - slopes.shape[-1]))
    slopes = np.concatenate([level_only, slopes], axis=-1)
    result = []
    for lead in LEADS:
        place = steps - 1 - ORIGINS + lead
        possible = place < steps
        place = np.minimum(place, steps - 1)
        counted = possible & (lengths[:, None] - ORIGINS >= FEWEST) & known[:, place]
        share = counted * FADING**ORIGINS
        error = np.abs(levels + lead * slopes - values[:, place][..., None])
        error = np.minimum(error, 1e3)
        mean = (error * share[..., None]).sum(axis=1) / np.maximum(share.sum(axis=1), 1e-9)[:, None]
        logs = np.log(mean + 0.05)
        least = logs.min(axis=1, keepdims=True)
        result += [np.where(counted.any(axis=1)[:, None], each, 0.0)
                   for each in (least, logs - least)]  # fmt: skip
    return np.concatenate(result, axis=1)
