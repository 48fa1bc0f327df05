"""A token, or none, for each step of the memory: unaligned transcription without a decoder."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from seqtune.architectures._dense import dense
from seqtune.architectures._dropout import Dropout
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.initializers import LogFrequencies

BLANK = END
"""The token of a frame at which nothing is written."""

SURE = 2e4
"""How much more likely than any other token the blank is in a frame that is not there."""

LIKELY = -12.0
"""Natural logarithm of the probability below which no token of a frame is looked at."""

Floats = npt.NDArray[np.float64]
Prefix = tuple[int, ...]
Answer = tuple[Prefix, float]
"""Tokens, and the natural logarithm of their probability."""


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


def best_path(frames: Floats) -> Prefix:
    """Return the tokens of the most probable alignment: repeats joined, blanks left out.

    Args:
        frames: (frames, tokens), natural logarithms.
    """
    best = frames.argmax(axis=1)
    starts = np.concatenate([[True], best[1:] != best[:-1]])
    return tuple(int(each) for each in best[starts & (best != BLANK)])


def best_prefixes(frames: Floats, beam: int) -> list[Answer]:
    """Return the most probable sequences of tokens, each summed over its alignments.

    On JAX, `keras.ops.ctc_decode` sorts every continuation of every prefix at each frame, as whole
    rows; here only the likely tokens of a frame are looked at.

    Args:
        frames: (frames, tokens), natural logarithms.
        beam: Prefixes that go on from frame to frame.

    Source:
        Graves & Jaitly, Towards End-to-End Speech Recognition with Recurrent Neural Networks (ICML
        2014), algorithm 1; the sums of both endings apart as in Hannun et al., arXiv 1408.2873.
    """
    never = -math.inf
    alive: dict[Prefix, tuple[float, float]] = {(): (0.0, never)}
    for frame in frames:
        chances: list[float] = frame.tolist()
        looked_at = [
            each for each in np.flatnonzero(frame > LIKELY).tolist() if each not in (BLANK, UNKNOWN)
        ]
        following: dict[Prefix, list[float]] = defaultdict(lambda: [never, never])
        for prefix, (blank, token) in alive.items():
            both = _add(blank, token)
            stays = following[prefix]
            stays[0] = _add(stays[0], both + chances[BLANK])
            if prefix:
                stays[1] = _add(stays[1], token + chances[prefix[-1]])
            for each in looked_at:
                before = blank if prefix and prefix[-1] == each else both
                goes = following[(*prefix, each)]
                goes[1] = _add(goes[1], before + chances[each])
        ranked = sorted(following.items(), key=lambda item: -_add(*item[1]))
        alive = {prefix: (ends[0], ends[1]) for prefix, ends in ranked[:beam]}
    return [(prefix, _add(*ends)) for prefix, ends in alive.items()]


def _add(one: float, other: float) -> float:
    """Return the logarithm of the sum of two numbers whose logarithms these are."""
    low, high = min(one, other), max(one, other)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))
