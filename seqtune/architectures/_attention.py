"""Attention to the last steps of a stream, beside what the state remembers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from seqtune.cells._stateful import StatefulLayer, Tensors
from seqtune.initializers import GlorotUniform

FAR = -1e9
"""The score of a step that is not looked at."""


@keras.saving.register_keras_serializable("seqtune")
class PastAttention(StatefulLayer):
    """Adds to each step a mean of the last steps, weighted by attention.

    With the features h of the last `reach` steps, the present one among them, as keys and values,
    and the query q = h W: h + softmax(q h' / sqrt(features)) h V. A step costs the same however
    long the text is.

    Args:
        reach: Steps that are looked at.
        features: Features of each step.
        streams: Rows of a training batch.
        options: What every layer takes.

    Source:
        Merity, Single Headed Attention RNN: Stop Thinking With Your Head, arXiv 1911.11423,
        section 3.
    """

    def __init__(self, reach: int, features: int, streams: int, **options: Any) -> None:
        super().__init__(streams, **options)
        self.reach, self.features = reach, features

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The features of the last steps are the state."""
        return [(self.reach, self.features)]

    def build(self, shape: Sequence[int | None], *_: Any) -> None:
        """Create weights and states."""
        square = (self.features, self.features)
        self.query = self.add_weight(shape=square, initializer=GlorotUniform(), name="query")
        self.value = self.add_weight(shape=square, initializer="zeros", name="value")
        self.create_states()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "reach": self.reach, "features": self.features}

    def run(self, sequence: Any, states: Tensors, *, training: bool) -> tuple[Any, Tensors]:
        """Return (batch, steps, features), and the states behind the last step."""
        seen = ops.concatenate([states[0], sequence], axis=1)  # (batch, reach + steps, features)
        query = ops.matmul(sequence, self.query) / math.sqrt(self.features)
        scores = ops.matmul(query, ops.transpose(seen, (0, 2, 1)))
        step = ops.expand_dims(ops.arange(ops.shape(sequence)[1]), 1)
        other = ops.expand_dims(ops.arange(ops.shape(seen)[1]), 0)
        is_near = ops.logical_and(other > step, other <= step + self.reach)
        shares = ops.softmax(ops.where(is_near, scores, FAR), axis=-1)
        output = sequence + ops.matmul(ops.matmul(shares, seen), self.value)
        return output, (seen[:, -self.reach :],)


def look_back(sequence: Any, reach: int, features: int, streams: int) -> Any:
    """Return a sequence after a layer that looks back; as it is where nothing is looked at."""
    if not reach:
        return sequence
    return PastAttention(reach, features, streams, name="attention")(sequence)
