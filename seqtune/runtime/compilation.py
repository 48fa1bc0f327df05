"""Compiling a function over a model's weights: once per shape, on the backend that Keras runs on.

What `keras.Model.predict` does around each batch takes longer than a step of a small network; a
compiled function that is called directly does only the step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Step = Callable[..., Any]


def compiled(function: Step, variables: Sequence[Any]) -> Step:
    """Return a function that does the same, compiled when it is first called with new shapes.

    Args:
        function: From arrays, and lists of arrays, to the same, by `keras.ops` and layers only.
        variables: The Keras variables that it reads; their values are those at the first call.

    Returns:
        The function; it takes numpy arrays too, and gives arrays of the backend.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        return _compiled_by_tensorflow(function)
    return _compiled_by_jax(function, variables)


def _compiled_by_jax(function: Step, variables: Sequence[Any]) -> Step:
    import jax
    import keras

    values = [variable.value for variable in variables]

    def with_values(values: Sequence[Any], *arguments: Any) -> Any:
        # Weights are arguments of the compiled program, not constants that it would hold again.
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(*arguments)

    program = jax.jit(with_values)
    return lambda *arguments: program(values, *arguments)


def _compiled_by_tensorflow(function: Step) -> Step:
    import keras
    import tensorflow

    # XLA does the few operations of a step as one: twice as many steps a second on CPU
    program = tensorflow.function(function, jit_compile=True, reduce_retracing=True)

    def call(*arguments: Any) -> Any:
        return program(*keras.tree.map_structure(tensorflow.convert_to_tensor, arguments))

    return call
