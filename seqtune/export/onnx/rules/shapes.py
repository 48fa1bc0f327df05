"""Operations that leave values as they are and change where they stand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from seqtune.export.onnx.values import ONE, Size, Uneven, Value
from seqtune.export.onnx.walk import Operation, rule


@rule("broadcast_in_dim")
def _broadcast(operation: Operation) -> Value:
    graph, value = operation.graph, operation.inputs[0]
    places = operation.same("broadcast_dimensions")
    if value.shape and list(places) != sorted(places):
        raise operation.unknown("its axes change places")
    new = [axis for axis in range(len(operation.shape)) if axis not in places]
    wide = graph.unsqueezed(value, new)
    held = tuple(
        size if wide.held[axis] == size else ONE for axis, size in enumerate(operation.shape)
    )
    return replace(wide, shape=operation.shape, held=held)


@rule("reshape")
def _reshape(operation: Operation) -> Value:
    value = operation.inputs[0]
    if operation.params[0].get("dimensions") is not None:
        raise operation.unknown("its axes change places")
    if all(size == ONE for size in value.held):  # one number, however often
        name = operation.graph.reshaped(
            replace(value, shape=value.held), (ONE,) * len(operation.shape)
        )
        return replace(name, shape=operation.shape)
    return operation.graph.reshaped(value, operation.shape)


@rule("squeeze")
def _squeeze(operation: Operation) -> Value:
    return operation.graph.squeezed(operation.inputs[0], tuple(operation.same("dimensions")))


@rule("expand_dims")
def _unsqueeze(operation: Operation) -> Value:
    return operation.graph.unsqueezed(operation.inputs[0], tuple(operation.same("dimensions")))


@rule("transpose")
def _transpose(operation: Operation) -> Value:
    return operation.graph.transposed(operation.inputs[0], operation.same("permutation"))


@rule("concatenate")
def _concatenate(operation: Operation) -> Value:
    parts = [operation.graph.whole(each) for each in operation.inputs]
    axis = operation.same("dimension")
    return operation.graph.value("Concat", parts, operation.shape, operation.dtype, axis=axis)


@rule("stack")
def _stack(operation: Operation) -> Value:
    graph, axis = operation.graph, operation.same("axis")
    parts = [graph.unsqueezed(graph.whole(each), [axis]) for each in operation.inputs]
    return graph.value("Concat", parts, operation.shape, operation.dtype, axis=axis)


@rule("split")
def _split(operation: Operation) -> list[Value]:
    graph, axis = operation.graph, operation.same("axis")
    whole = graph.whole(operation.inputs[0])
    sizes = graph.sizes(tuple(shape[axis] for shape in operation.shapes))
    names = graph.add("Split", [whole.name, sizes], len(operation.shapes), axis=axis)
    return [Value(name, shape, shape, whole.dtype)
            for name, shape in zip(names, operation.shapes, strict=True)]  # fmt: skip


@rule("slice")
def _slice(operation: Operation) -> Value:
    graph, value = operation.graph, _whole(operation)
    begins = tuple(zip(*operation.both("start_indices"), strict=True))
    ends = tuple(zip(*operation.both("limit_indices"), strict=True))
    steps = operation.same("strides") or (1,) * len(begins)
    for axis, (begin, end, step) in enumerate(zip(begins, ends, steps, strict=True)):
        if begin == (0, 0) and end == value.shape[axis] and step == 1:
            continue
        shape = list(value.shape)
        shape[axis] = operation.shape[axis]
        value = graph.cut(value, tuple(shape), axis, begin, end, step)
    return value


def _whole(operation: Operation) -> Value:
    """Return the first input with every axis repeated."""
    return operation.graph.whole(operation.inputs[0])


@rule("rev")
def _reverse(operation: Operation) -> Value:
    value = _whole(operation)
    for axis in operation.same("dimensions"):
        value = operation.graph.turned(value, axis)
    return value


@rule("pad")
def _pad(operation: Operation) -> Value:
    graph, value = operation.graph, _whole(operation)
    filler = operation.inputs[1]
    config = [tuple(map(tuple, each)) for each in operation.both("padding_config")]
    low, high = list[Size](), list[Size]()
    for one, two in zip(*config, strict=True):
        if one[2] or two[2]:
            raise operation.unknown("it pads between values")
        low.append((int(one[0]), int(two[0])))
        high.append((int(one[1]), int(two[1])))
    if any(number < 0 for size in low + high for number in size):
        value, low, high = _cropped(operation, value, low, high)
    if all(size == (0, 0) for size in low + high):
        return value
    pads = graph.sizes(tuple(low + high))
    names = [value.name, pads, graph.whole(filler).name]
    return graph.value("Pad", names, operation.shape, operation.dtype, mode="constant")


def _cropped(
    operation: Operation, value: Value, low: list[Size], high: list[Size]
) -> tuple[Value, list[Size], list[Size]]:
    """Cut off what is padded by less than nothing, and return what is left to be padded."""
    for axis, size in enumerate(value.shape):
        pair = [low[axis], high[axis]]
        if all(number >= 0 for each in pair for number in each):
            continue
        if any(one != two for one, two in pair):
            raise Uneven("what is cut off depends on a size")
        before, after = max(0, -low[axis][0]), max(0, -high[axis][0])
        shape = list(value.shape)
        shape[axis] = (size[0] - before - after, size[1] - before - after)
        end = (size[0] - after, size[1] - after)
        value = operation.graph.cut(value, tuple(shape), axis, (before, before), end)
        low[axis], high[axis] = ((max(0, each[0]), max(0, each[1])) for each in pair)
    return value, low, high


@rule("iota")
def _count(operation: Operation) -> Value:
    graph, axis = operation.graph, operation.same("dimension")
    size = operation.shape[axis]
    scalar = [graph.squeezed(Value(graph.size(size), (ONE,), (ONE,), np.dtype(np.int64)), [0]),
              graph.constant(np.int64(1))]  # fmt: skip
    zero = graph.constant(np.int64(0))
    line = graph.value("Range", [zero, *scalar], (size,), np.int64)
    line = graph.cast(line, operation.dtype)
    others = [other for other in range(len(operation.shape)) if other != axis]
    return replace(graph.unsqueezed(line, others), shape=operation.shape)
