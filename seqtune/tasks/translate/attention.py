"""What a decoder looks at: a mean of the encoder's states, weighted by what it is about to write.

With the decoder's state q as query, the encoder's states m as values and their projections
k = m W_k as keys:

    dot       score = q . k / sqrt(units)          Luong et al., equation 8, "general", scaled as
                                                   in Vaswani et al., equation 1
    additive  score = v . tanh(q W_q + k)          Bahdanau et al., section A.1.2
    weights   = softmax of the scores over the steps that are there
    context   = sum of weights * m
    answer    = tanh(W_c [context, q])             Luong et al., equation 5
"""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from seqtune.initializers import GlorotUniform

ABSENT = -1e9
"""The score of a step that is not there."""

SCORES = ("dot", "additive")


@keras.saving.register_keras_serializable("seqtune")
class MemoryAttention(keras.layers.Layer):  # type: ignore[misc]
    """Looks at a memory and joins what it sees to the query.

    Args:
        units: Features of a query and of the answer.
        score: One of `SCORES`.
        options: What every layer takes.

    Source:
        Luong et al., Effective Approaches to Attention-based Neural Machine Translation, arXiv
        1508.04025, section 3.1; Bahdanau et al., Neural Machine Translation by Jointly Learning to
        Align and Translate, arXiv 1409.0473; Vaswani et al., Attention Is All You Need, arXiv
        1706.03762. Both scores see the decoder's present state.
    """

    def __init__(self, units: int, score: str, **options: Any) -> None:
        super().__init__(**options)
        if score not in SCORES:
            raise ValueError(f"attention is {score!r}, expected one of {', '.join(SCORES)}")
        self.units, self.score = units, score

    def build(self, memory_shape: tuple[int | None, ...]) -> None:
        """Create the weights for a memory (batch, steps, features)."""
        units, features = self.units, memory_shape[-1]

        def kernel(name: str, *shape: int | None) -> Any:
            return self.add_weight(shape=shape, initializer=GlorotUniform(), name=name)

        self.key = kernel("key", features, units)
        self.context_kernel = kernel("context", features, units)
        self.query_kernel = kernel("query", units, units)
        self.bias = self.add_weight(shape=(units,), initializer="zeros", name="bias")
        if self.score == "additive":
            self.key_query = kernel("key_query", units, units)
            self.weigh = kernel("weigh", units, 1)
        self.built = True

    def keys(self, memory: Any) -> Any:
        """Return (batch, steps, units), what queries are compared with.

        Without the scale, large scores look at one step alone before any is learnt to be the right
        one: of four networks on Multi30k, one never looked anywhere else.
        """
        keys = ops.matmul(memory, self.key)
        return keys / math.sqrt(self.units) if self.score == "dot" else keys

    def call(self, query: Any, memory: Any, keys: Any, present: Any) -> tuple[Any, Any]:
        """Look at a memory.

        Args:
            query: (batch, queries, units).
            memory: (batch, steps, features).
            keys: (batch, steps, units), of `keys`.
            present: (batch, steps), true where a step is there.

        Returns:
            (batch, queries, units), and the weight of each step, (batch, queries, steps).
        """
        if self.score == "additive":
            asked = ops.expand_dims(ops.matmul(query, self.key_query), 2)
            bent = ops.tanh(asked + ops.expand_dims(keys, 1))  # (batch, queries, steps, units)
            scores = ops.squeeze(ops.matmul(bent, self.weigh), -1)
        else:
            scores = ops.matmul(query, ops.transpose(keys, (0, 2, 1)))
        scores = ops.where(ops.expand_dims(present, 1), scores, ABSENT)
        # Keras's own softmax warns of a source of one step
        powers = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
        weights = powers / ops.sum(powers, axis=-1, keepdims=True)
        context = ops.matmul(ops.matmul(weights, memory), self.context_kernel)
        return ops.tanh(context + ops.matmul(query, self.query_kernel) + self.bias), weights

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "units": self.units, "score": self.score}
