"""Sums, largest values and the like over axes."""

from __future__ import annotations

import numpy as np

from seqtune.export.onnx.values import Value
from seqtune.export.onnx.walk import Operation, rule

KINDS = {
    "reduce_sum": "ReduceSum", "reduce_max": "ReduceMax", "reduce_min": "ReduceMin",
    "reduce_prod": "ReduceProd",
}  # fmt: skip

TRUTHS = {
    "reduce_and": "ReduceMin", "reduce_or": "ReduceMax", "reduce_min": "ReduceMin",
    "reduce_max": "ReduceMax",
}  # fmt: skip
"""Of truth values, which are counted as 0 and 1."""


@rule(*KINDS)
def _reduce(operation: Operation) -> Value | list[Value]:
    if operation.dtype == np.bool_:
        return _reduce_truths(operation)
    graph = operation.graph
    names = [graph.whole(operation.inputs[0]).name, graph.numbers(*operation.same("axes"))]
    return graph.value(
        KINDS[operation.name],
        names,
        operation.shape,
        operation.dtype,
        keepdims=0,
        noop_with_empty_axes=1,
    )


@rule("reduce_and", "reduce_or")
def _reduce_truths(operation: Operation) -> Value:
    graph = operation.graph
    if operation.dtype != np.bool_:
        raise operation.unknown("it joins bits")
    numbers = graph.cast(graph.whole(operation.inputs[0]), np.int32)
    names = [numbers.name, graph.numbers(*operation.same("axes"))]
    kind = TRUTHS[operation.name]
    return graph.cast(
        graph.value(kind, names, operation.shape, np.int32, keepdims=0, noop_with_empty_axes=1),
        np.bool_,
    )


@rule("argmax", "argmin")
def _place(operation: Operation) -> Value:
    graph, (axis,) = operation.graph, operation.same("axes")
    value = graph.whole(operation.inputs[0])
    if value.dtype == np.bool_:
        value = graph.cast(value, np.int32)
    kind = {"argmax": "ArgMax", "argmin": "ArgMin"}[operation.name]
    place = graph.value(kind, [value], operation.shape, np.int64, axis=int(axis), keepdims=0)
    return graph.cast(place, operation.dtype)


@rule("cumsum")
def _running_sum(operation: Operation) -> Value:
    graph = operation.graph
    axis = graph.constant(np.int64(operation.same("axis")))
    return graph.value(
        "CumSum",
        [graph.whole(operation.inputs[0]), axis],
        operation.shape,
        operation.dtype,
        reverse=int(operation.same("reverse")),
    )
