"""What the networks of language models have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LanguageSettings:
    """The shape of a language model.

    Args:
        cell: Name of the recurrence.
        units: Size of each recurrent state.
        layers: Number of recurrent layers.
        streams: Rows of a training batch.
        dropout: Share of features set to zero while training, the same ones at every step
            (variational dropout: Gal & Ghahramani, arXiv 1512.05287).
        weight_dropout: Share of the recurrent weights set to zero for a training batch.
        has_normalization: Whether each layer's output is normalised.
        attention: Steps that are looked back at; 0 for none.
    """

    cell: str
    units: int
    layers: int
    streams: int
    dropout: float = 0.0
    weight_dropout: float = 0.0
    has_normalization: bool = False
    attention: int = 0


def layer_name(depth: int) -> str:
    """Return what the recurrent layer at a depth is called."""
    return f"recurrence_{depth}"


def recur_on(sequence: Any, settings: LanguageSettings, layer: Callable[..., Any]) -> Any:
    """Run all recurrent layers over a sequence.

    Args:
        sequence: (streams, steps, features).
        settings: Sizes and dropout.
        layer: Makes a recurrent layer.

    Returns:
        (streams, steps, units).
    """
    import keras

    for depth in range(settings.layers):
        sequence = dropped(sequence, settings.dropout, f"dropout_{depth}")
        sequence = layer(
            settings.units,
            settings.streams,
            weight_dropout=settings.weight_dropout,
            name=layer_name(depth),
        )(sequence)
        if settings.has_normalization:
            normalization = keras.layers.LayerNormalization(name=f"normalization_{depth}")
            sequence = normalization(sequence)
    if settings.attention:
        from seqtune.architectures._attention import look_back

        sequence = look_back(sequence, settings.attention, settings.units, settings.streams)
    return dropped(sequence, settings.dropout, f"dropout_{settings.layers}")


def dropped(sequence: Any, share: float, name: str) -> Any:
    """Set features to zero while training, the same ones at every step."""
    from seqtune.architectures._dropout import Dropout

    return Dropout(share, same_steps=True, name=name)(sequence) if share else sequence
