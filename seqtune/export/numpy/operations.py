"""What NumPy does not have as one function: recurrences, convolutions, loops.

The text of these functions is copied into the files that are written, each where it is used. So
they use NumPy and one another alone. Arrays of recurrences are in the order of ONNX: steps first,
gates below one another.

Source:
    ONNX operators, version 18: LSTM, GRU, RNN, Conv, Pad, TopK, GatherND, Slice, Scan, Loop.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + exp(-x)), which overflows nowhere in this form."""
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def error_function(x: Any) -> Any:
    """Return the error function to 1.2e-7: Numerical Recipes, third edition, section 6.2.2."""
    t = 1.0 / (1.0 + 0.5 * np.abs(x))
    terms = (
        *(-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806),
        *(0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277),
    )
    power = np.zeros_like(x)
    for term in terms[::-1]:
        power = power * t + term
    tail = t * np.exp(-x * x + power)
    return np.where(x >= 0, 1.0 - tail, tail - 1.0).astype(x.dtype)


def over_steps(cell: Any, steps: Any, lengths: Any, states: Any, backwards: bool) -> Any:
    """Run a cell over steps (steps, batch, …); a row keeps its states behind its length."""
    outputs = np.zeros((len(steps), *states[0].shape), states[0].dtype)
    for place in reversed(range(len(steps))) if backwards else range(len(steps)):
        made = cell(steps[place], *states)
        if lengths is None:
            states, outputs[place] = made, made[0]
        else:
            there = (place < lengths)[:, None]
            states = [np.where(there, new, old) for new, old in zip(made, states, strict=True)]
            outputs[place] = np.where(there, made[0], 0)
    return outputs, states


def lstm(
    steps: Any,
    kernel: Any,
    recurrent: Any,
    bias: Any,
    lengths: Any,
    state: Any,
    memory: Any,
    backwards: bool = False,
) -> Any:
    """Return all states (steps, 1, batch, units) of an LSTM, its last state and its memory."""
    units = recurrent.shape[2]
    given = steps @ kernel[0].T + bias[0, : 4 * units] + bias[0, 4 * units :]

    def cell(x: Any, h: Any, c: Any) -> Any:
        put, show, forget, new = np.split(x + h @ recurrent[0].T, 4, axis=1)
        c = sigmoid(forget) * c + sigmoid(put) * np.tanh(new)
        return [sigmoid(show) * np.tanh(c), c]

    every, (h, c) = over_steps(cell, given, lengths, [state[0], memory[0]], backwards)
    return every[:, None], h[None], c[None]


def gru(
    steps: Any,
    kernel: Any,
    recurrent: Any,
    bias: Any,
    lengths: Any,
    state: Any,
    backwards: bool = False,
) -> Any:
    """Return all states (steps, 1, batch, units) of a GRU, and its last state."""
    units = recurrent.shape[2]
    given = steps @ kernel[0].T + bias[0, : 3 * units]

    def cell(x: Any, h: Any) -> Any:
        own = h @ recurrent[0].T + bias[0, 3 * units :]
        keep = sigmoid(x[:, :units] + own[:, :units])
        reset = sigmoid(x[:, units : 2 * units] + own[:, units : 2 * units])
        new = np.tanh(x[:, 2 * units :] + reset * own[:, 2 * units :])
        return [keep * h + (1.0 - keep) * new]

    every, (h,) = over_steps(cell, given, lengths, [state[0]], backwards)
    return every[:, None], h[None]


def rnn(
    steps: Any,
    kernel: Any,
    recurrent: Any,
    bias: Any,
    lengths: Any,
    state: Any,
    backwards: bool = False,
) -> Any:
    """Return all states (steps, 1, batch, units) of a simple RNN, and its last state."""
    units = recurrent.shape[2]
    given = steps @ kernel[0].T + bias[0, :units] + bias[0, units:]

    def cell(x: Any, h: Any) -> Any:
        return [np.tanh(x + h @ recurrent[0].T)]

    every, (h,) = over_steps(cell, given, lengths, [state[0]], backwards)
    return every[:, None], h[None]


