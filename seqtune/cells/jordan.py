"""Jordan network: its output, not its state, is fed back (Jordan 1986)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.cells._gated import GatedCell
from seqtune.initializers import GlorotUniform


@keras.saving.register_keras_serializable("seqtune")
class JordanCell(GatedCell):
    """A step of the Jordan network.

        hidden = tanh(W_h [x, output])
        output = tanh(W_y hidden)

    The output of a step is what the next one remembers; the hidden layer is not kept.
    """

    BIASES = (0.0,)
    RECURRENT = 1

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights for inputs (…, features)."""
        super().build(input_shape)
        self.output_kernel = self.add_weight(
            shape=(self.units, self.units), initializer=GlorotUniform(), name="output_kernel"
        )
        self.output_bias = self.add_weight(
            shape=(self.units,), initializer="zeros", name="output_bias"
        )

    def call(self, inputs: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        """Return the output and the states after one step, (batch, units) each."""
        (hidden,) = self.gates(inputs, states[0])
        output = ops.matmul(ops.tanh(hidden), self.output_kernel) + self.output_bias
        return ops.tanh(output), [ops.tanh(output)]


def layer(units: int, **options: Any) -> Any:
    """Return a Keras recurrent layer of the Jordan network.

    Args:
        units: Size of the hidden layer and of the output.
        options: What `keras.layers.RNN` takes: `return_sequences`, `return_state`, `name`, …

    Returns:
        A layer from (batch, steps, features) to (batch, units), or to (batch, steps, units) with
        `return_sequences`; with `return_state`, followed by its one state (batch, units).

    Source:
        Jordan, Serial Order: A Parallel Distributed Processing Approach (ICS Report 8604, 1986),
        figure 3, without the connections of a state unit to itself.
    """
    return keras.layers.RNN(JordanCell(units), **options)
