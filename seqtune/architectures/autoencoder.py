"""An encoder squeezes a sequence into a code, a recurrence writes from the code (EncDec-AD)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.architectures._dense import dense
from seqtune.architectures._forms import Memory
from seqtune.architectures._pooling import pool
from seqtune.architectures._recurrence import recur
from seqtune.architectures._settings import Settings
from seqtune.registry import cells

OPTIONS = {
    "code": {
        "type": "integer",
        "minimum": 1,
        "default": 4,
        "description": "Numbers that the latest rows are squeezed into; what is not normal does "
        "not fit into few.",
    },
}

DECODER_SHARE = 4
"""The decoder has this part of the encoder's units: it may run anew for every step."""

MIN_UNITS = 8


def encode(sequence: Any, mask: Any | None, settings: Settings) -> Memory:
    """Read a sequence and squeeze what was read up to each step into a code.

    The encoder runs on from step to step, so that the code of every step is fresh without a window
    of its own for each.

    Args:
        sequence: (batch, steps, features).
        mask: (batch, steps), true where a step is there; None for all.
        settings: Cell, sizes, and `code`.

    Source:
        Malhotra et al., LSTM-based Encoder-Decoder for Multi-sensor Anomaly Detection,
        arXiv 1607.00148, section 2.1.
    """
    states = recur(sequence, settings, mask=mask, sequences=True, name="encoder")
    codes = dense(int(settings.options["code"]), "code", "tanh")(states)
    return Memory(states, codes, (pool(codes, mask, "last"),), mask)


def decode(memory: Memory, queries: Any, settings: Settings) -> Any:
    """Write one row for each query, from the code that every query is joined to.

    The decoder is fed the code, not its own output, so that it trains and predicts in the same way.

    Args:
        memory: What the encoder read.
        queries: (batch, queries, features), what is known of each row; the code need not hold it.
        settings: Cell and sizes.

    Returns:
        (batch, queries, units of the decoder).

    Source:
        As `encode`: rows in reverse order, from the newest back, where queries ask for them so.
    """
    code = ops.repeat(ops.expand_dims(memory.last[0], 1), queries.shape[1], axis=1)
    joined = keras.layers.Concatenate(name="code_and_query")([code, queries])
    units = max(MIN_UNITS, settings.units // DECODER_SHARE)
    return cells[settings.cell].layer(units, return_sequences=True, name="decoder")(joined)
