"""Products of matrices, and convolutions."""

from __future__ import annotations

from collections.abc import Sequence

from seqtune.export.onnx.graph import Graph
from seqtune.export.onnx.values import Shape, Value
from seqtune.export.onnx.walk import Operation, rule


@rule("dot_general")
def _product(operation: Operation) -> Value:
    graph = operation.graph
    (left_summed, right_summed), (left_batch, right_batch) = operation.same("dimension_numbers")
    left, right = (graph.whole(each) for each in operation.inputs)
    left_free = _others(left, left_summed, left_batch)
    right_free = _others(right, right_summed, right_batch)
    left = graph.transposed(left, [*left_batch, *left_free, *left_summed])
    right = graph.transposed(right, [*right_batch, *right_summed, *right_free])
    batch, summed = len(left_batch), len(left_summed)
    free = left.shape[batch : len(left.shape) - summed]
    wide = right.shape[batch + summed :]
    if summed != 1 or len(wide) != 1 or (batch and len(free) != 1) or not free:
        left = _joined(graph, left, batch, len(free))
        right = _joined(graph, right, batch, summed)
    shape = (*left.shape[:-1], *right.shape[-1:])
    made = graph.value("MatMul", [left, right], shape, operation.dtype)
    return graph.reshaped(made, operation.shape)


def _others(value: Value, *taken: Sequence[int]) -> list[int]:
    used = {axis for axes in taken for axis in axes}
    return [axis for axis in range(len(value.shape)) if axis not in used]


def _joined(graph: Graph, value: Value, batch: int, first: int) -> Value:
    """Return a tensor (batch…, one axis, another), joined from `first` axes and from the rest."""
    parts = value.shape[batch : batch + first], value.shape[batch + first :]
    return graph.reshaped(value, (*value.shape[:batch], *map(_product_of, parts)))


def _product_of(shape: Shape) -> tuple[int, int]:
    one = two = 1
    for first, second in shape:
        one, two = one * first, two * second
    return one, two


@rule("conv_general_dilated")
def _convolution(operation: Operation) -> Value:
    graph, numbers = operation.graph, operation.same("dimension_numbers")
    if any(scale != 1 for scale in operation.same("lhs_dilation")) or (
        operation.same("batch_group_count") != 1
    ):
        raise operation.unknown("it is transposed or grouped by batch")
    value = graph.transposed(graph.whole(operation.inputs[0]), numbers.lhs_spec)
    kernel = graph.transposed(graph.whole(operation.inputs[1]), numbers.rhs_spec)
    shape = tuple(operation.shape[axis] for axis in numbers.out_spec)
    padding = operation.same("padding")
    made = graph.value(
        "Conv",
        [value, kernel],
        shape,
        operation.dtype,
        strides=list(map(int, operation.same("window_strides"))),
        dilations=list(map(int, operation.same("rhs_dilation"))),
        group=int(operation.same("feature_group_count")),
        pads=[int(low) for low, _ in padding] + [int(high) for _, high in padding],
    )
    back = [numbers.out_spec.index(axis) for axis in range(len(shape))]
    return graph.transposed(made, back)
