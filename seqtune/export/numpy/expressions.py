"""Nodes of an ONNX graph as expressions of NumPy."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from seqtune.errors import ExportError

Attributes = Mapping[str, Any]
Expression = Callable[[Sequence[str], Attributes], str]

INFIX = {
    "Add": "+", "Sub": "-", "Mul": "*", "MatMul": "@", "Pow": "**", "Equal": "==", "Less": "<",
    "LessOrEqual": "<=", "Greater": ">", "GreaterOrEqual": ">=", "And": "&", "Or": "|",
    "BitwiseAnd": "&", "BitwiseOr": "|", "Xor": "^", "BitwiseXor": "^",
}  # fmt: skip

PREFIX = {"Neg": "-", "Not": "~", "BitwiseNot": "~", "Identity": ""}

NUMPY = {
    "Abs": "abs", "Exp": "exp", "Log": "log", "Tanh": "tanh", "Sqrt": "sqrt", "Sign": "sign",
    "Floor": "floor", "Ceil": "ceil", "Sin": "sin", "Cos": "cos", "Max": "maximum",
    "Min": "minimum", "Round": "rint", "IsNaN": "isnan", "IsInf": "isinf", "Where": "where",
    "Mod": "fmod",
}  # fmt: skip

OWN = {
    "Sigmoid": "sigmoid", "Erf": "error_function", "Div": "divide", "Expand": "expand",
    "Pad": "pad", "Reshape": "reshape",
}  # fmt: skip
"""What is written as a function of `seqtune.export.numpy.operations`."""

FARTHEST = 2**31
"""An end at or beyond it is that of the axis."""

REDUCED = {"ReduceSum": "sum", "ReduceMax": "max", "ReduceMin": "min", "ReduceProd": "prod"}


def _reduced(kind: str) -> Expression:
    def expression(read: Sequence[str], own: Attributes) -> str:
        kept = ", keepdims=True" if own.get("keepdims", 1) else ""
        typed = f", dtype={read[0]}.dtype" if kind in ("sum", "prod") else ""
        axes = f", axis=tuple({read[1]})" if len(read) > 1 else ""
        return f"np.{kind}({read[0]}{axes}{typed}{kept})"

    return expression


def _recurrence(name: str, states: int) -> Expression:
    def expression(read: Sequence[str], own: Attributes) -> str:
        if own.get("direction", "forward") not in ("forward", "reverse") or len(read) < 5 + states:
            raise ExportError(f"a {name} that has no form in NumPy here")
        given = ", ".join(each or "None" for each in read[: 5 + states])
        return f"{name}({given}{', backwards=True' * (own.get('direction') == 'reverse')})"

    return expression


def _cast(read: Sequence[str], own: Attributes) -> str:
    from onnx import helper

    return f"np.asarray({read[0]}).astype(np.{_type(helper.tensor_dtype_to_np_dtype(own['to']))})"


def _type(dtype: np.dtype[Any]) -> str:
    return "bool_" if dtype == np.bool_ else dtype.name


def _convolution(read: Sequence[str], own: Attributes) -> str:
    if len(read) != 2:
        raise ExportError("a convolution with a bias has no form in NumPy here")
    places = ", ".join(f"{list(own[name])}" for name in ("strides", "dilations", "pads"))
    return f"convolve({read[0]}, {read[1]}, {places}, {own.get('group', 1)})"


def _slice(read: Sequence[str], own: Attributes) -> str:
    if not all(each.startswith("[") for each in read[1:]):
        return f"cut({', '.join(read)})"
    begins, ends, axes, *steps = (json.loads(each) for each in read[1:])
    if len(axes) != 1 or axes[0] < 0:
        return f"cut({', '.join(read)})"
    step = steps[0][0] if steps else 1
    begin = "" if begins[0] == (0 if step > 0 else -1) else begins[0]
    end = "" if abs(ends[0]) >= FARTHEST else ends[0]
    kept = f"{begin}:{end}" + (f":{step}" if step != 1 else "")
    return f"{read[0]}[{':, ' * axes[0]}{kept}]"


def _axis(read: Sequence[str], own: Attributes, name: str) -> str:
    return f"np.{name}({read[0]}, axis={own.get('axis', 0)}).astype(np.int64)"


EXPRESSIONS: Mapping[str, Expression] = {
    **{kind: _reduced(name) for kind, name in REDUCED.items()},
    "LSTM": _recurrence("lstm", 2),
    "GRU": _recurrence("gru", 1),
    "RNN": _recurrence("rnn", 1),
    "Cast": _cast,
    "Conv": _convolution,
    "Reciprocal": lambda read, own: f"1 / {read[0]}",
    "Transpose": lambda read, own: f"{read[0]}.transpose({', '.join(map(str, own['perm']))})",
    "Unsqueeze": lambda read, own: f"np.expand_dims({read[0]}, tuple({read[1]}))",
    "Squeeze": lambda read, own: f"np.squeeze({read[0]}, tuple({read[1]}))",
    "Shape": lambda read, own: (
        f"np.array(np.shape({read[0]})[{own.get('start', 0)}:{own.get('end', '')}], np.int64)"
    ),
    "Concat": lambda read, own: f"np.concatenate([{', '.join(read)}], axis={own['axis']})",
    "Range": lambda read, own: f"np.arange({', '.join(read)})",
    "Slice": _slice,
    "Split": lambda read, own: (
        f"np.split({read[0]}, np.cumsum({read[1]})[:-1], axis={own.get('axis', 0)})"
    ),
    "Gather": lambda read, own: f"np.take({read[0]}, {read[1]}, axis={own.get('axis', 0)})",
    "GatherND": lambda read, own: (
        f"gather_places({read[0]}, {read[1]}, {own.get('batch_dims', 0)})"
    ),
    "GatherElements": lambda read, own: (
        f"np.take_along_axis({read[0]}, {read[1]}, {own.get('axis', 0)})"
    ),
    "ArgMax": lambda read, own: _axis(read, own, "argmax"),
    "ArgMin": lambda read, own: _axis(read, own, "argmin"),
    "CumSum": lambda read, own: f"running_sum({', '.join(read)}, {bool(own.get('reverse'))})",
    "TopK": lambda read, own: (
        f"top({', '.join(read)}, {own.get('axis', -1)}, {bool(own.get('largest', 1))})"
    ),
}


def expression_of(kind: str, read: Sequence[str], own: Attributes) -> str:
    """Return what a node computes as an expression of Python.

    Args:
        kind: Its operation.
        read: What it reads: names of variables, or literals; "" for an input that it leaves out.
        own: Its attributes.

    Raises:
        ExportError: The operation is not known here.

    Example:
        >>> expression_of("Add", ["x", "y"], {})
        'x + y'
    """
    if kind in INFIX:
        return f"{read[0]} {INFIX[kind]} {read[1]}"
    if kind in PREFIX:
        return f"{PREFIX[kind]}{read[0]}"
    if kind in NUMPY:
        return f"np.{NUMPY[kind]}({', '.join(read)})"
    if kind in OWN:
        return f"{OWN[kind]}({', '.join(read)})"
    if kind in EXPRESSIONS:
        return EXPRESSIONS[kind](read, own)
    raise ExportError(f"the operation {kind} of this network has no form in NumPy here")
