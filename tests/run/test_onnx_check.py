"""ONNX files: plain ones pass; what reads other files or brings its own operators does not."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqtune.errors import RunError
from seqtune.run import onnx_check
from seqtune.run.onnx_check import check_onnx

onnx = pytest.importorskip("onnx")
DecodeError = pytest.importorskip("google.protobuf.message").DecodeError
helper, numpy_helper, FLOAT = onnx.helper, onnx.numpy_helper, onnx.TensorProto.FLOAT

PATH = Path("airline.zip/models/t001-predict.onnx")


def graph(nodes: list[Any], *arrays: Any) -> Any:
    """A graph from x to y."""
    ends = [helper.make_tensor_value_info(name, FLOAT, ["rows", 2]) for name in "xy"]
    return helper.make_graph(nodes, "g", ends[:1], ends[1:], list(arrays))


def weights() -> Any:
    return numpy_helper.from_array(np.ones((2, 2), np.float32), "w")


def plain() -> Any:
    """y = x @ w, with a branch that a node holds."""
    inner = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["z"])],
        "inner", [], [helper.make_tensor_value_info("z", FLOAT, None)],
    )  # fmt: skip
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["m"]),
        helper.make_node(
            "Constant", [], ["c"], value=helper.make_tensor("c", onnx.TensorProto.BOOL, [], [True])
        ),
        helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner),
    ]
    return helper.make_model(graph(nodes, weights()), producer_name="seqtune")


def fault(model: Any) -> str:
    with pytest.raises(RunError) as refused:
        check_onnx(model if isinstance(model, bytes) else model.SerializeToString(), PATH)
    assert refused.value.message.startswith(f"the network {PATH} is refused: ")
    assert refused.value.message.isprintable() and refused.value.hint
    return refused.value.message


def test_a_plain_network_passes() -> None:
    check_onnx(plain().SerializeToString(), PATH)


def outside(model: Any) -> None:
    (array,) = model.graph.initializer
    array.ClearField("raw_data")
    array.data_location = onnx.TensorProto.EXTERNAL
    array.external_data.add(key="location", value="../../etc/passwd")


def outside_without_a_flag(model: Any) -> None:
    model.graph.initializer[0].external_data.add(key="location", value="/etc/passwd")


def flag_alone(model: Any) -> None:
    model.graph.initializer[0].data_location = onnx.TensorProto.EXTERNAL


def in_a_constant(model: Any) -> None:
    array = weights()
    array.external_data.add(key="location", value="x")
    model.graph.node.append(helper.make_node("Constant", [], ["k"], value=array))


def in_a_branch(model: Any) -> None:
    branch = model.graph.node[2].attribute[0].g
    branch.node.append(helper.make_node("Read", [], ["z2"], domain="com.evil"))


def in_sparse(model: Any) -> None:
    sparse = onnx.SparseTensorProto(values=weights(), indices=weights(), dims=[2])
    sparse.values.external_data.add(key="location", value="x")
    model.graph.sparse_initializer.append(sparse)


def contributed(model: Any) -> None:
    model.graph.node[0].domain = "com.microsoft"


def imported(model: Any) -> None:
    model.opset_import.append(helper.make_opsetid("com.evil", 1))


def with_function(model: Any) -> None:
    node = helper.make_node("Identity", ["a"], ["b"])
    model.functions.append(
        helper.make_function("", "MatMul", ["a"], ["b"], [node], [helper.make_opsetid("", 17)])
    )


def with_training(model: Any) -> None:
    model.training_info.add()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (outside, "whose values are in another file"),
        (outside_without_a_flag, "whose values are in another file"),
        (flag_alone, "whose values are in another file"),
        (in_a_constant, "whose values are in another file"),
        (in_sparse, "whose values are in another file"),
        (in_a_branch, "found operators of 'com.evil'"),
        (contributed, "found operators of 'com.microsoft', expected those of the ONNX standard"),
        (imported, "found operators of 'com.evil'"),
        (with_function, "found functions of its own"),
        (with_training, "found instructions to train it"),
    ],
)
def test_what_reaches_beyond_the_file_is_refused(harm: Callable[[Any], None], said: str) -> None:
    model = plain()
    harm(model)
    assert said in fault(model)


def test_graphs_in_graphs_without_end_are_refused() -> None:
    inner = graph([])
    for _ in range(10):
        inner = graph([helper.make_node("If", ["c"], ["y"], then_branch=inner)])
    assert "more graphs or nodes" in fault(helper.make_model(inner))


def test_more_nodes_than_a_network_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_check, "MAX_NODES", 4)  # three, and one in each branch
    assert "more graphs or nodes" in fault(plain())
    monkeypatch.setattr(onnx_check, "MAX_NODES", 5)
    check_onnx(plain().SerializeToString(), PATH)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is no ONNX file: it has no graph"),
        (b"PK\x03\x04", "found"),
        (b"<html>", "found"),
        (b"\x08\x08", "it is no ONNX file: it has no graph"),
        (b"\x3a\x05\x0a", "it is cut short"),
    ],
)
def test_what_is_no_onnx_file_is_refused(content: bytes, said: str) -> None:
    assert said in fault(content)


def test_fields_that_nobody_knows_are_refused() -> None:
    assert "a field that no model has: 100" in fault(plain().SerializeToString() + b"\xa0\x06\x01")


def test_changed_bytes_never_hide_another_file() -> None:
    """What passes after a change is still read by ONNX without another file in it."""
    whole, chance = plain().SerializeToString(), random.Random(0)
    passed = 0
    for _ in range(3_000):
        content = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 5))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            check_onnx(bytes(content), PATH)
        except RunError:
            continue
        passed += 1
        try:
            model = onnx.ModelProto.FromString(bytes(content))
        except DecodeError:  # protobuf refuses more
            continue
        assert not any(each.external_data for each in model.graph.initializer)
        assert not model.functions
    assert 0 < passed < 3_000
