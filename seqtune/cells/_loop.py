"""A loop over steps, the same on every backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

Tensors = tuple[Any, ...]


def scan_steps(
    body: Callable[[Tensors, Any], tuple[Tensors, Tensors]],
    begin: Tensors,
    arriving: Any,
    blanks: Tensors,
    *,
    reverse: bool = False,
) -> Tensors:
    """Return the outputs of a loop over steps, (steps, …) each.

    Args:
        body: From the states and the inputs of a step to the next states and the outputs.
        begin: States before the first step.
        arriving: Inputs of all steps, (steps, …).
        blanks: Zeros in the shapes of the outputs; on TensorFlow, Keras's `scan` returns nothing
            but states.
        reverse: Whether the last step comes first.
    """
    if keras.tree.flatten(arriving)[0].shape[0] == 1:  # a loop would cost more than the step
        out = body(begin, keras.tree.map_structure(lambda each: each[0], arriving))[1]
        return tuple(ops.expand_dims(each, 0) for each in out)
    if keras.backend.backend() != "tensorflow":
        given: Tensors = ops.scan(body, begin, arriving, reverse=reverse)[1]
        return given

    def both(states: Tensors, arriving: Any) -> tuple[Tensors, Tensors]:
        following, out = body(states[: len(begin)], arriving)
        return (*following, *out), (*following, *out)

    given = ops.scan(both, (*begin, *blanks), arriving, reverse=reverse)[1]
    return given[len(begin) :]
