"""Minimal long short-term memory, linear in its state (Feng et al. 2024)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.cells._scan import LinearCell, ScannedRNN


@keras.saving.register_keras_serializable("seqtune")
class MinLSTMCell(LinearCell):
    """A step of the minimal long short-term memory, its gates brought to a sum of one.

        forget = sigmoid(W_f x), input = sigmoid(W_i x)
        state = (forget * state + input * (W_h x)) / (forget + input)

    The bias of the forget gate begins at 1, as in an LSTM.
    """

    BIASES = (1.0, 0.0, 0.0)

    def coefficients(self, inputs: Any) -> tuple[Any, Any]:
        """Return the share that is kept and what is added, (…, units) each.

        forget / (forget + input) = sigmoid(log forget - log input), which never divides by zero.
        """
        forget, enter, candidate = self.gates(inputs)
        balance = ops.log_sigmoid(forget) - ops.log_sigmoid(enter)
        return ops.sigmoid(balance), ops.sigmoid(-balance) * candidate


def layer(units: int, **options: Any) -> Any:
    """Return a Keras recurrent layer of minLSTM cells.

    Args:
        units: Size of the state.
        options: What `keras.layers.RNN` takes: `return_sequences`, `return_state`, `name`, …

    Returns:
        A layer from (batch, steps, features) to (batch, units), or to (batch, steps, units) with
        `return_sequences`; with `return_state`, followed by its one state (batch, units).

    Source:
        Feng et al., Were RNNs All We Needed?, arXiv 2410.01201, section 3.2 (minLSTM, independent
        of time scale). The scan is the plain one, not that of appendix B in logarithms; see
        `seqtune.cells._scan`.
    """
    return ScannedRNN(MinLSTMCell(units), **options)
