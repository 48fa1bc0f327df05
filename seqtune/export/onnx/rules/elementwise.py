"""Operations that are done to each value by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jax.lax import RoundingMethod

from seqtune.export.onnx.values import ONE, Shape, Value
from seqtune.export.onnx.walk import Operation, rule

SAME = {
    **{name: name.capitalize() for name in ("add", "sub", "mul", "div", "pow", "max", "min")},
    **{name: name.capitalize() for name in ("abs", "neg", "exp", "log", "tanh", "sqrt", "sign")},
    **{name: name.capitalize() for name in ("floor", "ceil", "sin", "cos", "erf")},
    "add_any": "Add", "logistic": "Sigmoid", "eq": "Equal", "lt": "Less", "le": "LessOrEqual",
    "gt": "Greater", "ge": "GreaterOrEqual",
}  # fmt: skip
"""Operations that ONNX has too, by their names there."""

BITS = {"and": ("And", "BitwiseAnd"), "or": ("Or", "BitwiseOr"), "xor": ("Xor", "BitwiseXor"),
        "not": ("Not", "BitwiseNot")}  # fmt: skip
"""Of truth values, and of whole numbers."""


def spread(operation: Operation, inputs: Sequence[Value]) -> tuple[list[Value], Shape]:
    """Return inputs of one rank, and as what their combination is held."""
    shape = operation.shape
    held = tuple(
        size if any(len(each.held) == len(shape) and each.held[axis] == size for each in inputs)
        else ONE
        for axis, size in enumerate(shape)
    )  # fmt: skip
    return list(inputs), held


def apply(operation: Operation, kind: str, inputs: Sequence[Value], dtype: Any = None) -> Value:
    """Add an elementwise node that gives what an operation gives."""
    inputs, held = spread(operation, inputs)
    if not any(each.held for each in inputs):
        held = ()  # numbers alone
    dtype = operation.dtype if dtype is None else dtype
    return _ranked(operation, operation.graph.value(kind, inputs, operation.shape, dtype, held))


def _ranked(operation: Operation, made: Value) -> Value:
    """Give numbers that stand for a tensor its axes."""
    if len(made.held) == len(made.shape):
        return made
    name = operation.graph.add(
        "Unsqueeze", [made.name, operation.graph.numbers(*range(len(made.shape)))]
    )[0]
    return Value(name, made.shape, (ONE,) * len(made.shape), made.dtype)


@rule(*SAME)
def _same(operation: Operation) -> Value:
    return apply(operation, SAME[operation.name], operation.inputs)


@rule("ne")
def _differs(operation: Operation) -> Value:
    equal = apply(operation, "Equal", operation.inputs, np.bool_)
    return apply(operation, "Not", [equal])


@rule(*BITS)
def _bits(operation: Operation) -> Value:
    return apply(operation, BITS[operation.name][operation.dtype != np.bool_], operation.inputs)


@rule("rem")
def _remainder(operation: Operation) -> Value:
    inputs, held = spread(operation, operation.inputs)
    return operation.graph.value("Mod", inputs, operation.shape, operation.dtype, held, fmod=1)


@rule("square")
def _square(operation: Operation) -> Value:
    return apply(operation, "Mul", [operation.inputs[0]] * 2)


@rule("integer_pow")
def _power(operation: Operation) -> Value:
    exponent = operation.graph.constant(np.asarray(operation.same("y"), operation.dtype))
    return apply(operation, "Pow", [operation.inputs[0], exponent])


@rule("exp2")
def _power_of_two(operation: Operation) -> Value:
    two = operation.graph.constant(np.asarray(2, operation.dtype))
    return apply(operation, "Pow", [two, operation.inputs[0]])


@rule("rsqrt")
def _one_by_root(operation: Operation) -> Value:
    return apply(operation, "Reciprocal", [apply(operation, "Sqrt", operation.inputs)])


@rule("log1p")
def _log_of_more(operation: Operation) -> Value:
    one = operation.graph.constant(np.asarray(1, operation.dtype))
    return apply(operation, "Log", [apply(operation, "Add", [*operation.inputs, one])])


@rule("expm1")
def _less_than_exp(operation: Operation) -> Value:
    one = operation.graph.constant(np.asarray(1, operation.dtype))
    return apply(operation, "Sub", [apply(operation, "Exp", operation.inputs), one])


@rule("erfc")
def _rest_of_error_function(operation: Operation) -> Value:
    one = operation.graph.constant(np.asarray(1, operation.dtype))
    return apply(operation, "Sub", [one, apply(operation, "Erf", operation.inputs)])


@rule("function signbit")
def _is_negative(operation: Operation) -> Value:
    """Say whether a value is below zero, or the zero below: JAX looks at its bits."""
    zero = operation.graph.constant(np.asarray(0, np.float32))
    inverse = apply(operation, "Reciprocal", operation.inputs, np.float32)
    return apply(operation, "Less", [inverse, zero])


@rule("is_finite")
def _is_finite(operation: Operation) -> Value:
    nothing = apply(operation, "IsNaN", operation.inputs, np.bool_)
    endless = apply(operation, "IsInf", operation.inputs, np.bool_)
    return apply(operation, "Not", [apply(operation, "Or", [nothing, endless])])


@rule("round")
def _round(operation: Operation) -> Value:
    if operation.same("rounding_method") != RoundingMethod.TO_NEAREST_EVEN:
        raise operation.unknown("it rounds halves away from zero")
    return apply(operation, "Round", operation.inputs)


@rule("clamp")
def _clamp(operation: Operation) -> Value:
    least, value, most = operation.inputs
    return apply(operation, "Min", [apply(operation, "Max", [value, least]), most])


@rule("select_n")
def _choose(operation: Operation) -> Value:
    chosen, *values = operation.inputs
    if len(values) != 2 or chosen.dtype != np.bool_:
        raise operation.unknown("it chooses between more than two values")
    return apply(operation, "Where", [chosen, values[1], values[0]])


@rule("convert_element_type")
def _convert(operation: Operation) -> Value:
    return operation.graph.cast(operation.inputs[0], operation.dtype)


@rule("stop_gradient", "copy", "copy_p", "reduce_precision", "optimization_barrier")
def _as_it_is(operation: Operation) -> list[Value]:
    return list(operation.inputs)
