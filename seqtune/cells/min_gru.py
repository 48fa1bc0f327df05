"""Minimal gated recurrent unit, linear in its state (Feng et al. 2024)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.cells._scan import LinearCell, ScannedRNN


@keras.saving.register_keras_serializable("seqtune")
class MinGRUCell(LinearCell):
    """A step of the minimal gated recurrent unit.

        update = sigmoid(W_z x)
        state = (1 - update) * state + update * (W_h x)

    Neither gate nor candidate looks at the state. The bias of the gate begins at -1: as in an LSTM,
    most of the state is kept at first.
    """

    BIASES = (-1.0, 0.0)

    def coefficients(self, inputs: Any) -> tuple[Any, Any]:
        """Return the share that is kept and what is added, (…, units) each."""
        update, candidate = self.gates(inputs)
        return ops.sigmoid(-update), ops.sigmoid(update) * candidate


def layer(units: int, **options: Any) -> Any:
    """Return a Keras recurrent layer of minGRU cells.

    Args:
        units: Size of the state.
        options: What `keras.layers.RNN` takes: `return_sequences`, `return_state`, `name`, …

    Returns:
        A layer from (batch, steps, features) to (batch, units), or to (batch, steps, units) with
        `return_sequences`; with `return_state`, followed by its one state (batch, units).

    Source:
        Feng et al., Were RNNs All We Needed?, arXiv 2410.01201, section 3.1 (minGRU). The scan is
        the plain one, not that of appendix B in logarithms; see `seqtune.cells._scan`.
    """
    return ScannedRNN(MinGRUCell(units), **options)
