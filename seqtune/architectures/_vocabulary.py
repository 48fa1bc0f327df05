"""Tokens as vectors on the way in, and as logits on the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from seqtune.initializers import GlorotUniform, LogFrequencies, SmallUniform


@keras.saving.register_keras_serializable("seqtune")
class Vocabulary(keras.layers.Layer):  # type: ignore[misc]
    """From tokens to vectors, and from features back to logits of tokens.

    Args:
        size: How many tokens there are.
        embedding: Size of the vector of each.
        units: Features that logits are made of.
        is_tied: Whether tokens are predicted with the vectors that they are read with (Press &
            Wolf, arXiv 1608.05859); features are projected to their size first.
        counts: (tokens,) how often each is in training: where the bias begins; None for zeros.
        options: What every layer takes.
    """

    def __init__(
        self,
        size: int,
        *,
        embedding: int,
        units: int,
        is_tied: bool,
        counts: Sequence[float] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.counts = counts
        self.size, self.embedding, self.units, self.is_tied = size, embedding, units, is_tied

    def build(self, *_: Any) -> None:
        """Create the weights."""
        self.vectors = self.add_weight(
            shape=(self.size, self.embedding), initializer=SmallUniform(), name="vectors"
        )
        width = self.embedding if self.is_tied else self.size
        self.kernel = None
        if not (self.is_tied and self.embedding == self.units):
            self.kernel = self.add_weight(
                shape=(self.units, width), initializer=GlorotUniform(), name="kernel"
            )
        self.bias = self.add_weight(
            shape=(self.size,), initializer=LogFrequencies(self.counts), name="bias"
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        names = ("size", "embedding", "units", "is_tied")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

    def call(self, inputs: Any, is_read: bool = True) -> Any:
        """Return vectors of tokens (batch, steps), or logits of (batch, steps, units)."""
        if is_read:
            return ops.take(self.vectors, inputs, axis=0)
        features = inputs if self.kernel is None else ops.matmul(inputs, self.kernel)
        if self.is_tied:
            features = ops.matmul(features, ops.transpose(self.vectors))
        return features + self.bias
