"""Reading a program of JAX operation by operation, in two traces side by side.

Both traces have the same operations; only sizes differ. Where the operations differ, a size decides
what is computed, and no graph of one size can say what another would be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from seqtune.errors import ExportError
from seqtune.export.onnx.graph import Graph
from seqtune.export.onnx.values import ONE, Shape, Uneven, Value, same_in_both, shape_of

Rule = Callable[["Operation"], "Value | list[Value]"]

RULES: dict[str, Rule] = {}
"""What writes each operation of JAX, by its name."""

FUNCTION = "function {}"
"""What a function of JAX is called here that has a form of its own."""

FAMILIES = ("elementwise", "shapes", "products", "reductions", "indexing", "loops", "recurrences")
"""Modules whose rules these are."""

MOST_FOLDED = 2**24
"""Values of a constant that is computed while the graph is written, at most."""


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Register what writes operations of these names."""

    def register(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(names, function))
        return function

    return register


@dataclass(frozen=True)
class Operation:
    """An operation of a program, in both traces.

    Args:
        name: Its name in JAX.
        graph: Where it is written.
        inputs: What it reads.
        shapes: Of what it gives.
        dtypes: Of what it gives.
        params: Its parameters in both traces.
    """

    name: str
    graph: Graph
    inputs: list[Value]
    shapes: list[Shape]
    dtypes: list[np.dtype[Any]]
    params: tuple[Mapping[str, Any], Mapping[str, Any]]

    @property
    def shape(self) -> Shape:
        """Shape of its one output."""
        return self.shapes[0]

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of its one output."""
        return self.dtypes[0]

    def both(self, name: str) -> tuple[Any, Any]:
        """Return a parameter in both traces."""
        return self.params[0][name], self.params[1][name]

    def same(self, name: str) -> Any:
        """Return a parameter that no size changes.

        Raises:
            Uneven: It differs.
        """
        first, second = self.both(name)
        if first != second:
            raise Uneven(f"{self.name}: {name} depends on a size")
        return first

    def unknown(self, why: str) -> ExportError:
        """Return the error that it cannot be written."""
        return ExportError(f"the operation {self.name!r} of this network has no ONNX form: {why}")


def write(graph: Graph, closed: tuple[Any, Any], arguments: Sequence[Value]) -> list[Value]:
    """Write a program, and return what it gives.

    Args:
        graph: Where it is written.
        closed: The program as JAX has it (a closed jaxpr), in both traces.
        arguments: What it reads.

    Raises:
        ExportError: An operation has no ONNX form.
        Uneven: The traces differ in more than sizes.
    """
    if not RULES:
        for family in FAMILIES:
            import_module(f"seqtune.export.onnx.rules.{family}")
    constants = [_constant(graph, *pair) for pair in zip(*(each.consts for each in closed),
                                                         strict=True)]  # fmt: skip
    return write_open(graph, (closed[0].jaxpr, closed[1].jaxpr), [*constants, *arguments])


def write_open(graph: Graph, programs: tuple[Any, Any], values: Sequence[Value]) -> list[Value]:
    """Write a program whose constants are given, too (an open jaxpr); see `write`.

    Args:
        graph: Where it is written.
        programs: The program in both traces.
        values: Its constants, then its arguments.
    """
    first, second = programs
    known = dict(zip([*first.constvars, *first.invars], values, strict=True))
    if len(first.eqns) != len(second.eqns):
        raise Uneven("the number of operations depends on a size")

    def read(atoms: Sequence[Any], others: Sequence[Any]) -> list[Value]:
        return [
            _number(graph, one, two) if hasattr(one, "val") else known[one]
            for one, two in zip(atoms, others, strict=True)
        ]

    for one, two in zip(first.eqns, second.eqns, strict=True):
        if one.primitive.name != two.primitive.name:
            raise Uneven(f"{one.primitive.name} or {two.primitive.name}, depending on a size")
        made = _write_one(graph, one, two, read(one.invars, two.invars))
        known.update(zip(one.outvars, made, strict=True))
    return read(first.outvars, second.outvars)


def _number(graph: Graph, one: Any, two: Any) -> Value:
    """Return a number in a program; one that is a size may vary."""
    first, second = one.val, getattr(two, "val", None)
    if second is not None and np.array_equal(first, second, equal_nan=np.ndim(first) == 0):
        return graph.constant(np.asarray(first, one.aval.dtype))
    if (
        second is None
        or np.ndim(first)
        or any(not np.isfinite(each) or int(each) != each for each in (first, second))
    ):
        raise Uneven("a number depends on a size")
    size: Shape = ((int(first), int(second)),)
    found = Value(graph.size(size[0]), (ONE,), (ONE,), np.dtype(np.int64))
    return graph.cast(graph.squeezed(found, [0]), one.aval.dtype)


def _constant(graph: Graph, first: Any, second: Any) -> Value:
    one, two = np.asarray(first), np.asarray(second)
    if one.shape != two.shape or not np.array_equal(one, two, equal_nan=one.dtype.kind == "f"):
        raise Uneven("a constant depends on a size")
    return graph.constant(one)


def _write_one(graph: Graph, one: Any, two: Any, inputs: list[Value]) -> list[Value]:
    outputs = list(zip(one.outvars, two.outvars, strict=True))
    shapes = [shape_of(*(each.aval for each in pair)) for pair in outputs]
    dtypes = [np.dtype(each.aval.dtype) for each in one.outvars]
    name, inner = one.primitive.name, (_inner(one), _inner(two))
    if inner[0] is not None and FUNCTION.format(one.params.get("name")) in RULES:
        name = FUNCTION.format(one.params["name"])
    if inner[0] is not None and name not in RULES:
        if hasattr(inner[0], "consts"):
            return write(graph, inner, inputs)
        return write_open(graph, inner, inputs)
    folded = _folded(graph, one, two, inputs, shapes)
    if folded is not None:
        return folded
    if name not in RULES:
        raise ExportError(f"the operation {name!r} of this network has no ONNX form here")
    made = RULES[name](Operation(name, graph, inputs, shapes, dtypes, (one.params, two.params)))
    return made if isinstance(made, list) else [made]


def _inner(equation: Any) -> Any:
    """Return the program that an operation is another name of."""
    for name in ("jaxpr", "call_jaxpr", "fun_jaxpr"):
        if name in equation.params:
            return equation.params[name]
    return None


def _folded(
    graph: Graph, one: Any, two: Any, inputs: list[Value], shapes: list[Shape]
) -> list[Value] | None:
    """Compute an operation on constants now, where no size changes it."""
    if any(each.constant is None for each in inputs) or not all(map(same_in_both, shapes)):
        return None
    if one.primitive.multiple_results and "jaxpr" in one.params:
        return None
    if any(np.prod([size for size, _ in shape]) > MOST_FOLDED for shape in shapes):
        return None
    if any(each.held != each.shape and not same_in_both(each.shape) for each in inputs):
        return None
    if {k: v for k, v in one.params.items() if not callable(v)} != {
        k: v for k, v in two.params.items() if not callable(v)
    }:
        return None
    given = [
        np.broadcast_to(each.constant, [size for size, _ in each.shape])  # type: ignore[arg-type]
        for each in inputs
    ]
    made = one.primitive.bind(*map(np.asarray, given), **one.params)
    return [graph.constant(np.asarray(each)) for each in
            (made if one.primitive.multiple_results else [made])]  # fmt: skip
