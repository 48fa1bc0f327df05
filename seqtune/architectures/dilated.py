"""Recurrent layers over segments, each with longer strides than the one below, and short cuts."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.architectures._dense import dense
from seqtune.architectures._dropout import drop_out
from seqtune.architectures._pooling import pool
from seqtune.architectures._segments import fold
from seqtune.architectures._settings import Settings
from seqtune.registry import cells

OPTIONS = {
    "length": {
        "anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 1}],
        "default": "auto",
        "forms": ["vector"],
        "description": "Steps per segment; auto takes a season of the data.",
    },
    "growth": {
        "type": "integer",
        "minimum": 1,
        "maximum": 8,
        "default": 2,
        "description": "How many times longer the strides of each layer are than those of the one "
        "below; 1 leaves all of them one segment long.",
    },
    "residual": {
        "type": "boolean",
        "default": True,
        "description": "Whether each layer corrects what comes from below instead of replacing it.",
    },
}


def states(sequence: Any, mask: Any | None, settings: Settings) -> Any:
    """Project each step and recur with growing strides.

    Layer k joins states that are growth**k steps apart, so that few layers reach far back and no
    gradient has many steps to go. A state depends on earlier steps alone, so that padding at the
    end needs no mask.

    Args:
        sequence: (batch, steps, features).
        mask: Not needed.
        settings: Cell, sizes, `growth` and `residual`.

    Returns:
        (batch, steps, units).

    Source:
        Chang et al., Dilated Recurrent Neural Networks, arXiv 1710.02224, section 2.2; with
        residual connections: Smyl, ES-RNN, International Journal of Forecasting 36 (2020).
    """
    sequence = dense(settings.units, "projection", "relu")(sequence)
    for depth in range(settings.layers):
        stride = int(settings.options["growth"]) ** depth
        if sequence.shape[1] is not None:
            stride = min(stride, sequence.shape[1])
        layer = StridedRNN(settings.cell, settings.units, stride, name=f"recurrence_{depth}")
        stepped = drop_out(layer(sequence), settings.dropout, f"dropout_{depth}")
        if settings.options["residual"]:
            stepped = keras.layers.Add(name=f"short_cut_{depth}")([sequence, stepped])
        sequence = stepped
    return sequence


def vector(sequence: Any, mask: Any | None, settings: Settings) -> Any:
    """Recur over segments with growing strides, and join their states.

    Args:
        sequence: (batch, steps, features); zero where a step is not there.
        mask: (batch, steps), true where a step is there; None for all.
        settings: As `states`; `length`, `align` and `pooling`.

    Returns:
        (batch, units).
    """
    segments, present = fold(sequence, mask, settings)  # (batch, segments, length * features)
    return pool(states(segments, present, settings), present, settings.pooling)


@keras.saving.register_keras_serializable("seqtune")
class StridedRNN(keras.layers.Layer):  # type: ignore[misc]
    """A recurrent layer whose state at a step follows from that `stride` steps before.

    The sequence falls into `stride` interleaved ones, which one layer reads side by side.

    Args:
        cell: Name of the recurrence in `seqtune.registry.cells`.
        units: Size of the state.
        stride: Steps between two states that are joined.

    Shape:
        (batch, steps, features) -> (batch, steps, units), for any number of steps.
    """

    def __init__(self, cell: str, units: int, stride: int, **options: Any) -> None:
        super().__init__(**options)
        self.cell, self.units, self.stride = cell, units, stride
        self.recurrence = cells[cell].layer(units, return_sequences=True, name="recurrence")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights for inputs (batch, steps, features)."""
        self.recurrence.build((None, None, input_shape[-1]))
        self.built = True

    def call(self, sequence: Any, training: bool = False) -> Any:
        """Return the state of every step."""
        if self.stride == 1:
            return self.recurrence(sequence, training=training)
        steps, features = ops.shape(sequence)[1], sequence.shape[-1]
        # the end is filled up with 0 to stride - 1 steps, which no state before them depends on
        filled = ops.pad(sequence, ((0, 0), (0, self.stride - 1), (0, 0)))
        count = (steps + self.stride - 1) // self.stride
        filled = filled[:, : count * self.stride]
        apart = ops.reshape(filled, (-1, count, self.stride, features))
        apart = ops.transpose(apart, (0, 2, 1, 3))  # (batch, stride, count, features)
        joined = self.recurrence(ops.reshape(apart, (-1, count, features)), training=training)
        joined = ops.reshape(joined, (-1, self.stride, count, self.units))
        joined = ops.transpose(joined, (0, 2, 1, 3))  # (batch, count, stride, units)
        return ops.reshape(joined, (-1, count * self.stride, self.units))[:, :steps]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return (batch, steps, units)."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"cell": self.cell, "units": self.units, "stride": self.stride}
        return {**super().get_config(), **own}
