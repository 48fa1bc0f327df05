"""Simple recurrence with a tanh state (Elman 1990)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.cells._stateful import Step
from seqtune.initializers import recurrent_initializers


def layer(units: int, **options: Any) -> Any:
    """Return a Keras recurrent layer of simple RNN cells.

    Args:
        units: Size of the state.
        options: What `keras.layers.RNN` takes: `return_sequences`, `return_state`, `name`, …

    Returns:
        A layer from (batch, steps, features) to (batch, units), or to (batch, steps, units) with
        `return_sequences`; with `return_state`, followed by its one state (batch, units).

    Source:
        Elman, Finding Structure in Time, Cognitive Science 14 (1990).
    """
    return keras.layers.SimpleRNN(units, **{**recurrent_initializers(), **options})


def step() -> Any:
    """Return the mathematics of a step, h' = tanh(x + y), and its derivative."""

    def forward(x: Any, y: Any, states: Any, ops: Any = ops) -> Any:
        output = ops.tanh(x + y)
        return (output,), (output,)

    def backward(kept: Any, states: Any, gradients: Any) -> Any:
        gates = gradients[0] * (1 - kept[0] * kept[0])
        return gates, gates, (ops.zeros_like(gates),)

    return Step(1, 1, 1, forward, backward, (0.0,))
