"""From the states of all steps to one vector for the whole sequence."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.architectures._dense import dense

POOLINGS = ("last", "mean", "max", "attention")
"""How states are joined: the last one, their mean, their maximum, or a mean with learnt weights."""

ABSENT = -1e9
"""Added at a step that is not there, so that it is no maximum and has no weight."""


def pool(states: Any, mask: Any | None, pooling: str) -> Any:
    """Join the states of all steps.

    Args:
        states: (batch, steps, features).
        mask: (batch, steps), true where a step is there, at least the first one; None for all.
        pooling: One of `POOLINGS`.

    Returns:
        (batch, features).

    Source:
        Attention: Lin et al., A Structured Self-attentive Sentence Embedding, arXiv 1703.03130,
        with one hop; Raffel & Ellis, arXiv 1512.08756, equation 1.
    """
    if states.shape[1] == 1:  # one step, which is there, is all of them
        return ops.squeeze(states, axis=1)
    if pooling == "last":
        return states[:, -1] if mask is None else _last_present(states, mask)
    present = None if mask is None else ops.expand_dims(ops.cast(mask, states.dtype), -1)
    if pooling == "max":
        shown = states if present is None else states + (1.0 - present) * ABSENT
        return ops.max(shown, axis=1)
    if pooling == "mean":
        if present is None:
            return ops.mean(states, axis=1)
        return ops.sum(states * present, axis=1) / ops.sum(present, axis=1)
    scores = dense(1, "attention_score")(dense(states.shape[-1], "attention", "tanh")(states))
    if present is not None:
        scores = scores + (1.0 - present) * ABSENT
    weights = keras.layers.Softmax(axis=1, name="attention_weights")(scores)
    return ops.sum(states * weights, axis=1)


def _last_present(states: Any, mask: Any) -> Any:
    """Return the state (batch, features) of the last step that is there."""
    last = ops.sum(ops.cast(mask, "int32"), axis=1) - 1  # (batch,)
    found = ops.take_along_axis(states, ops.reshape(last, (-1, 1, 1)), axis=1)
    return ops.squeeze(found, axis=1)
