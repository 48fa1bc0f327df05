"""Recurrent layers that ONNX has as one operation, while a network is traced for it.

A loop over steps of small operations takes ten times as long as LSTM, GRU and RNN, which run
them as one. So their layers hand the whole sequence to an operation of ours (`RECURRENCE`), which
`rules/recurrences.py` writes; all other recurrences become the loop that they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import jax
import keras
from jax.extend.core import Primitive

from seqtune.cells import _scan

RECURRENCE = Primitive("recurrence")
"""From a sequence (batch, steps, features), a mask (batch, steps) if there is one, the states
before it (batch, units) and the weights, to all outputs (batch, steps, units), as Keras orders
them, and to the last states."""

RECURRENCE.multiple_results = True

KINDS: dict[type[Any], tuple[str, int]] = {
    keras.layers.LSTM: ("LSTM", 2),
    keras.layers.GRU: ("GRU", 1),
    keras.layers.SimpleRNN: ("RNN", 1),
}
"""Layers, by what ONNX calls them, and how many states they have."""


@RECURRENCE.def_abstract_eval  # type: ignore[untyped-decorator]
def _shapes(sequence: Any, *others: Any, kind: str, units: int, states: int, **_: Any) -> Any:
    batch, steps, _features = sequence.shape
    one = jax.core.ShapedArray((batch, units), sequence.dtype)
    whole = jax.core.ShapedArray((batch, steps, units), sequence.dtype)
    return [whole, *[one] * states]


@contextmanager
def for_onnx() -> Iterator[None]:
    """Have layers be traced as what ONNX can write best."""
    with ExitStack() as stack:
        for layer, about in KINDS.items():
            loop = _handing_over(layer, *about)
            stack.enter_context(mock.patch.object(layer, "inner_loop", loop))
        stack.enter_context(mock.patch.object(_scan, "has_accelerator", lambda: False))
        yield


def _handing_over(layer: type[Any], kind: str, states: int) -> Callable[..., Any]:
    """Return an `inner_loop` of a layer that hands all steps over at once."""
    usual = layer.inner_loop

    def inner_loop(
        self: Any, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> Any:
        if not _is_standard(self):
            return usual(self, sequences, initial_state, mask, training)
        first = keras.tree.flatten(initial_state)
        masks = [each for each in keras.tree.flatten(mask) if each is not None][:1]
        cell = self.cell
        weights = [cell.kernel, cell.recurrent_kernel, *([cell.bias] if cell.use_bias else [])]
        outputs, *last = RECURRENCE.bind(
            sequences,
            *masks,
            *first,
            *(each.value for each in weights),
            kind=kind,
            units=int(cell.units),
            states=states,
            masks=len(masks),
            backwards=bool(self.go_backwards),
            hides=bool(self.zero_output_for_mask),
        )
        return last[0], outputs, last

    return inner_loop


def _is_standard(layer: Any) -> bool:
    """Say whether a layer computes what the operation of ONNX does."""
    cell = layer.cell
    gates = getattr(cell, "recurrent_activation", keras.activations.sigmoid)
    return bool(
        cell.activation is keras.activations.tanh
        and gates is keras.activations.sigmoid
        and (not isinstance(layer, keras.layers.GRU) or cell.reset_after)
    )
