"""The last layer of a forecaster: quantiles that never cross, whatever the weights."""

from __future__ import annotations

from typing import Any

import keras

from seqtune.initializers import GlorotUniform


@keras.saving.register_keras_serializable("seqtune")
class QuantileHead(keras.layers.Layer):  # type: ignore[misc]
    """The median, and positive distances from it to the other quantiles.

    The median is a linear read-out whose weights begin at zero, so that an untrained network
    forecasts its base exactly; every other quantile is its inner neighbour plus or minus a
    softplus distance.

    Args:
        levels: Ascending probabilities with 0.5 among them.

    Shape:
        (batch, horizon, features) -> (batch, horizon, levels).

    Source:
        Gasthaus et al., Probabilistic Forecasting with Spline Quantile Function RNNs (2019),
        section 3.1: monotone by non-negative increments.
    """

    def __init__(self, levels: tuple[float, ...], **options: Any) -> None:
        super().__init__(**options)
        self.levels = tuple(float(level) for level in levels)
        self.middle = self.levels.index(0.5)
        self.median = keras.layers.Dense(1, kernel_initializer="zeros", name="median")
        others = len(self.levels) - 1
        self.distances = (
            keras.layers.Dense(
                others,
                kernel_initializer=GlorotUniform(),
                bias_initializer=keras.initializers.Constant(-1.0),
                name="distances",
            )
            if others
            else None
        )

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights for inputs (batch, horizon, features)."""
        self.median.build(input_shape)
        if self.distances is not None:
            self.distances.build(input_shape)
        self.built = True

    def call(self, features: Any) -> Any:
        """Return the quantiles, ascending along the last axis."""
        median = self.median(features)  # (batch, horizon, 1)
        if self.distances is None:
            return median
        distances = keras.ops.softplus(self.distances(features))  # (batch, horizon, levels - 1)
        below = keras.ops.flip(distances[..., : self.middle], axis=-1)
        lower = median - keras.ops.flip(keras.ops.cumsum(below, axis=-1), axis=-1)
        upper = median + keras.ops.cumsum(distances[..., self.middle :], axis=-1)
        return keras.ops.concatenate([lower, median, upper], axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return (batch, horizon, levels)."""
        return (*input_shape[:-1], len(self.levels))

    def get_config(self) -> dict[str, Any]:
        """Return what is needed to build the layer again."""
        return {**super().get_config(), "levels": list(self.levels)}
