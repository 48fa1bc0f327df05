"""Cut a sequence into segments and run the recurrence over segments (SegRNN)."""

from __future__ import annotations

from typing import Any

from seqtune.architectures._dense import dense
from seqtune.architectures._recurrence import recur_and_pool
from seqtune.architectures._segments import fold
from seqtune.architectures._settings import Settings

OPTIONS = {
    "length": {
        "anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 1}],
        "default": "auto",
        "description": "Steps per segment; auto takes a season of the data.",
    },
}


def vector(sequence: Any, mask: Any | None, settings: Settings) -> Any:
    """Project each segment of a sequence, recur over segments, and join their states.

    A sequence of 336 steps in segments of 24 is a recurrence of 14 steps, which trains faster and
    forgets less than one of 336.

    Args:
        sequence: (batch, steps, features); zero where a step is not there.
        mask: (batch, steps), true where a step is there; None for all.
        settings: Cell, sizes, `pooling`, `align` and `length`.

    Returns:
        (batch, units).

    Source:
        Lin et al., SegRNN: Segment Recurrent Neural Network for Long-Term Time Series Forecasting,
        arXiv 2308.11200, section 3.2.
    """
    segments, present = fold(sequence, mask, settings)  # (batch, segments, length * features)
    projected = dense(settings.units, "projection", "relu")(segments)
    return recur_and_pool(projected, present, settings)
