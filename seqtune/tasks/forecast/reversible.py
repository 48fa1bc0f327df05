"""Reversible instance normalisation: a learnt scale around the whole network (Kim et al. 2022)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("seqtune")
class ReversibleScale(keras.layers.Layer):  # type: ignore[misc]
    """Stretches and shifts the target's history before the network, and takes that back after it.

    The mean and the deviation of each window are taken out where windows are preprocessed
    (`preprocessing.scaling: revin`); this is the learnt part:

        value' = stretch * value + shift
        forecast = base + output / stretch

    What the network says is added to a base forecast, so that the shift cancels. The stretch is
    the exponential of what is learnt, and stays above zero: quantiles keep their order.

    Shape:
        (batch, lookback, channels) -> the same, the first channel being the target; with
        `reverse`, (batch, horizon, levels) -> the same.

    Source:
        Kim et al., Reversible Instance Normalization for Accurate Time-Series Forecasting against
        Distribution Shift (ICLR 2022), section 3.1, for one channel.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the two weights; at first they change nothing."""
        self.stretch = self.add_weight(shape=(1,), initializer="zeros", name="stretch")
        self.shift = self.add_weight(shape=(1,), initializer="zeros", name="shift")
        self.built = True

    def call(self, values: Any, reverse: bool = False) -> Any:
        """Stretch and shift the first channel, or take the stretch back from all."""
        if reverse:
            return values * ops.exp(-self.stretch)
        target = values[..., :1] * ops.exp(self.stretch) + self.shift
        return ops.concatenate([target, values[..., 1:]], axis=-1)
