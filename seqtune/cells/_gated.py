"""What the cells that seqtune brings along share: one projection of the input for all gates."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from seqtune.initializers import GlorotUniform, Orthogonal

NOTHING_YET = -1e9
"""The largest exponent before the first step: the logarithm of no weight at all."""

MIN_WEIGHT = 1e-6
"""A sum of weights is 1 at least after the first step; this is for states from elsewhere."""


class GatedCell(keras.layers.Layer):  # type: ignore[misc]
    """A cell whose gates are linear in its input, and some of them in its last output.

    Attributes:
        BIASES: Where the bias of each gate begins; a figure per gate.
        RECURRENT: So many gates, the last ones, look at the last output too.

    Args:
        units: Size of the output and of each state.
        options: What `keras.layers.Layer` takes.
    """

    BIASES: tuple[float, ...]
    RECURRENT = 0
    STATES = 1

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = self.output_size = units
        self.state_size = units if self.STATES == 1 else [units] * self.STATES

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights for inputs (…, features)."""
        width = len(self.BIASES) * self.units
        self.kernel = self.add_weight(
            shape=(input_shape[-1], width), initializer=GlorotUniform(), name="kernel"
        )
        self.bias = self.add_weight(shape=(width,), initializer=self._first_bias, name="bias")
        if self.RECURRENT:
            self.recurrent_kernel = self.add_weight(
                shape=(self.units, self.RECURRENT * self.units),
                initializer=Orthogonal(),
                name="recurrent_kernel",
            )
        self.built = True

    def _first_bias(self, shape: tuple[int, ...], dtype: Any = None) -> npt.NDArray[np.float32]:
        return np.repeat(np.array(self.BIASES, np.float32), self.units)

    def gates(self, inputs: Any, output: Any | None = None) -> list[Any]:
        """Return every gate before its activation, (…, units) each.

        Args:
            inputs: (…, features).
            output: (…, units), the last output; None where no gate looks at it.
        """
        gates = ops.split(ops.matmul(inputs, self.kernel) + self.bias, len(self.BIASES), axis=-1)
        if output is None:
            return list(gates)
        seen = ops.split(ops.matmul(output, self.recurrent_kernel), self.RECURRENT, axis=-1)
        blind = len(gates) - self.RECURRENT
        return [*gates[:blind], *(a + b for a, b in zip(gates[blind:], seen, strict=True))]

    def get_config(self) -> dict[str, Any]:
        """Return what is needed to build the cell again."""
        return {**super().get_config(), "units": self.units}


class WeighingCell(GatedCell):
    """A cell whose state is an average of all steps, each weighted by an exponential.

    The states are output, weighted sum, sum of weights, and the largest exponent so far, in units
    of whose exponential both sums are.
    """

    STATES = 4

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """Return the states before the first step: sums over nothing."""
        empty = ops.zeros((batch_size, self.units), dtype=self.compute_dtype)
        return [empty, empty, empty, empty + NOTHING_YET]
