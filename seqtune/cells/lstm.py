"""Long short-term memory (Hochreiter & Schmidhuber 1997)."""

from __future__ import annotations

from typing import Any

from seqtune.cells._drawn import drawn_weights


def layer(units: int, **options: Any) -> Any:
    """Return a Keras recurrent layer of LSTM cells.

    Args:
        units: Size of the state.
        options: What `keras.layers.RNN` takes: `return_sequences`, `return_state`, `name`, …

    Returns:
        A layer from (batch, steps, features) to (batch, units), or to (batch, steps, units) with
        `return_sequences`; with `return_state`, followed by its two states (batch, units).

    Source:
        Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997), with the
        forget gate of Gers et al. (2000), its bias started at one.
    """
    import keras

    return keras.layers.LSTM(units, **{**drawn_weights(), **options})
