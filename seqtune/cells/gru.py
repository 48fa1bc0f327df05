"""Gated recurrent unit (Cho et al. 2014)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.cells._stateful import Step
from seqtune.initializers import recurrent_initializers


def layer(units: int, **options: Any) -> Any:
    """Return a Keras recurrent layer of GRU cells.

    Args:
        units: Size of the state.
        options: What `keras.layers.RNN` takes: `return_sequences`, `return_state`, `name`, …

    Returns:
        A layer from (batch, steps, features) to (batch, units), or to (batch, steps, units) with
        `return_sequences`; with `return_state`, followed by its one state (batch, units).

    Source:
        Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, arXiv 1406.1078,
        with the reset gate after the matrix product (the form cuDNN computes).
    """
    return keras.layers.GRU(units, **{**recurrent_initializers(), **options})


def step() -> Any:
    """Return the mathematics of a step, and its derivative.

    With z and r from x + y, and n = tanh(x_n + r y_n): h' = z h + (1 - z) n.
    """

    def forward(x: Any, y: Any, states: Any, ops: Any = ops) -> Any:
        (x_z, x_r, x_n), (y_z, y_r, y_n) = ops.split(x, 3, axis=-1), ops.split(y, 3, axis=-1)
        z, r = ops.sigmoid(x_z + y_z), ops.sigmoid(x_r + y_r)
        n = ops.tanh(x_n + r * y_n)
        return (z * states[0] + (1 - z) * n,), (z, r, n, y_n)

    def backward(kept: Any, states: Any, gradients: Any) -> Any:
        z, r, n, y_n = kept
        (output,) = gradients
        to_n = output * (1 - z) * (1 - n * n)
        to_z = output * (states[0] - n) * z * (1 - z)
        to_r = to_n * y_n * r * (1 - r)
        from_input = ops.concatenate([to_z, to_r, to_n], axis=-1)
        return from_input, ops.concatenate([to_z, to_r, to_n * r], axis=-1), (output * z,)

    return Step(3, 1, 4, forward, backward, (0.0, 0.0, 0.0), has_state_bias=True)
