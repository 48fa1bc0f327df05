"""Recurrent layers, one above the other."""

from __future__ import annotations

from typing import Any

from seqtune.architectures._settings import Settings
from seqtune.registry import cells


def recur(
    sequence: Any,
    settings: Settings,
    *,
    mask: Any | None = None,
    bidirectional: bool = False,
    sequences: bool = False,
    name: str = "recurrence",
) -> Any:
    """Run `settings.layers` recurrent layers over a sequence.

    Args:
        sequence: (batch, steps, features).
        settings: Cell, units, layers and dropout between the layers.
        mask: (batch, steps), true where a step is there, all missing ones at the end; None for
            all. Padding at the end keeps the fused kernels of a GPU.
        bidirectional: Read the sequence from both ends; the two states are concatenated.
        sequences: Return every step of the last layer instead of its last state.
        name: Prefix of the layers' names.

    Returns:
        (batch, units), or (batch, steps, units) with `sequences`; twice the units when
        bidirectional.
    """
    import keras

    from seqtune.architectures._dropout import Dropout

    for depth in range(settings.layers):
        is_last = depth == settings.layers - 1
        layer = cells[settings.cell].layer(
            settings.units,
            return_sequences=sequences or not is_last,
            name=f"{name}_{depth}",
        )
        if bidirectional:
            layer = keras.layers.Bidirectional(layer, name=f"{name}_{depth}_both_ways")
        sequence = layer(sequence, mask=mask)
        if settings.dropout > 0:
            sequence = Dropout(settings.dropout, name=f"{name}_{depth}_dropout")(sequence)
    return sequence
