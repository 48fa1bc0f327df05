"""Series on one scale and of one length.

Channels are standardised by mean and deviation over all steps of all training cases: a channel
in large units does not drown the others, while the level and the spread of a single case, which
may be what tells the classes apart, stay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from seqtune.baselines.method import Floats

MAX_DEVIATIONS = 1e6
"""Deviations from the mean; beyond, values are cut, so that squares stay finite."""

Standardise = Callable[[Floats], Floats]


def standardise_as(cases: Sequence[Floats]) -> Standardise:
    """Learn the scale of each channel.

    Args:
        cases: A (steps, channels) array per training case.

    Returns:
        From a (steps, channels) array to the same in deviations from the training mean, within
        1e6 of it. A channel that is constant in training is only moved to zero.
    """
    steps = np.concatenate(cases)
    size = np.abs(steps).max(axis=0)
    size[size == 0] = 1.0
    center, spread = (steps / size).mean(axis=0), (steps / size).std(axis=0)
    spread[spread < 1e-12] = 1.0

    def standardise(case: Floats) -> Floats:
        with np.errstate(over="ignore"):
            scaled = (case / size - center) / spread
        cut: Floats = np.clip(scaled, -MAX_DEVIATIONS, MAX_DEVIATIONS)
        return cut

    return standardise


def stretch(case: Floats, steps: int) -> Floats:
    """Bring a series to so many steps by linear interpolation, first and last step kept.

    Args:
        case: (steps, channels), at least one step.
        steps: Steps wanted, at least 2 unless the case has that many.

    Returns:
        (steps, channels).

    Example:
        >>> stretch(np.array([[0.0], [2.0]]), 3)[:, 0]
        array([0., 1., 2.])
    """
    if len(case) == steps:
        return case
    places = np.linspace(0, len(case) - 1, steps)
    known = np.arange(len(case))
    return np.stack([np.interp(places, known, channel) for channel in case.T], axis=1)
