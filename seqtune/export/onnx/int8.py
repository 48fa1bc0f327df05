"""Weights of an ONNX file as whole numbers of eight bits, each channel with a scale of its own.

A weight `w` becomes `round(w / scale)`, from -127 to 127, and the graph begins with
`DequantizeLinear`, which multiplies by the scale again. What is computed stays in 32 bits: the file
is a quarter as large, and the network no faster. Every operation can have its weights so, loops and
tables of vectors included; `onnxruntime.quantization` knows some of them, each in another way.

Source:
    Symmetric quantization of weights per channel: Krishnamoorthi, Quantizing deep convolutional
    networks for efficient inference, arXiv 1806.08342, section 3.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

LARGEST = (127, 126)
"""The whole number of a channel's largest weight: that of these with which all others lose least.
Weights of which one is half as large as another are exact only with an even one."""

FEWEST = 256
"""Arrays of fewer numbers stay as they are: they take no room."""

MOST_SCALES = 1 / 8
"""Scales take at most this share of the numbers that they are for."""


def with_int8_weights(content: bytes) -> bytes:
    """Return an ONNX file with its large arrays in eight bits.

    Args:
        content: The file.
    """
    import onnx
    from onnx import checker, helper, numpy_helper

    model = onnx.load_from_string(content)
    kept, nodes = [], []
    for each in model.graph.initializer:
        array = numpy_helper.to_array(each)
        if array.dtype != np.float32 or array.size < FEWEST or array.ndim < 2:
            kept.append(each)
            continue
        axis = best_axis(array)
        numbers, scales = quantized(array, axis)
        names = [f"{each.name}_int8", f"{each.name}_scale"]
        kept += map(numpy_helper.from_array, (numbers, scales), names)
        nodes.append(helper.make_node("DequantizeLinear", names, [each.name], axis=axis))
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    nodes += model.graph.node
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    checker.check_model(model)
    written: bytes = model.SerializeToString()
    return written


def quantized(array: Array, axis: int) -> tuple[Array, Array]:
    """Return whole numbers (…) int8, and a scale (channels,) float32 for each place of an axis.

    Example:
        >>> quantized(np.array([[1.27, -0.64], [2.0, -1.0]], np.float32), 0)[0]
        array([[127, -64], [126, -63]], dtype=int8)
    """
    others = tuple(other for other in range(array.ndim) if other != axis)
    largest = np.abs(array).max(axis=others, keepdims=True)
    made = []
    for most in LARGEST:
        scale = np.where(largest == 0, 1, largest / most).astype(np.float32)
        numbers = np.clip(np.rint(array / scale), -most, most)
        error = ((numbers * scale - array) ** 2).sum(axis=others, keepdims=True)
        made.append((numbers, scale, error))
    (numbers, scale, error), (even, even_scale, even_error) = made
    is_better = even_error < error
    numbers = np.where(is_better, even, numbers).astype(np.int8)
    return numbers, np.where(is_better, even_scale, scale).reshape(-1)


def best_axis(array: Array) -> int:
    """Return the axis whose places, each with a scale of its own, lose least."""
    errors = {}
    for axis, size in enumerate(array.shape):
        if size <= MOST_SCALES * array.size:
            numbers, scales = quantized(array, axis)
            shape = [size if other == axis else 1 for other in range(array.ndim)]
            errors[axis] = float(((numbers * scales.reshape(shape) - array) ** 2).sum())
    return min(errors, key=errors.__getitem__)
