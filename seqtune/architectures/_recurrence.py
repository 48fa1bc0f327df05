"""Recurrent layers, one above the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from seqtune.architectures._dropout import drop_out
from seqtune.architectures._pooling import pool
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
        settings: Cell, units, layers and dropout behind each layer.
        mask: (batch, steps), true where a step is there, all missing ones at the end; None for
            all. Padding at the end keeps the fused kernels of a GPU.
        bidirectional: Read the sequence from both ends; the two states are concatenated.
        sequences: Return every step of the last layer instead of its last state.
        name: Prefix of the layers' names.

    Returns:
        (batch, units), or (batch, steps, units) with `sequences`; twice the units when
        bidirectional.
    """
    for depth in range(settings.layers):
        is_last = depth == settings.layers - 1
        layer = cells[settings.cell].layer(
            settings.units, return_sequences=sequences or not is_last, name=f"{name}_{depth}"
        )
        if bidirectional:
            layer = keras.layers.Bidirectional(layer, name=f"{name}_{depth}_both_ways")
        sequence = layer(sequence, mask=mask)
        sequence = drop_out(sequence, settings.dropout, f"{name}_{depth}_dropout")
    return sequence


def recur_and_pool(
    sequence: Any, mask: Any | None, settings: Settings, *, bidirectional: bool = False
) -> Any:
    """Run the recurrence over a sequence and join the states of all steps.

    The last state is the recurrence's own: when bidirectional, what each half read last.

    Args:
        sequence: (batch, steps, features).
        mask: (batch, steps), or None.
        settings: Cell, sizes and `pooling`.
        bidirectional: Read the sequence from both ends.

    Returns:
        (batch, units); twice the units when bidirectional.
    """
    is_last = settings.pooling == "last"
    states = recur(
        sequence, settings, mask=mask, bidirectional=bidirectional, sequences=not is_last
    )
    return states if is_last else pool(states, mask, settings.pooling)


def recur_on_text(
    sequence: Any, settings: Settings, layer: Callable[[str], Any], name: str = ""
) -> Any:
    """Run the recurrent layers of a language model, with dropout before each of them.

    Dropout leaves out the same features at every step (variational dropout: Gal & Ghahramani,
    arXiv 1512.05287).

    Args:
        sequence: (streams, steps, features).
        settings: Layers, dropout and `layer_normalization`.
        layer: Makes the recurrent layer of a name; it returns every step.
        name: Prefix of the layers' names.

    Returns:
        (streams, steps, units).
    """
    for depth in range(settings.layers):
        sequence = drop_out(sequence, settings.dropout, f"{name}dropout_{depth}", same_steps=True)
        sequence = layer(f"{name}recurrence_{depth}")(sequence)
        if settings.layer_normalization:
            normalization = keras.layers.LayerNormalization(name=f"{name}normalization_{depth}")
            sequence = normalization(sequence)
    return sequence
