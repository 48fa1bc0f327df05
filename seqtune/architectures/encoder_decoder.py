"""One recurrence reads a sequence, a second one answers queries, with attention if wanted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
from keras import ops

from seqtune.architectures._dropout import drop_out
from seqtune.architectures._forms import Memory
from seqtune.architectures._recurrence import recur
from seqtune.architectures._segments import fold
from seqtune.architectures._settings import Settings
from seqtune.registry import cells

OPTIONS = {
    "attention": {
        "type": "boolean",
        "default": False,
        "forms": ["decode"],
        "description": "Let each step ahead look at all encoded steps of the history.",
    },
    "length": {
        "anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 1}],
        "default": "auto",
        "forms": ["decode"],
        "description": "Steps that are read and written at a time; auto takes a season.",
    },
}


def encode(sequence: Any, mask: Any | None, settings: Settings) -> Memory:
    """Read a sequence, in segments of `length` steps where that is more than one.

    Args:
        sequence: (batch, steps, features); zero where a step is not there.
        mask: (batch, steps), true where a step is there; None for all.
        settings: Cell, sizes, `length` and `align`.

    Source:
        Sutskever et al., Sequence to Sequence Learning, arXiv 1409.3215.
    """
    if int(settings.options.get("length", 1)) > 1:
        sequence, mask = fold(sequence, mask, settings)
    below = replace(settings, layers=settings.layers - 1)
    encoded = recur(sequence, below, mask=mask, sequences=True, name="encoder")
    top = cells[settings.cell].layer(
        settings.units, return_sequences=True, return_state=True, name="encoder_top"
    )
    encoded, *last = top(encoded, mask=mask)  # (batch, segments, units), (batch, units) …
    return Memory(encoded, encoded, tuple(last), mask)


def decode(memory: Memory, queries: Any, settings: Settings) -> Any:
    """Answer queries one after the other, beginning with the encoder's last state.

    The decoder is fed the queries, not its own output, so that it trains and predicts in the same
    way.

    Args:
        memory: What the encoder read.
        queries: (batch, queries, features).
        settings: Cell, sizes and `attention`.

    Returns:
        (batch, queries, units); twice the units with attention.

    Source:
        Sutskever et al., as above; Luong et al., Effective Approaches to Attention, arXiv
        1508.04025, dot-product score (section 3.1).
    """
    decoder = cells[settings.cell].layer(settings.units, return_sequences=True, name="decoder")
    missing = len(keras.tree.flatten(decoder.cell.state_size)) - len(memory.last)
    begin = [*memory.last, *([ops.zeros_like(memory.last[0])] * missing)]
    decoded = decoder(queries, initial_state=begin)  # (batch, queries, units)
    if settings.options.get("attention") and memory.states.shape[1] != 1:  # one needs no attention
        mask = None if memory.mask is None else [None, memory.mask]
        attention = keras.layers.Attention(name="attention")
        seen = attention([decoded, memory.states], mask=mask)
        decoded = keras.layers.Concatenate(name="decoded_and_seen")([decoded, seen])
    return drop_out(decoded, settings.dropout, "decoder_dropout")
