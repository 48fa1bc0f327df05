"""Quantiles of any level from deciles."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from seqtune.pretrained.answer import QUANTILES
from seqtune.pretrained.arrays import Floats

PLACES = np.array([NormalDist().inv_cdf(level) for level in QUANTILES])
"""Where the deciles of the standard normal distribution lie."""


def at_levels(deciles: Floats, levels: Sequence[float]) -> Floats:
    """Return quantiles of other levels, (…, levels).

    Between deciles they lie as those of a normal distribution would; past the outermost, as if it
    went on with the deviation between that decile and the median.

    Args:
        deciles: (…, 9), ascending.
        levels: Between 0 and 1.

    Example:
        >>> at_levels(PLACES, [0.5, 0.975]).round(2)
        array([0.  , 1.96])
    """
    middle = len(PLACES) // 2
    found = np.empty((*deciles.shape[:-1], len(levels)))
    for column, level in enumerate(levels):
        place = NormalDist().inv_cdf(level)
        if PLACES[0] <= place <= PLACES[-1]:
            right = int(np.clip(np.searchsorted(PLACES, place), 1, len(PLACES) - 1))
            share = (place - PLACES[right - 1]) / (PLACES[right] - PLACES[right - 1])
            step = deciles[..., right] - deciles[..., right - 1]
            found[..., column] = deciles[..., right - 1] + share * step
        else:
            edge = 0 if place < 0 else -1
            deviation = (deciles[..., edge] - deciles[..., middle]) / PLACES[edge]
            beyond = (place - PLACES[edge]) * deviation
            found[..., column] = deciles[..., edge] + beyond
    return found
