"""Recurrences that are linear in their state: there is no matrix product between two steps.

    state[t] = keep[t] * state[t - 1] + add[t]

On an accelerator the states follow in log2(steps) rounds: two steps in a row are one step of the
same form. On a CPU every round costs a walk through memory, and Keras's loop over steps is faster:
three times as fast over 336 steps in one noisy run (75 ms against 252 ms). Keras's own
`associative_scan` was slower than the loop there too, and fails on TensorFlow in Keras 3.15.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from seqtune.cells._gated import GatedCell


def scan_in_rounds(keep: Any, add: Any) -> Any:
    """Return every state of a linear recurrence that begins at zero, in log2(steps) rounds.

    With `keep` in 0 … 1 no product of it can overflow, and what underflows is forgotten: the plain
    form is as safe as one in logarithms, and takes states of either sign.

    Args:
        keep: (batch, steps, units), the share of the state before that is kept.
        add: (batch, steps, units), what is added.

    Returns:
        (batch, steps, units).

    Source:
        Hillis & Steele, Data Parallel Algorithms (1986), over the pairs of Martin & Cundy,
        Parallelizing Linear Recurrent Neural Nets Over Sequence Length, arXiv 1709.04057,
        section 2.1.

    Example:
        >>> scan_in_rounds(np.full((1, 2, 1), 0.5), np.ones((1, 2, 1)))
        [[[1.0], [1.5]]]
    """
    reach, steps = 1, keep.shape[1]
    while reach < steps:
        before = ops.concatenate([ops.zeros_like(add[:, :reach]), add[:, :-reach]], axis=1)
        add = add + keep * before
        before = ops.concatenate([ops.ones_like(keep[:, :reach]), keep[:, :-reach]], axis=1)
        keep, reach = keep * before, 2 * reach
    return add


def has_accelerator() -> bool:
    """Say whether the backend computes on anything but CPUs."""
    return not all(str(name).startswith("cpu") for name in keras.distribution.list_devices())


class LinearCell(GatedCell):
    """A cell whose state, which is its output, is `keep * state + add` of its input."""

    def coefficients(self, inputs: Any) -> tuple[Any, Any]:
        """Return `keep` (0 … 1) and `add`, (…, units) each, of inputs (…, features)."""
        raise NotImplementedError

    def call(self, inputs: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        """Return the output and the states after one step, (batch, units) each."""
        keep, add = self.coefficients(inputs)
        state = keep * states[0] + add
        return state, [state]


@keras.saving.register_keras_serializable("seqtune")
class ScannedRNN(keras.layers.RNN):  # type: ignore[misc]
    """A `keras.layers.RNN` that scans the steps of a `LinearCell` on an accelerator.

    Args:
        cell: The cell.
        options: What `keras.layers.RNN` takes.
    """

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> tuple[Any, Any, list[Any]]:
        """Return the last output, all outputs, and the last state."""
        if not has_accelerator() or sequences.shape[1] is None:
            looped: tuple[Any, Any, list[Any]] = super().inner_loop(
                sequences, initial_state, mask, training
            )
            return looped
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        if self.go_backwards:
            sequences = ops.flip(sequences, axis=1)
            mask = None if mask is None else ops.flip(mask, axis=1)
        keep, add = self.cell.coefficients(sequences)
        if mask is not None:  # a step that is not there keeps the state as it is
            mask = ops.expand_dims(ops.cast(mask, keep.dtype), -1)  # (batch, steps, 1)
            keep, add = 1.0 - mask * (1.0 - keep), mask * add
        first = add[:, :1] + keep[:, :1] * ops.expand_dims(initial_state[0], 1)
        states = scan_in_rounds(keep, ops.concatenate([first, add[:, 1:]], axis=1))
        last = states[:, -1]
        hides = mask is not None and self.zero_output_for_mask
        return last, states * mask if hides else states, [last]
