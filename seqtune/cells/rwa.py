"""Recurrent weighted average: attention over all steps so far (Ostmeyer & Cowell 2017)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.cells._gated import MIN_WEIGHT, WeighingCell


@keras.saving.register_keras_serializable("seqtune")
class RWACell(WeighingCell):
    """A step of the recurrent weighted average.

        value = (W_u x) * tanh(W_g [x, output])
        output = tanh(sum of value * exp(a) over all steps / sum of exp(a)), a = W_a [x, output]

    The states are output, both sums in units of the largest exponential so far, and its exponent.
    """

    BIASES = (0.0, 0.0, 0.0)
    RECURRENT = 2

    def call(self, inputs: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        """Return the output and the states after one step, (batch, units) each."""
        output, total, weight, largest = states
        value, bend, exponent = self.gates(inputs, output)
        top = ops.maximum(largest, exponent)
        shrink, add = ops.exp(largest - top), ops.exp(exponent - top)
        total = shrink * total + add * value * ops.tanh(bend)
        weight = shrink * weight + add
        output = ops.tanh(total / ops.maximum(weight, MIN_WEIGHT))
        return output, [output, total, weight, top]


def layer(units: int, **options: Any) -> Any:
    """Return a Keras recurrent layer of recurrent weighted averages.

    Args:
        units: Size of each state.
        options: What `keras.layers.RNN` takes: `return_sequences`, `return_state`, `name`, …

    Returns:
        A layer from (batch, steps, features) to (batch, units), or to (batch, steps, units) with
        `return_sequences`; with `return_state`, followed by its four states (batch, units).

    Source:
        Ostmeyer & Cowell, Machine Learning on Sequential Data Using a Recurrent Weighted Average,
        arXiv 1703.01253, equations 1 and 2, and the running sums of appendix B; the output before
        the first step is zero, not learnt.
    """
    return keras.layers.RNN(RWACell(units), **options)
