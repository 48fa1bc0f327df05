"""Recurrent layers over every step of the history, one above the other."""

from __future__ import annotations

from typing import Any

from seqtune.architectures._pooling import recur_and_pool
from seqtune.architectures._readout import read_out
from seqtune.architectures._recurrence import recur
from seqtune.architectures._settings import Settings

OPTIONS = {
    "bidirectional": {
        "type": "boolean",
        "default": False,
        "description": "Read the history from both ends and join the two states.",
    },
}


def forecast(history: Any, future: Any | None, static: Any | None, settings: Settings) -> Any:
    """Read the history step by step and predict all steps ahead from the last state.

    Args:
        history: (batch, lookback, features).
        future: (batch, horizon, features) known ahead, or None; the head joins it to each step.
        static: (batch, features) of the series, or None.
        settings: Cell, sizes, and `bidirectional`.

    Returns:
        (batch, horizon, width).

    Source:
        Graves, Generating Sequences With Recurrent Neural Networks, arXiv 1308.0850 (stacking);
        Schuster & Paliwal, Bidirectional Recurrent Neural Networks (1997).
    """
    bidirectional = bool(settings.options["bidirectional"])
    return read_out(recur(history, settings, bidirectional=bidirectional), static, settings)


def classify(sequence: Any, mask: Any | None, settings: Settings) -> Any:
    """Read a sequence step by step and join the states of all steps.

    Args:
        sequence: (batch, steps, features).
        mask: (batch, steps), true where a step is there; None for all.
        settings: Cell, sizes, `pooling` and `bidirectional`.

    Returns:
        (batch, features): `units` of them, twice as many when bidirectional.

    Source:
        As `forecast`; for texts: Zhou et al., Text Classification Improved by Integrating
        Bidirectional LSTM with Two-dimensional Max Pooling, arXiv 1611.06639, section 3.
    """
    bidirectional = bool(settings.options["bidirectional"])
    return recur_and_pool(sequence, mask, settings, bidirectional=bidirectional)
