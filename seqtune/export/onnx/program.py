"""One program of a network, written as an ONNX file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqtune.errors import ExportError
from seqtune.export.onnx.graph import Graph
from seqtune.export.onnx.proto import finished, used_names
from seqtune.export.onnx.values import Uneven, Value, shape_of
from seqtune.export.onnx.walk import write
from seqtune.runtime.program import function_of
from seqtune.runtime.trees import Leaf, describe, flatten
from seqtune.tasks._exported import Exported

OPSET = 18
IR_VERSION = 9
"""Versions of ONNX that runtimes of the last years read."""

MULTIPLES = (1, 16, 64)
"""Where a network does one thing to an odd number of steps and another to an even one (it halves
them, or dilates), it is written for lengths of which each is so many times a whole number."""


@dataclass(frozen=True)
class OnnxProgram:
    """A program of a network as an ONNX file.

    Args:
        content: The file.
        inputs: Its arguments, as `seqtune.runtime.trees.describe` describes them; None stands for
            an array that is not read. An axis that varies has a name.
        outputs: What it gives, in the same way.
        axes: The axes that may have any size that is a multiple of this, by name.
    """

    content: bytes
    inputs: Any
    outputs: Any
    axes: Mapping[str, int]


def to_onnx(model: Any, exported: Exported) -> OnnxProgram:
    """Write what a program of a network computes.

    Where the size of an axis behind the first decides which operations there are, sizes may only be
    multiples of 16, or of 64.

    Raises:
        ExportError: An operation of the network has no ONNX form, or sizes decide what is done.

    Example:
        >>> to_onnx(model, predict_alone(model)).axes
        {'rows': 1, 'steps': 1}
    """
    for multiple in MULTIPLES:
        try:
            return _written(model, exported, multiple)
        except Uneven as uneven:
            reason = str(uneven)
            if len(exported.sizes) < 2:
                break
    raise ExportError(
        f"the program {exported.program.name!r} of this network does something else for each size "
        f"of its inputs, which no file can say: {reason}"
    )


def _written(model: Any, exported: Exported, multiple: int) -> OnnxProgram:
    """Write a program for any size of the first axis, and for multiples of the others' sizes."""
    import jax
    from onnx import checker, helper

    pairs = {
        name: (first * multiple, second * multiple) if number else (first, second)
        for number, (name, (first, second)) in enumerate(exported.sizes.items())
    }
    given = [
        exported.arguments({name: pair[which] for name, pair in pairs.items()}) for which in (0, 1)
    ]
    traces = [_traced(model, function_of(exported.program), each) for each in given]
    graph = Graph()
    names = {pair: name for name, pair in pairs.items()}
    weights = [graph.constant(np.asarray(each.value)) for each in model.variables]
    inputs = list[Value]()
    for number, arrays in enumerate(zip(*map(flatten, given), strict=True)):
        shape = shape_of(*arrays)
        labels = [_label(size, names) for size in shape]
        inputs.append(graph.input(f"a{number}", shape, _dtype(arrays[0]), labels))
    outputs = write(graph, (traces[0][0], traces[1][0]), [*weights, *inputs])
    proto = finished(graph, "program", outputs)
    read = {name for node in proto.node for name in used_names(node)}
    kept = [each for each in proto.input if each.name in read]
    del proto.input[:]
    proto.input.extend(kept)
    written = helper.make_model(
        proto,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="seqtune",
    )
    checker.check_model(written)
    used = [_leaf(each.name, each, names) if each.name in read else None for each in inputs]
    made = [
        _leaf(info.name, value, names) for value, info in zip(outputs, proto.output, strict=True)
    ]
    tree = jax.tree.unflatten(traces[0][1], made)
    return OnnxProgram(
        written.SerializeToString(),
        describe(list(given[0]), used),
        describe(tree, made),
        {name: multiple if number else 1 for number, name in enumerate(pairs)},
    )


def _traced(model: Any, function: Callable[..., Any], arguments: Sequence[Any]) -> tuple[Any, Any]:
    """Return a function of a network as a program of JAX, and the tree of what it gives."""
    import jax
    import keras

    from seqtune.export.onnx.layers import for_onnx

    variables = model.variables
    values = [variable.value for variable in variables]
    shapes = []

    def with_values(values: list[Any], *arguments: Any) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            made = function(model, *arguments)
        shapes.append(jax.tree.structure(made))
        return made

    with for_onnx():
        program = jax.make_jaxpr(with_values)(values, *arguments)
    return program, shapes[-1]


def _dtype(array: Any) -> np.dtype[Any]:
    """Return the type that JAX gives a value of this type."""
    import jax

    found: np.dtype[Any] = np.dtype(jax.dtypes.canonicalize_dtype(array.dtype))
    return found


def _label(size: tuple[int, int], names: Mapping[tuple[int, int], str]) -> int | str:
    return size[0] if size[0] == size[1] else names.get(size, f"size{size[0]}_{size[1]}")


def _leaf(name: str, value: Value, names: Mapping[tuple[int, int], str]) -> Leaf:
    return Leaf(name, tuple(_label(size, names) for size in value.shape), value.dtype.name)
