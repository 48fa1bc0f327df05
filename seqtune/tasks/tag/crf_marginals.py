"""The probability of each tag at each position by a linear chain."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FAR = 300.0
"""Nats below the best at which an emission ends; its exponential is no longer told from none."""

Floats = npt.NDArray[np.float64]


def chain_marginals(
    emissions: Any,
    transitions: Any,
    borders: Any,
    lengths: npt.NDArray[np.int64],
    *,
    is_causal: bool = False,
) -> Floats:
    """Return the probability of each tag, whatever the tags of the other positions.

    The forward-backward algorithm, scaled at every step; matrix products for all sequences at once.

    Args:
        emissions: (batch, steps, tags).
        transitions: (tags, tags), from each tag (row) to the next.
        borders: (2, tags), scores of the first tag and of the last.
        lengths: (batch,) steps that are no padding, at least one.
        is_causal: Whether only what came before a position may count: the forward half alone.

    Returns:
        (batch, steps, tags), rows sum to 1; of padding anything.

    Source:
        Rabiner, A tutorial on hidden Markov models (1989), section III.A, equation 27; section V.A.
    """
    emissions = np.asarray(emissions, np.float64)
    rows, steps, tags = emissions.shape
    moves, first, last = (
        np.exp(each - each.max()) for each in (np.asarray(transitions, np.float64),
                                               *np.asarray(borders, np.float64))
    )  # fmt: skip
    chances = np.exp(np.maximum(emissions - emissions.max(axis=2, keepdims=True), -FAR))
    forward = np.empty((steps, rows, tags))
    state = _scaled(first * chances[:, 0])
    for step in range(steps):
        if step:
            state = _scaled((state @ moves) * chances[:, step])
        forward[step] = state
    if is_causal:
        return forward.transpose(1, 0, 2)
    marginals = np.empty((steps, rows, tags))
    end = lengths[:, None] - 1
    state = np.broadcast_to(last, (rows, tags))
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
