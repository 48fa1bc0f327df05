"""Long short-term memory (Hochreiter & Schmidhuber 1997)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.cells._stateful import Step
from seqtune.initializers import recurrent_initializers


def layer(units: int, **options: Any) -> Any:
    """Return a Keras recurrent layer of LSTM cells.

    Args:
        units: Size of the state.
        options: What `keras.layers.RNN` takes: `return_sequences`, `return_state`, `name`, …

    Returns:
        A layer from (batch, steps, features) to (batch, units), or to (batch, steps, units) with
        `return_sequences`; with `return_state`, followed by its two states (batch, units).

    Source:
        Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997), with the
        forget gate of Gers et al. (2000), its bias started at one.
    """
    return keras.layers.LSTM(units, **{**recurrent_initializers(), **options})


def step() -> Any:
    """Return the mathematics of a step, and its derivative.

    With gates i, f, g, o from x + y: c' = f c + i g and h' = o tanh(c').
    """

    def forward(x: Any, y: Any, states: Any, ops: Any = ops) -> Any:
        i, f, g, o = ops.split(x + y, 4, axis=-1)
        i, f, g, o = ops.sigmoid(i), ops.sigmoid(f), ops.tanh(g), ops.sigmoid(o)
        memory = f * states[1] + i * g
        bent = ops.tanh(memory)
        return (o * bent, memory), (i, f, g, o, bent)

    def backward(kept: Any, states: Any, gradients: Any) -> Any:
        i, f, g, o, bent = kept
        output, memory = gradients
        memory = memory + output * o * (1 - bent * bent)
        gates = ops.concatenate(
            [
                memory * g * i * (1 - i),
                memory * states[1] * f * (1 - f),
                memory * i * (1 - g * g),
                output * bent * o * (1 - o),
            ],
            axis=-1,
        )
        return gates, gates, (ops.zeros_like(memory), memory * f)

    return Step(4, 2, 5, forward, backward, (0.0, 1.0, 0.0, 0.0))
