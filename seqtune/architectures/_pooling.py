"""From the states of all steps to one vector for the whole sequence."""

from __future__ import annotations

from typing import Any

from seqtune.architectures._dense import dense

POOLINGS = ("last", "mean", "max", "attention")
"""What `recur_and_pool` knows. The last state is the recurrence's own: of one that reads from both
ends, what each half read last."""

ABSENT = -1e9
"""Added to what stands at a step that is not there, so that no maximum and no weight is its."""


def pool(states: Any, mask: Any | None, pooling: str) -> Any:
    """Join the states of all steps.

    Args:
        states: (batch, steps, features).
        mask: (batch, steps), true where a step is there, at least the first one; None for all.
        pooling: "mean", "max", or "attention" (a learnt weight for each step).

    Returns:
        (batch, features).

    Source:
        Attention: Lin et al., A Structured Self-attentive Sentence Embedding, arXiv 1703.03130,
        with one hop; Raffel & Ellis, arXiv 1512.08756, equation 1.
    """
    import keras
    from keras import ops

    if states.shape[1] == 1:  # one step, which is there, is all of them
        return ops.squeeze(states, axis=1)
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


def recur_and_pool(
    sequence: Any, mask: Any | None, settings: Any, *, bidirectional: bool = False
) -> Any:
    """Run the recurrence over a sequence and return one vector.

    Args:
        sequence: (batch, steps, features).
        mask: (batch, steps), or None.
        settings: Cell, sizes and `pooling`.
        bidirectional: Read the sequence from both ends.

    Returns:
        (batch, features).
    """
    from seqtune.architectures._recurrence import recur

    is_last = settings.pooling == "last"
    states = recur(
        sequence, settings, mask=mask, bidirectional=bidirectional, sequences=not is_last
    )
    return states if is_last else pool(states, mask, settings.pooling)
