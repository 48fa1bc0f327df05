"""Gradients of a network's output with respect to its inputs: what `keras.ops` does not have.

This and `seqtune.runtime.backend` are the places where the backends themselves are called.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def input_gradient(
    model: Any, inputs: Mapping[str, Array], name: str, weights: Array
) -> npt.NDArray[np.float32]:
    """Return the gradient of a weighted sum of a model's output with respect to one input.

    Args:
        model: A Keras model from a dictionary of inputs to one output; it is not trained.
        inputs: Its inputs, (batch, …) each.
        name: Which input.
        weights: As the output, the weight of each figure in the sum.

    Returns:
        As that input, float32.

    Example:
        >>> input_gradient(doubling, {"x": np.ones((1, 2))}, "x", np.array([[1.0, 0.0]]))
        array([[2., 0.]], dtype=float32)
    """
    import keras

    arrays = {key: np.asarray(each) for key, each in inputs.items()}
    by_backend = {"jax": _with_jax, "tensorflow": _with_tensorflow}[keras.backend.backend()]
    gradient: npt.NDArray[np.float32] = np.asarray(by_backend(model, arrays, name, weights))
    return gradient.astype(np.float32, copy=False)


def _with_jax(model: Any, inputs: Mapping[str, Array], name: str, weights: Array) -> Any:
    import jax

    trained = [variable.value for variable in model.trainable_variables]
    others = [variable.value for variable in model.non_trainable_variables]

    def total(chosen: Any, trained: Any, others: Any, rest: Any, weights: Any) -> Any:
        output, _ = model.stateless_call(trained, others, {**rest, name: chosen}, training=False)
        return (output * weights).sum()

    rest = {key: each for key, each in inputs.items() if key != name}
    return jax.jit(jax.grad(total))(inputs[name], trained, others, rest, weights)


def _with_tensorflow(model: Any, inputs: Mapping[str, Array], name: str, weights: Array) -> Any:
    import tensorflow as tf

    tensors = {key: tf.convert_to_tensor(each) for key, each in inputs.items()}

    def gradient(chosen: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(chosen)
            output = model({**tensors, name: chosen}, training=False)
            total = tf.reduce_sum(output * tf.cast(weights, output.dtype))
        return tape.gradient(total, chosen, unconnected_gradients="zero")

    return tf.function(gradient)(tensors[name])
