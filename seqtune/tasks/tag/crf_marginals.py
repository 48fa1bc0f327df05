"""The probability of each tag at each position by a linear chain, from what a network packs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.tasks.tag.crf import BORDERS

FAR = 300.0
"""Nats below the best at which an emission ends; its exponential is no longer told from none."""

Floats = npt.NDArray[np.float64]


def chain_marginals(packed: npt.NDArray[np.floating], lengths: npt.NDArray[np.int64]) -> Floats:
    """Return the probability of each tag, whatever the tags of the other positions.

    The forward-backward algorithm, scaled at every step; matrix products for all sequences at once.

    Args:
        packed: (batch, steps + tags + 2, tags) from `LinearChain`.
        lengths: (batch,) steps that are no padding, at least one.

    Returns:
        (batch, steps, tags), rows sum to 1; of padding anything.

    Source:
        Rabiner, A tutorial on hidden Markov models (1989), section III.A, equation 27; section V.A.
    """
    tags = packed.shape[2]
    steps = packed.shape[1] - tags - BORDERS
    emissions = np.asarray(packed[:, :steps], np.float64)
    rows = np.asarray(packed[0, steps:], np.float64)
    moves = np.exp(rows[:tags] - rows[:tags].max())
    first, last = (np.exp(each - each.max()) for each in rows[tags:])
    chances = np.exp(np.maximum(emissions - emissions.max(axis=2, keepdims=True), -FAR))
    forward = np.empty((steps, len(packed), tags))
    state = _scaled(first * chances[:, 0])
    for step in range(steps):
        if step:
            state = _scaled((state @ moves) * chances[:, step])
        forward[step] = state
    marginals = np.empty((steps, len(packed), tags))
    end = lengths[:, None] - 1
    state = np.broadcast_to(last, (len(packed), tags))
    for step in reversed(range(steps)):
        if step + 1 < steps:
            before = _scaled((state * chances[:, step + 1]) @ moves.T)
            state = np.where(step < end, before, last)
        marginals[step] = _scaled(forward[step] * state)
    return marginals.transpose(1, 0, 2)


def _scaled(values: Floats) -> Floats:
    """Return rows that sum to 1; one of zeros only, where no way is left, becomes even."""
    total = values.sum(axis=1, keepdims=True)
    lost = total < np.finfo(np.float64).tiny
    if lost.any():
        values, total = np.where(lost, 1.0, values), np.where(lost, values.shape[1], total)
    scaled: Floats = values / total
    return scaled
