"""Gated recurrent unit (Cho et al. 2014)."""

from __future__ import annotations

from typing import Any

from seqtune.cells._drawn import drawn_weights


def layer(units: int, **options: Any) -> Any:
    """Return a Keras recurrent layer of GRU cells.

    Args:
        units: Size of the state.
        options: What `keras.layers.RNN` takes: `return_sequences`, `return_state`, `name`, …

    Returns:
        A layer from (batch, steps, features) to (batch, units), or to (batch, steps, units) with
        `return_sequences`; with `return_state`, followed by its one state (batch, units).

    Source:
        Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, arXiv 1406.1078,
        with the reset gate after the matrix product (the form cuDNN computes).
    """
    import keras

    return keras.layers.GRU(units, **{**drawn_weights(), **options})
