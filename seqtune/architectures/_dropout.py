"""Dropout whose share may be an input of a compiled program instead of a constant in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import keras
from keras import ops

_SHARE: ContextVar[Any] = ContextVar("share", default=None)


@contextmanager
def dropout_share(share: Any) -> Iterator[None]:
    """Have all dropout layers that are called inside leave out this share of the features.

    Args:
        share: A number below 1, or a tensor () of one, so that one compiled program serves networks
            that differ in nothing but their share.
    """
    token = _SHARE.set(share)
    try:
        yield
    finally:
        _SHARE.reset(token)


def drop_out(features: Any, share: float, name: str, *, same_steps: bool = False) -> Any:
    """Return features behind a layer of dropout; as they are where the share is 0.

    Args:
        features: (batch, …, features).
        share: Share of the features that is set to zero while training.
        name: Name of the layer.
        same_steps: Whether the same features are left out at every step of a sequence.
    """
    return Dropout(share, same_steps=same_steps, name=name)(features) if share > 0 else features


@keras.saving.register_keras_serializable("seqtune")
class Dropout(keras.layers.Layer):  # type: ignore[misc]
    """Sets a share of the features to zero while training, and scales the others up.

    Args:
        share: How many of the features; above 0, below 1.
        same_steps: Whether the same features are left out at every step of a sequence.
        options: What every layer takes.

    Shape:
        (batch, …, features), the same again; with `same_steps` (batch, steps, features).

    Source:
        Srivastava et al., Dropout (JMLR 2014), section 4; the same at every step: Gal &
        Ghahramani, arXiv 1512.05287, section 3.2.
    """

    def __init__(self, share: float, *, same_steps: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.share, self.same_steps = share, same_steps
        self.seeds = keras.random.SeedGenerator()
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inputs, while training with some features left out."""
        if not training:
            return inputs
        share = _SHARE.get()
        share = ops.cast(self.share if share is None else share, inputs.dtype)
        shape = ops.shape(inputs)
        shape = (shape[0], 1, shape[2]) if self.same_steps else shape
        # keras.random.dropout compares its share with 0, which an input of a program cannot be
        stays = keras.random.uniform(shape, dtype=inputs.dtype, seed=self.seeds) >= share
        return inputs * ops.cast(stays, inputs.dtype) / (1 - share)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "share": self.share, "same_steps": self.same_steps}
