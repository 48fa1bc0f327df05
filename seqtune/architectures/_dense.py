"""Dense layers with initial weights drawn with numpy."""

from __future__ import annotations

from typing import Any


def dense(units: int, name: str, activation: str | None = None) -> Any:
    """Return a dense layer from (…, features) to (…, units)."""
    import keras

    from seqtune.initializers import GlorotUniform

    return keras.layers.Dense(
        units, activation=activation, kernel_initializer=GlorotUniform(), name=name
    )
