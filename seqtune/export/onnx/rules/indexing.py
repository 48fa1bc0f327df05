"""Taking values from places that are computed."""

from __future__ import annotations

import numpy as np

from seqtune.export.onnx.graph import LARGEST
from seqtune.export.onnx.values import Value
from seqtune.export.onnx.walk import Operation, rule


@rule("gather")
def _gather(operation: Operation) -> Value:
    """Take from one axis or from several, for each batch by itself or for all alike."""
    graph, numbers = operation.graph, operation.same("dimension_numbers")
    values, places = (graph.whole(each) for each in operation.inputs)
    taken, batch = numbers.start_index_map, numbers.operand_batching_dims
    if numbers.collapsed_slice_dims != tuple(sorted(taken)):
        raise operation.unknown("it takes stretches from places that are computed")
    for axis, pair in enumerate(zip(*operation.both("slice_sizes"), strict=True)):
        if axis not in taken and axis not in batch and pair != values.shape[axis]:
            raise operation.unknown("it takes a part of an axis")
    if "CLIP" in str(operation.same("mode")):
        last = [graph.size(values.shape[axis]) for axis in taken]
        ends = graph.add("Sub", [graph.add("Concat", last, axis=0)[0], graph.numbers(1)])[0]
        wide = graph.cast(places, np.int64)
        low = graph.value("Max", [wide, graph.numbers(0)], wide.shape, np.int64)
        places = graph.value("Min", [low, ends], wide.shape, np.int64)
    rows = places.shape[:-1]
    rest = [axis for axis in range(len(values.shape)) if axis not in taken and axis not in batch]
    alike = len(rows) == len(values.shape) and numbers.start_indices_batching_dims == batch
    if alike and not rest and len(taken) == 1:
        axis, single = taken[0], graph.squeezed(places, [len(places.shape) - 1])
        return graph.value(
            "GatherElements", [values, single], operation.shape, operation.dtype, axis=axis
        )
    if not batch and len(taken) == 1:
        axis = taken[0]
        single = graph.squeezed(places, [len(places.shape) - 1])
        shape = (*values.shape[:axis], *rows, *values.shape[axis + 1 :])
        made = graph.value("Gather", [values, single], shape, operation.dtype, axis=axis)
        order = [*range(axis, axis + len(rows)), *range(axis),
                 *range(axis + len(rows), len(shape))]  # fmt: skip
        made = graph.transposed(made, order)
    else:
        if numbers.start_indices_batching_dims != tuple(range(len(batch))):
            raise operation.unknown("its batches stand behind its places")
        values = graph.transposed(values, [*batch, *taken, *rest])
        shape = (*rows, *values.shape[len(batch) + len(taken) :])
        whole = graph.cast(places, np.int64)
        made = graph.value(
            "GatherND", [values, whole], shape, operation.dtype, batch_dims=len(batch)
        )
    offsets, total = numbers.offset_dims, len(operation.shape)
    first = iter(range(len(rows)))
    later = iter(range(len(rows), total))
    return graph.transposed(
        made, [next(later) if axis in offsets else next(first) for axis in range(total)]
    )


@rule("dynamic_slice")
def _slice_from(operation: Operation) -> Value:
    graph, value = operation.graph, operation.graph.whole(operation.inputs[0])
    starts = operation.inputs[1:]
    for axis, size in enumerate(operation.shape):
        if size == value.shape[axis]:
            continue
        begin = _begin(operation, value, axis, starts[axis])
        end = graph.add("Add", [begin, graph.size(size)])[0]
        shape = (*value.shape[:axis], size, *value.shape[axis + 1 :])
        names = [value.name, begin, end, graph.numbers(axis)]
        value = graph.value("Slice", names, shape, value.dtype)
    return value


def _begin(operation: Operation, value: Value, axis: int, start: Value) -> str:
    """Return the name of a place (1,) at which a slice of this size begins inside of a tensor."""
    graph = operation.graph
    size = operation.shape[axis] if operation.name == "dynamic_slice" else (
        operation.inputs[1].shape[axis]
    )  # fmt: skip
    place = graph.unsqueezed(graph.cast(graph.whole(start), np.int64), [0])
    last = graph.add("Sub", [graph.size(value.shape[axis]), graph.size(size)])[0]
    return graph.add("Min", [graph.add("Max", [place.name, graph.numbers(0)])[0], last])[0]


@rule("dynamic_update_slice")
def _put_at(operation: Operation) -> Value:
    graph = operation.graph
    value, part = (graph.whole(each) for each in operation.inputs[:2])
    axes = [axis for axis, size in enumerate(part.shape) if size != value.shape[axis]]
    if not axes:
        return part
    if len(axes) > 1:
        raise operation.unknown("it changes a part of several axes")
    axis = axes[0]
    begin = _begin(operation, value, axis, operation.inputs[2 + axis])
    end = graph.add("Add", [begin, graph.size(part.shape[axis])])[0]
    where = graph.numbers(axis)
    before = graph.add("Slice", [value.name, graph.numbers(0), begin, where])[0]
    after = graph.add("Slice", [value.name, end, graph.numbers(LARGEST), where])[0]
    names = [before, part.name, after]
    return graph.value("Concat", names, operation.shape, operation.dtype, axis=axis)


@rule("top_k")
def _largest(operation: Operation) -> list[Value]:
    value = operation.graph.whole(operation.inputs[0])
    axis = int(operation.params[0].get("axis", len(value.shape) - 1))
    ordered, places = _sorted(operation, value, axis, largest=1)
    return [ordered, operation.graph.cast(places, operation.dtypes[1])]


@rule("sort")
def _sort(operation: Operation) -> list[Value]:
    graph, axis = operation.graph, operation.same("dimension")
    if operation.same("num_keys") != 1:
        raise operation.unknown("it sorts by several keys")
    key, *others = (graph.whole(each) for each in operation.inputs)
    ordered, places = _sorted(operation, key, axis, largest=0)
    return [ordered] + [
        graph.value("GatherElements", [each, places], each.shape, each.dtype, axis=axis)
        for each in others
    ]


def _sorted(operation: Operation, value: Value, axis: int, largest: int) -> list[Value]:
    """Return the first values in order, and their places."""
    graph, shape = operation.graph, operation.shapes[0]
    names = [value.name, graph.size(shape[axis])]
    ordered, places = graph.add("TopK", names, 2, axis=axis, largest=largest, sorted=1)
    return [
        Value(ordered, shape, shape, value.dtype),
        Value(places, shape, shape, np.dtype(np.int64)),
    ]
