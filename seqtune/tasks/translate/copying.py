"""A pointer beside the vocabulary: a token is written, or copied from the source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.initializers import GlorotUniform

LEAST = 1e-20
"""The smallest probability whose logarithm is taken."""


@keras.saving.register_keras_serializable("seqtune")
class Pointer(keras.layers.Layer):  # type: ignore[misc]
    """Mixes what a decoder would write with what it looks at.

        probability = write * softmax(logits) + (1 - write) * attention on that token
        write = sigmoid(w . answer + b)

    Args:
        size: Tokens of the target.
        options: What every layer takes.

    Source:
        See et al., Get To The Point: Summarization with Pointer-Generator Networks, arXiv
        1704.04368, equations 8 and 9. The choice is made of the answer, which is already made of
        context and state.
    """

    def __init__(self, size: int, **options: Any) -> None:
        super().__init__(**options)
        self.size = size

    def build(self, answer_shape: tuple[int | None, ...]) -> None:
        """Create the weights for answers (batch, steps, features); most is written at first."""
        self.kernel = self.add_weight(
            shape=(answer_shape[-1], 1), initializer=GlorotUniform(), name="kernel"
        )
        self.bias = self.add_weight(shape=(1,), initializer="ones", name="bias")
        self.built = True

    def call(self, answer: Any, logits: Any, weights: Any, copied: Any) -> Any:
        """Return log-probabilities (batch, steps, tokens).

        Args:
            answer: (batch, steps, features).
            logits: (batch, steps, tokens).
            weights: (batch, steps, source steps), the attention.
            copied: (batch, source steps) int32, the target's token of each step of the source.
        """
        write = ops.sigmoid(ops.matmul(answer, self.kernel) + self.bias)
        tokens = ops.one_hot(copied, self.size, dtype=logits.dtype)  # (batch, source steps, tokens)
        pointed = ops.matmul(weights, tokens)
        mixed = write * ops.softmax(logits, axis=-1) + (1.0 - write) * pointed
        return ops.log(mixed + LEAST)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "size": self.size}


def copies(source: Sequence[str], target: Sequence[str]) -> npt.NDArray[np.int32]:
    """Return the target's token of each token of the source.

    Args:
        source: Spelling of each token of the source.
        target: Spelling of each token of the target.

    Returns:
        (tokens of the source,) int32: the token of equal spelling behind a space, as words of an
        answer have it but for the first, or of equal spelling; `UNKNOWN` where there is none. `END`
        stays.

    Example:
        >>> copies(["<end>", "<unknown>", "Rome", "red"], ["<end>", "<unknown>", " Rome"])
        array([0, 1, 2, 1], dtype=int32)
    """
    places = {spelling: place for place, spelling in enumerate(target)}
    found = [places.get(f" {each}", places.get(each, UNKNOWN)) for each in source]
    found[END], found[UNKNOWN] = END, UNKNOWN
    return np.array(found, np.int32)
