"""Weights of eight bits: worked by hand, and run."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper, numpy_helper

from seqtune.export.onnx.int8 import best_axis, quantized, with_int8_weights
from seqtune.export.quantization import lost


def test_each_channel_has_its_own_scale() -> None:
    numbers, scales = quantized(np.float32([[1.27, -0.64], [254, 0], [0, 0]]), 0)
    assert numbers.tolist() == [[127, -64], [127, 0], [0, 0]] and numbers.dtype == np.int8
    assert scales.tolist() == pytest.approx([0.01, 2.0, 1.0])


def test_weights_of_which_one_is_half_of_another_lose_nothing() -> None:
    """The kernels of random convolutions sum to zero, and have to."""
    weights = np.float32([[2, 2, -1, -1, -1, -1], [1.27, 0.63, 0, 0, 0, 0]])
    numbers, scales = quantized(weights, 0)
    assert numbers.tolist() == [[126, 126, -63, -63, -63, -63], [127, 63, 0, 0, 0, 0]]
    assert (numbers.astype(float) * scales[:, None])[0].sum() == 0.0


def test_the_axis_is_taken_that_loses_least() -> None:
    draw = np.random.default_rng(0)
    array = draw.normal(size=(32, 40)).astype(np.float32)
    assert best_axis(array * np.geomspace(1e-3, 1, 32)[:, None].astype(np.float32)) == 0
    assert best_axis(array * np.geomspace(1e-3, 1, 40)[None].astype(np.float32)) == 1
    assert best_axis(draw.normal(size=(300, 2)).astype(np.float32)) == 1  # 300 scales of 600


def product(weight: Any) -> bytes:
    """Return an ONNX file that multiplies by a weight, and adds a vector."""
    arrays = {"w": weight, "b": np.arange(weight.shape[1], dtype=np.float32)}
    made = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["p"]), helper.make_node("Add", ["p", "b"], ["y"])],
        "program",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["rows", weight.shape[0]])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["rows", weight.shape[1]])],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    opset = helper.make_opsetid("", 18)
    content: bytes = helper.make_model(
        made, opset_imports=[opset], ir_version=9
    ).SerializeToString()
    return content


def said(content: bytes, rows: Any) -> Any:
    return onnxruntime.InferenceSession(content).run(None, {"x": rows})[0]


def test_a_file_is_a_quarter_as_large_and_says_nearly_the_same() -> None:
    draw = np.random.default_rng(0)
    weight, rows = (draw.normal(size=size).astype(np.float32) for size in ((128, 64), (5, 128)))
    exact, small = product(weight), with_int8_weights(product(weight))
    assert len(small) < 0.28 * len(exact)
    apart = np.abs(said(exact, rows) - said(small, rows)).max()
    assert 0 < apart < 0.01 * np.ptp(said(exact, rows))
    kinds = {numpy_helper.to_array(each).dtype.name for each in
             onnx.load_from_string(small).graph.initializer}  # fmt: skip
    assert kinds == {"int8", "float32"}  # scales, and the vector


def test_small_arrays_stay_as_they_are() -> None:
    content = product(np.ones((4, 8), np.float32))
    assert with_int8_weights(content) == content


@pytest.mark.parametrize(
    ("before", "after", "direction", "share"),
    [(2.0, 2.1, "min", 0.05), (2.0, 1.9, "min", 0.0), (0.8, 0.76, "max", 0.05),
     (0.8, 0.9, "max", 0.0), (-2.0, -1.9, "min", 0.05), (0.0, 0.0, "min", 0.0),
     (0.0, 0.1, "min", float("inf"))],
)  # fmt: skip
def test_a_loss_is_a_share_of_the_metric(
    before: float, after: float, direction: str, share: float
) -> None:
    assert lost(before, after, direction) == pytest.approx(share)
