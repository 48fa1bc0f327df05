"""Long short-term memory with exponential gates (sLSTM of xLSTM, Beck et al. 2024)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.cells._gated import MIN_WEIGHT, WeighingCell


@keras.saving.register_keras_serializable("seqtune")
class SLSTMCell(WeighingCell):
    """A step of the sLSTM, one head, in its stabilised form.

        forget' = exp(log sigmoid(f) + m - m'), input' = exp(i - m')
        m' = max(log sigmoid(f) + m, i)
        memory = forget' * memory + input' * tanh(z)
        weight = forget' * weight + input'
        output = sigmoid(o) * memory / weight

    The states are output, memory, weight (the normaliser) and m (the stabiliser, which keeps both
    exponentials at 1 or below). The bias of the forget gate begins at 1.
    """

    BIASES = (0.0, 0.0, 1.0, 0.0)
    RECURRENT = 4

    def call(self, inputs: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        """Return the output and the states after one step, (batch, units) each."""
        output, memory, weight, before = states
        value, enter, forget, show = self.gates(inputs, output)
        kept = ops.log_sigmoid(forget) + before
        stabiliser = ops.maximum(kept, enter)
        keep, add = ops.exp(kept - stabiliser), ops.exp(enter - stabiliser)
        memory = keep * memory + add * ops.tanh(value)
        weight = keep * weight + add
        output = ops.sigmoid(show) * memory / ops.maximum(weight, MIN_WEIGHT)
        return output, [output, memory, weight, stabiliser]


def layer(units: int, **options: Any) -> Any:
    """Return a Keras recurrent layer of sLSTM cells.

    Args:
        units: Size of each state.
        options: What `keras.layers.RNN` takes: `return_sequences`, `return_state`, `name`, …

    Returns:
        A layer from (batch, steps, features) to (batch, units), or to (batch, steps, units) with
        `return_sequences`; with `return_state`, followed by its four states (batch, units).

    Source:
        Beck et al., xLSTM: Extended Long Short-Term Memory, arXiv 2405.04517, equations 8 to 17,
        with the sigmoid as the activation of the forget gate (equation 12 allows both).
    """
    return keras.layers.RNN(SLSTMCell(units), **options)
