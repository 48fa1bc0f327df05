"""The last layer of a detector: what is expected of each row, within what was seen in training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from seqtune.initializers import GlorotUniform

SHARPNESS = 8.0
"""How abruptly expectations stop at a bound: the bend takes about an eighth of the range."""


@keras.saving.register_keras_serializable("seqtune")
class ExpectationHead(keras.layers.Layer):  # type: ignore[misc]
    """A linear read-out that bends before it leaves a range.

        expected = low + (softplus(k (raw - low)) - softplus(k (raw - high))) / k

    Args:
        low: Least value that can be expected of each channel; empty for no bounds.
        high: Largest one.
        channels: Number of channels.

    Shape:
        (batch, steps, points, features) -> (batch, steps, points * channels).
    """

    def __init__(
        self, low: Sequence[float], high: Sequence[float], channels: int, **options: Any
    ) -> None:
        super().__init__(**options)
        self.low, self.high = [float(each) for each in low], [float(each) for each in high]
        self.channels = channels
        self.read_out = keras.layers.Dense(
            channels, kernel_initializer=GlorotUniform(), name="read_out"
        )

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights for inputs (batch, steps, points, features)."""
        self.read_out.build(input_shape)
        self.built = True

    def call(self, features: Any) -> Any:
        """Return what is expected, the channels of a point beside each other."""
        raw = self.read_out(features)  # (batch, steps, points, channels)
        if self.low:
            low = ops.convert_to_tensor(self.low, dtype=raw.dtype)
            high = ops.convert_to_tensor(self.high, dtype=raw.dtype)
            bend = SHARPNESS / (high - low)
            above, below = ops.softplus(bend * (raw - low)), ops.softplus(bend * (raw - high))
            raw = low + (above - below) / bend
        shape = ops.shape(raw)
        return ops.reshape(raw, (shape[0], shape[1], features.shape[-2] * self.channels))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return (batch, steps, points * channels)."""
        return (*input_shape[:2], (input_shape[-2] or 0) * self.channels)

    def get_config(self) -> dict[str, Any]:
        """Return what is needed to build the layer again."""
        own = {"low": self.low, "high": self.high, "channels": self.channels}
        return {**super().get_config(), **own}
