"""A small recurrence that writes several rows from the code of each step."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.registry import cells


@keras.saving.register_keras_serializable("seqtune")
class RowDecoder(keras.layers.Layer):  # type: ignore[misc]
    """Decode, for every step of a sequence by itself, a number of rows one after the other.

    Args:
        cell: Name of the recurrence in `seqtune.registry.cells`.
        units: Size of its state.
        points: Rows that are written for each step.

    Shape:
        (batch, steps, features) -> (batch, steps, points, units).

    Source:
        The decoder of Malhotra et al., LSTM-based Encoder-Decoder for Multi-sensor Anomaly
        Detection, arXiv 1607.00148, section 2.1: rows in reverse order, from the newest back.
        It is fed the code, not its own output, so that it trains and scores in the same way.
    """

    def __init__(self, cell: str, units: int, points: int, **options: Any) -> None:
        super().__init__(**options)
        self.cell, self.units, self.points = cell, units, points
        self.recurrence = cells[cell].layer(units, return_sequences=True, name="decoder")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights for inputs (batch, steps, features)."""
        self.recurrence.build((None, self.points, input_shape[-1]))
        self.built = True

    def call(self, code: Any) -> Any:
        """Return the states that stand for the rows of each step."""
        shape = ops.shape(code)
        flat = ops.reshape(code, (-1, 1, code.shape[-1]))  # (batch * steps, 1, features)
        rows = self.recurrence(ops.repeat(flat, self.points, axis=1))
        return ops.reshape(rows, (shape[0], shape[1], self.points, self.units))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return (batch, steps, points, units)."""
        return (*input_shape[:-1], self.points, self.units)

    def get_config(self) -> dict[str, Any]:
        """Return what is needed to build the layer again."""
        own = {"cell": self.cell, "units": self.units, "points": self.points}
        return {**super().get_config(), **own}
