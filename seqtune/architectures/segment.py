"""Cut the history into segments and run the recurrence over segments (SegRNN)."""

from __future__ import annotations

from typing import Any

from seqtune.architectures._dense import dense
from seqtune.architectures._pooling import recur_and_pool
from seqtune.architectures._readout import read_out
from seqtune.architectures._recurrence import recur
from seqtune.architectures._segments import fold, fold_whole
from seqtune.architectures._settings import Settings

OPTIONS = {
    "length": {
        "anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 1}],
        "default": "auto",
        "description": "Steps per segment; auto takes a season of the data.",
    },
}


def forecast(history: Any, future: Any | None, static: Any | None, settings: Settings) -> Any:
    """Project each segment of the history, recur over segments, predict all steps at once.

    A history of 336 steps in segments of 24 is a recurrence of 14 steps, which trains faster and
    forgets less than one of 336.

    Args:
        history: (batch, lookback, features).
        future: (batch, horizon, features) known ahead, or None; the head joins it to each step.
        static: (batch, features) of the series, or None.
        settings: Cell, sizes, and `length`.

    Returns:
        (batch, horizon, width).

    Source:
        Lin et al., SegRNN: Segment Recurrent Neural Network for Long-Term Time Series Forecasting,
        arXiv 2308.11200, section 3.2.
    """
    segments = fold(
        history, int(settings.options["length"])
    )  # (batch, segments, length * features)
    projected = dense(settings.units, "projection", "relu")(segments)
    return read_out(recur(projected, settings), static, settings)


def classify(sequence: Any, mask: Any | None, settings: Settings) -> Any:
    """Project each segment of a sequence, recur over segments, and join their states.

    Args:
        sequence: (batch, steps, features); zero where a step is not there.
        mask: (batch, steps), true where a step is there; None for all.
        settings: Cell, sizes, `pooling` and `length`.

    Returns:
        (batch, units).

    Source:
        As `forecast`.
    """
    segments, present = fold_whole(sequence, mask, int(settings.options["length"]))
    projected = dense(settings.units, "projection", "relu")(segments)
    return recur_and_pool(projected, present, settings)
