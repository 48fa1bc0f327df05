"""Simple recurrence with a tanh state (Elman 1990)."""

from __future__ import annotations

from typing import Any

from seqtune.cells._drawn import drawn_weights


def layer(units: int, **options: Any) -> Any:
    """Return a Keras recurrent layer of simple RNN cells.

    Args:
        units: Size of the state.
        options: What `keras.layers.RNN` takes: `return_sequences`, `return_state`, `name`, …

    Returns:
        A layer from (batch, steps, features) to (batch, units), or to (batch, steps, units) with
        `return_sequences`; with `return_state`, followed by its one state (batch, units).

    Source:
        Elman, Finding Structure in Time, Cognitive Science 14 (1990).
    """
    import keras

    return keras.layers.SimpleRNN(units, **{**drawn_weights(), **options})
