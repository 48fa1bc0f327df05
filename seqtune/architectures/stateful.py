"""Recurrent layers, one above the other, whose state goes on through a whole text."""

from __future__ import annotations

from typing import Any

from seqtune.architectures._language import LanguageSettings, recur_on
from seqtune.registry import stateful_cells

OPTIONS: dict[str, Any] = {}


def generate(sequence: Any, settings: LanguageSettings) -> Any:
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
    return recur_on(sequence, settings, stateful_cells[settings.cell].stateful)
