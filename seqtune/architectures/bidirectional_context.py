"""One recurrence reads from the left, one from the right; they meet at the gap between them."""

from __future__ import annotations

from typing import Any

from keras import ops

from seqtune.architectures._dropout import drop_out
from seqtune.architectures._recurrence import recur_on_text
from seqtune.architectures._settings import Settings
from seqtune.registry import cells


def context(sequence: Any, settings: Settings) -> Any:
    """Return for each step what stands before and after it, and nothing of the step itself.

    The two directions are joined behind their last layer alone: joined earlier, a step would see
    itself.

    Args:
        sequence: (streams, steps, features).
        settings: Cell and sizes.

    Returns:
        (streams, steps, 2 units).

    Source:
        Mousa & Schuller, Contextual Bidirectional Long Short-Term Memory Recurrent Neural Network
        Language Models (EACL 2017); Peters et al., arXiv 1802.05365, section 3.1.
    """

    def layer(name: str) -> Any:
        return cells[settings.cell].layer(settings.units, return_sequences=True, name=name)

    before = recur_on_text(sequence, settings, layer, "left_")
    after = recur_on_text(ops.flip(sequence, axis=1), settings, layer, "right_")
    after = ops.flip(after, axis=1)
    nothing = ops.zeros_like(before[:, :1])
    joined = ops.concatenate(
        [
            ops.concatenate([nothing, before[:, :-1]], axis=1),
            ops.concatenate([after[:, 1:], nothing], axis=1),
        ],
        axis=-1,
    )
    return drop_out(joined, settings.dropout, "dropout_joined", same_steps=True)
