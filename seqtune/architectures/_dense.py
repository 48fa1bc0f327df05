"""Dense layers with initial weights drawn with numpy."""

from __future__ import annotations

from typing import Any


def dense(units: int, name: str, activation: str | None = None, bias: Any = "zeros") -> Any:
    """Return a dense layer from (…, features) to (…, units).

    Args:
        units: Features that come out.
        name: Name of the layer.
        activation: What bends them.
        bias: Initializer of what is added to each.
    """
    import keras

    from seqtune.initializers import GlorotUniform

    return keras.layers.Dense(
        units,
        activation=activation,
        kernel_initializer=GlorotUniform(),
        bias_initializer=bias,
        name=name,
    )
