"""One recurrence reads from the left, one from the right; they meet at the gap between them."""

from __future__ import annotations

from typing import Any

from seqtune.architectures._language import LanguageSettings, dropped
from seqtune.registry import cells

OPTIONS: dict[str, Any] = {}


def generate(sequence: Any, settings: LanguageSettings) -> Any:
    """Tell for each step what stands before and after it, and nothing of itself.

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
    from keras import ops

    before = _read(sequence, settings, "left")
    after = ops.flip(_read(ops.flip(sequence, axis=1), settings, "right"), axis=1)
    nothing = ops.zeros_like(before[:, :1])
    joined = ops.concatenate(
        [
            ops.concatenate([nothing, before[:, :-1]], axis=1),
            ops.concatenate([after[:, 1:], nothing], axis=1),
        ],
        axis=-1,
    )
    return dropped(joined, settings.dropout, "dropout_joined")


def _read(sequence: Any, settings: LanguageSettings, name: str) -> Any:
    import keras

    for depth in range(settings.layers):
        sequence = dropped(sequence, settings.dropout, f"{name}_dropout_{depth}")
        layer = cells[settings.cell].layer(
            settings.units, return_sequences=True, name=f"{name}_{depth}"
        )
        sequence = layer(sequence)
        if settings.has_normalization:
            normalization = keras.layers.LayerNormalization(name=f"{name}_normalization_{depth}")
            sequence = normalization(sequence)
    return sequence
