"""A token, or none, for each step of the memory: unaligned transcription without a decoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from seqtune.architectures._dense import dense
from seqtune.architectures._dropout import Dropout
from seqtune.initializers import LogFrequencies
from seqtune.tasks.translate.ctc import BLANK

SURE = 2e4
"""How much more likely than any other token the blank is in a frame that is not there."""


@keras.saving.register_keras_serializable("seqtune")
class FrameTokens(keras.layers.Layer):  # type: ignore[misc]
    """Says a token, or the blank, of each step of a memory.

    A step that is not there says the blank for sure: padding changes the probability of no target.

    Args:
        size: Tokens of the target, the blank (0) among them.
        dropout: Share of features that is left out while training.
        counts: (tokens,) how often each is in the training targets; None for zeros.
        options: What every layer takes.

    Shape:
        (batch, frames, features), (batch, frames) -> (batch, frames, tokens) logits.

    Source:
        Graves et al., Connectionist Temporal Classification (ICML 2006), section 3.1.
    """

    def __init__(
        self,
        size: int,
        *,
        dropout: float = 0.0,
        counts: Sequence[float] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.supports_masking = True
        self.size, self.share = size, dropout
        if counts is not None:  # at first every second frame is a blank
            counts = [sum(counts[BLANK + 1 :]) if place == BLANK else each
                      for place, each in enumerate(counts)]  # fmt: skip
        self.say = dense(size, "say", bias=LogFrequencies(counts))
        self.drop = Dropout(dropout, name="dropout") if dropout else None

    def build(self, memory_shape: Any, *_: Any) -> None:
        """Create the weights for a memory (batch, frames, features)."""
        self.say.build(memory_shape)
        self.built = True

    def call(self, memory: Any, present: Any, previous: Any = None, training: bool = False) -> Any:
        """Return logits; what was written before plays no part."""
        dropped = memory if self.drop is None else self.drop(memory, training=training)
        logits = self.say(dropped)
        is_blank = ops.cast(ops.arange(self.size) == BLANK, logits.dtype)
        return ops.where(ops.expand_dims(present, -1), logits, is_blank * SURE)

    def compute_mask(self, *_: Any) -> None:
        """Hand no mask on."""

    def compute_output_spec(self, memory: Any, *_: Any, **__: Any) -> Any:
        """Return the output without computing it."""
        return keras.KerasTensor((*memory.shape[:2], self.size), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "size": self.size, "dropout": self.share}
