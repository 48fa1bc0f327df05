"""An encoder squeezes the latest rows into a code, a recurrence writes them again (EncDec-AD)."""

from __future__ import annotations

from typing import Any

from seqtune.architectures._dense import dense
from seqtune.architectures._recurrence import recur
from seqtune.architectures._settings import Settings

OPTIONS = {
    "code": {
        "type": "integer",
        "minimum": 1,
        "default": 4,
        "description": "Numbers that the latest rows are squeezed into; what is not normal does "
        "not fit into few.",
    },
}

AHEAD = False
"""The rows that it tells of are that of the step at which it tells of them, and earlier ones."""

DECODER_SHARE = 4
"""The decoder has this part of the encoder's units: it runs anew for every step."""

MIN_UNITS = 8


def anomaly(sequence: Any, known: Any, points: int, settings: Settings) -> tuple[Any, Any]:
    """Read a sequence once, and at each step write its latest rows again, the newest first.

    The encoder runs on from step to step, so that the score of every row is fresh without a window
    of its own for each.

    Args:
        sequence: (batch, steps, features).
        known: (batch, steps, features) what is known of each step without looking at values; the
            decoder has it, so that the code need not hold it.
        points: How many rows are written again at each step.
        settings: Cell, sizes, and `code`.

    Returns:
        (batch, steps, points, units of the decoder), and the encoder's states, (batch, steps,
        units).

    Source:
        Malhotra et al., LSTM-based Encoder-Decoder for Multi-sensor Anomaly Detection,
        arXiv 1607.00148, section 2.1.
    """
    import keras

    from seqtune.architectures._row_decoder import RowDecoder

    states = recur(sequence, settings, sequences=True, name="encoder")
    code = dense(int(settings.options["code"]), "code", "tanh")(states)
    joined = keras.layers.Concatenate(name="code_and_known")([code, known])
    units = max(MIN_UNITS, settings.units // DECODER_SHARE)
    return RowDecoder(settings.cell, units, points, name="rows_again")(joined), states
