"""Recurrent layers over every step, one above the other."""

from __future__ import annotations

from typing import Any

from seqtune.architectures._recurrence import recur, recur_and_pool
from seqtune.architectures._settings import Settings

OPTIONS = {
    "bidirectional": {
        "type": "boolean",
        "default": False,
        "causal": False,
        "description": "Read the history from both ends and join the two states.",
    },
}


def states(sequence: Any, mask: Any | None, settings: Settings) -> Any:
    """Read a sequence step by step.

    Args:
        sequence: (batch, steps, features).
        mask: (batch, steps), true where a step is there; None for all.
        settings: Cell, sizes, and `bidirectional`.

    Returns:
        (batch, steps, features): `units` of them, twice as many when bidirectional.

    Source:
        Graves, Generating Sequences With Recurrent Neural Networks, arXiv 1308.0850 (stacking);
        Schuster & Paliwal, Bidirectional Recurrent Neural Networks (1997). A linear readout of
        each state, several steps ahead, is LSTM-AD: Malhotra et al., Long Short Term Memory
        Networks for Anomaly Detection in Time Series, ESANN 2015, section 2.
    """
    bidirectional = bool(settings.options.get("bidirectional", False))
    return recur(sequence, settings, mask=mask, bidirectional=bidirectional, sequences=True)


def vector(sequence: Any, mask: Any | None, settings: Settings) -> Any:
    """Read a sequence step by step and join the states of all steps.

    Args:
        sequence: (batch, steps, features).
        mask: (batch, steps), true where a step is there; None for all.
        settings: Cell, sizes, `pooling` and `bidirectional`.

    Returns:
        (batch, features): `units` of them, twice as many when bidirectional.

    Source:
        As `states`; for texts: Zhou et al., Text Classification Improved by Integrating
        Bidirectional LSTM with Two-dimensional Max Pooling, arXiv 1611.06639, section 3.
    """
    bidirectional = bool(settings.options.get("bidirectional", False))
    return recur_and_pool(sequence, mask, settings, bidirectional=bidirectional)
