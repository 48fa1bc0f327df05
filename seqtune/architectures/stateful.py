"""Recurrent layers, one above the other, whose state goes on through a whole text."""

from __future__ import annotations

from typing import Any

from seqtune.architectures._attention import look_back
from seqtune.architectures._dropout import drop_out
from seqtune.architectures._recurrence import recur_on_text
from seqtune.architectures._settings import Settings
from seqtune.cells._stateful import StatefulRNN


def stream(sequence: Any, settings: Settings) -> Any:
    """Read a text from left to right.

    Args:
        sequence: (streams, steps, features), each stream going on where its last batch ended.
        settings: Cell and sizes.

    Returns:
        (streams, steps, units): what was read up to and including each step.

    Source:
        Merity et al., Regularizing and Optimizing LSTM Language Models, arXiv 1708.02182;
        truncated back-propagation: Williams & Peng, Neural Computation 2 (1990).
    """

    def layer(name: str) -> Any:
        return StatefulRNN(
            settings.cell, settings.units, settings.streams, settings.weight_dropout, name=name
        )

    sequence = recur_on_text(sequence, settings, layer)
    sequence = look_back(sequence, settings.attention, settings.units, settings.streams)
    last = f"dropout_{settings.layers}"
    return drop_out(sequence, settings.dropout, last, same_steps=True)