def scan(body: Any, states: Any, arrays: Any, backwards: bool = False) -> Any:
    """Run a body over the first axis of arrays; return the last states and what each step gave."""
    count, given = len(states), []
    for place in reversed(range(len(arrays[0]))) if backwards else range(len(arrays[0])):
        made = body(*states, *(array[place] for array in arrays))
        states = made[:count]
        given.append(made[count:])
    if backwards:
        given.reverse()
    return [*states, *(np.stack(each) for each in zip(*given, strict=True))]


def loop(body: Any, goes_on: Any, states: Any) -> Any:
    """Run a body as long as it says so, and return the states."""
    turn = 0
    while goes_on:
        goes_on, *states = body(np.int64(turn), goes_on, *states)
        turn += 1
    return states


def divide(one: Any, two: Any) -> Any:
    """Return a quotient; of whole numbers the whole part."""
    quotient = one / two
    whole = np.result_type(one).kind in "iu"
    return np.trunc(quotient).astype(np.result_type(one)) if whole else quotient


def reshape(x: Any, shape: Any) -> Any:
    """Return an array in another shape; 0 keeps a size, -1 is what is left."""
    return x.reshape([x.shape[axis] if size == 0 else int(size) for axis, size in enumerate(shape)])


def expand(x: Any, shape: Any) -> Any:
    """Return an array repeated to a shape."""
    return np.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(map(int, shape))))


def cut(x: Any, begins: Any, ends: Any, axes: Any, steps: Any = None) -> Any:
    """Return every so many-th place of axes from a begin to before an end."""
    kept = [slice(None)] * x.ndim
    for place, axis in enumerate(axes):
        step = 1 if steps is None else int(steps[place])
        end = int(ends[place])
        is_whole = step < 0 and end < -x.shape[axis]
        kept[axis] = slice(int(begins[place]), None if is_whole else end, step)
    return x[tuple(kept)]


def pad(x: Any, pads: Any, value: Any = 0) -> Any:
    """Return an array with a value before and behind each axis."""
    width = [(int(pads[axis]), int(pads[axis + x.ndim])) for axis in range(x.ndim)]
    return np.pad(x, width, constant_values=value)


def convolve(x: Any, kernel: Any, strides: Any, dilations: Any, pads: Any, group: int = 1) -> Any:
    """Return a convolution of (batch, channels, …) by (filters, channels, …)."""
    count = len(strides)
    sides = list(zip(pads[:count], pads[count:], strict=True))
    x = np.pad(x, [(0, 0), (0, 0), *sides])
    reach = [
        (size - 1) * dilation + 1
        for size, dilation in zip(kernel.shape[2:], dilations, strict=True)
    ]
    axes = tuple(range(2, 2 + count))
    seen = np.lib.stride_tricks.sliding_window_view(x, reach, axes)
    strided, dilated = ([slice(None, None, by) for by in each] for each in (strides, dilations))
    kept: Any = (slice(None), slice(None), *strided, *dilated)
    seen = seen[kept]
    own = range(1 + 1 + count, 2 + 2 * count)  # axes of the windows
    grouped = zip(np.split(seen, group, axis=1), np.split(kernel, group), strict=True)
    parts = [np.tensordot(part, filters, ((1, *own), (1, *axes))) for part, filters in grouped]
    return np.moveaxis(np.concatenate(parts, axis=-1), -1, 1)


def gather_places(x: Any, places: Any, batch: int = 0) -> Any:
    """Return what is at places (…, axes) of an array, behind some axes of a batch."""
    if batch == 0:
        return x[tuple(np.moveaxis(places, -1, 0))]
    return np.stack([gather_places(x[n], places[n], batch - 1) for n in range(len(x))])


def top(x: Any, count: Any, axis: int, largest: bool) -> Any:
    """Return the largest or smallest values in their order, and their places."""
    order = np.argsort(-x if largest else x, axis=axis, kind="stable")
    places = np.take(order, np.arange(int(count[0])), axis=axis)
    return np.take_along_axis(x, places, axis), places


def running_sum(x: Any, axis: Any, backwards: bool = False) -> Any:
    """Return sums of all values up to each place, or from it on."""
    if backwards:
        return np.flip(np.cumsum(np.flip(x, int(axis)), int(axis), x.dtype), int(axis))
    return np.cumsum(x, int(axis), x.dtype)
