"""Loops over steps, loops until something holds, and choices between two programs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.export.onnx.graph import Graph
from seqtune.export.onnx.proto import finished
from seqtune.export.onnx.values import ONE, Size, Value
from seqtune.export.onnx.walk import Operation, rule, write


@rule("scan")
def _scan(operation: Operation) -> list[Value]:
    """Write a loop over steps: states that go on, inputs of each step, outputs of each step."""
    graph = operation.graph
    constants, carried = operation.same("num_consts"), operation.same("num_carry")
    closed = operation.both("jaxpr")
    length: Size = tuple(operation.both("length"))
    if length == ONE:
        return _once(operation, constants, carried)
    outer = operation.inputs[:constants]
    states = [graph.whole(each) for each in operation.inputs[constants : constants + carried]]
    arriving = [graph.whole(each) for each in operation.inputs[constants + carried :]]
    if not arriving:  # so many times the same: it counts what it does
        arriving = [_counted(graph, length)]
    body = Graph(graph)
    names = [body.new_name("state") for _ in states]
    inner = [body.input(name, each.shape, each.dtype)
             for name, each in zip(names, states, strict=True)]  # fmt: skip
    steps = [body.input(body.new_name("step"), each.shape[1:], each.dtype) for each in arriving]
    wanted = steps if len(operation.inputs) > constants + carried else []
    made = write(body, closed, [*outer, *inner, *wanted])
    kinds = [each.dtype for each in (*states, *made[carried:])]
    made = [body.cast(each, kind) for each, kind in zip(made, kinds, strict=True)]
    backwards = int(operation.same("reverse"))
    ordered = {}
    if len(operation.shapes) > carried:
        ordered["scan_output_directions"] = [backwards] * (len(operation.shapes) - carried)
    outputs = graph.add(
        "Scan",
        [each.name for each in (*states, *arriving)],
        len(operation.shapes),
        body=finished(body, graph.new_name("steps"), made),
        num_scan_inputs=len(arriving),
        scan_input_directions=[backwards] * len(arriving),
        **ordered,
    )
    return _values(operation, outputs)


def _values(operation: Operation, names: Sequence[str]) -> list[Value]:
    for name, shape in zip(names, operation.shapes, strict=True):
        operation.graph.learn(name, shape)
    return [Value(*each) for each in zip(names, operation.shapes, operation.shapes,
                                         operation.dtypes, strict=True)]  # fmt: skip


def _once(operation: Operation, constants: int, carried: int) -> list[Value]:
    """Write the one step of a loop of one, in the graph itself."""
    graph = operation.graph
    given = [
        each if number < constants + carried else graph.squeezed(graph.whole(each), [0])
        for number, each in enumerate(operation.inputs)
    ]
    made = write(graph, operation.both("jaxpr"), given)
    return [*made[:carried], *(graph.unsqueezed(graph.whole(each), [0])
                               for each in made[carried:])]  # fmt: skip


def _counted(graph: Graph, length: Size) -> Value:
    size = graph.squeezed(Value(graph.size(length), (ONE,), (ONE,), np.dtype(np.int64)), [0])
    names = [graph.constant(np.int64(0)), size, graph.constant(np.int64(1))]
    return graph.value("Range", names, (length,), np.int64)


@rule("while")
def _until(operation: Operation) -> list[Value]:
    """Write a loop that goes on as long as a condition holds."""
    graph = operation.graph
    asking, doing = operation.same("cond_nconsts"), operation.same("body_nconsts")
    asked, done = operation.inputs[:asking], operation.inputs[asking : asking + doing]
    states = [graph.whole(each) for each in operation.inputs[asking + doing :]]
    conditions, bodies = operation.both("cond_jaxpr"), operation.both("body_jaxpr")
    (first,) = write(graph, conditions, [*asked, *states])
    body = Graph(graph)
    body.input(body.new_name("turn"), (), np.dtype(np.int64))
    body.input(body.new_name("goes_on"), (), np.dtype(np.bool_))
    inner = [body.input(body.new_name("state"), each.shape, each.dtype) for each in states]
    made = [body.whole(each) for each in write(body, bodies, [*done, *inner])]
    made = [body.cast(each, state.dtype) for each, state in zip(made, states, strict=True)]
    (again,) = write(body, conditions, [*asked, *made])
    outputs = graph.add(
        "Loop",
        ["", first.name, *(each.name for each in states)],
        len(states),
        body=finished(body, graph.new_name("turns"), [again, *made]),
    )
    return _values(operation, outputs)


@rule("cond")
def _choice(operation: Operation) -> list[Value]:
    """Write a choice between two programs."""
    graph, (chosen, *given) = operation.graph, operation.inputs
    first, second = operation.both("branches")
    if len(first) != 2:
        raise operation.unknown("it chooses between more than two programs")
    branches = []
    for pair in zip(first, second, strict=True):
        inner = Graph(graph)
        made = write(inner, pair, given)
        made = [inner.cast(each, kind) for each, kind in
                zip(made, operation.dtypes, strict=True)]  # fmt: skip
        branches.append(finished(inner, graph.new_name("branch"), made))
    names = graph.add(
        "If",
        [graph.cast(chosen, np.bool_).name],
        len(operation.shapes),
        then_branch=branches[1],
        else_branch=branches[0],
    )
    return _values(operation, names)
