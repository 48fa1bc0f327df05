"""Dense layers with initial weights drawn with numpy."""

from __future__ import annotations

from typing import Any

import keras

from seqtune.initializers import GlorotUniform


def dense(units: int, name: str, activation: str | None = None, bias: Any = "zeros") -> Any:
    """Return a dense layer from (…, features) to (…, units).

    Args:
        units: Size of the output.
        name: Name of the layer.
        activation: Name of the activation; None for a linear layer.
        bias: Initializer of the bias.
    """
    return keras.layers.Dense(
        units,
        activation=activation,
        kernel_initializer=GlorotUniform(),
        bias_initializer=bias,
        name=name,
    )
