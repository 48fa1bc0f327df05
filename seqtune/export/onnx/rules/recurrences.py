"""LSTM, GRU and simple RNN as the one operation that ONNX has for each."""

from __future__ import annotations

import numpy as np

from seqtune.export.onnx.graph import Graph
from seqtune.export.onnx.values import ONE, Array, Value
from seqtune.export.onnx.walk import Operation, rule

GATES = {"LSTM": (0, 3, 1, 2), "GRU": (0, 1, 2), "RNN": (0,)}
"""Where each gate of ONNX stands in Keras: LSTM input, output, forget, cell of i, f, c, o; GRU
update, reset, hidden of z, r, h (ONNX operators, version 18: LSTM, GRU, RNN)."""


@rule("recurrence")
def _recurrence(operation: Operation) -> list[Value]:
    graph, kind = operation.graph, operation.same("kind")
    masks, states = operation.same("masks"), operation.same("states")
    sequence, *rest = operation.inputs
    mask, first, weights = rest[:masks], rest[masks : masks + states], rest[masks + states :]
    backwards, units = operation.same("backwards"), operation.same("units")
    arrays = [each.constant for each in weights]
    if any(each is None for each in arrays):
        raise operation.unknown("its weights are computed")
    steps = graph.transposed(graph.whole(sequence), [1, 0, 2])
    inputs = [steps.name, *_weights(graph, kind, [each for each in arrays if each is not None])]
    batch = sequence.shape[:1]
    lengths = ""
    if mask:
        numbers = graph.cast(graph.whole(mask[0]), np.int32)
        names = [numbers.name, graph.numbers(1)]
        lengths = graph.value("ReduceSum", names, batch, np.int32, keepdims=0).name
    inputs.append(lengths)
    inputs += [graph.unsqueezed(graph.whole(each), [0]).name for each in first]
    own = {"linear_before_reset": 1} if kind == "GRU" else {}
    outputs = graph.add(
        kind,
        inputs,
        1 + states,
        hidden_size=units,
        direction="reverse" if backwards else "forward",
        **own,
    )
    shape, state = operation.shapes[0], operation.shapes[1]
    long = (shape[1], ONE, shape[0], shape[2])
    every = graph.squeezed(Value(outputs[0], long, long, operation.dtype), [1])
    every = graph.transposed(every, [1, 0, 2])
    last = [
        graph.squeezed(Value(name, (ONE, *state), (ONE, *state), operation.dtype), [0])
        for name in outputs[1:]
    ]
    if mask:
        every = _where_present(operation, every, mask[0], last[0], first[0])
    return [graph.turned(every, 1) if backwards else every, *last]


def _where_present(
    operation: Operation, every: Value, mask: Value, last: Value, first: Value
) -> Value:
    """Return the outputs as Keras gives them where a step is not there.

    All missing steps stand at the end: an output there is the last one, or, read backwards, the
    state before any step; or zeros.
    """
    graph = operation.graph
    if operation.same("hides"):
        other = graph.constant(np.zeros((1, 1, 1), np.float32))
    else:
        state = first if operation.same("backwards") else last
        other = graph.unsqueezed(graph.whole(state), [1])
    there = graph.unsqueezed(graph.whole(mask), [2])
    return graph.value("Where", [there, every, other], every.shape, every.dtype)


def _weights(graph: Graph, kind: str, arrays: list[Array]) -> list[str]:
    """Return the names of weights and biases, (1, gates, …), in the order of ONNX."""
    kernel, recurrent, *bias = arrays
    order, units = GATES[kind], recurrent.shape[0]

    def ordered(array: Array) -> Array:
        gates = np.split(array, len(order), axis=-1)
        return np.concatenate([gates[gate] for gate in order], axis=-1)

    if bias:
        both = bias[0] if bias[0].ndim == 2 else np.stack([bias[0], np.zeros_like(bias[0])])
    else:
        both = np.zeros((2, len(order) * units), kernel.dtype)
    flat = ordered(both).reshape(1, -1)
    found = [ordered(kernel).T[None], ordered(recurrent).T[None], flat]
    return [graph.constant(each).name for each in found]
