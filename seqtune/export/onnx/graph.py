"""A graph of ONNX nodes while it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from seqtune.export.onnx.values import ONE, Shape, Size, Uneven, Value, same_in_both

LARGEST = np.iinfo(np.int64).max

FARTHEST = 64
"""So much larger or smaller than a size that is known may be one that is not."""


class Graph:
    """Nodes in the order in which they run.

    Args:
        parent: The graph in one of whose nodes this one stands; what that has can be used here.

    Example:
        >>> graph = Graph()
        >>> x = graph.input("x", ((3, 5), (24, 24)), np.dtype("float32"))
        >>> y = graph.value("Tanh", [x], x.shape, x.dtype)
    """

    def __init__(self, parent: Graph | None = None) -> None:
        self.parent = parent
        self.nodes: list[Any] = []
        self.inputs: list[Any] = []
        self.initializers: list[Any] = []
        self._root: Graph = self if parent is None else parent._root
        self._sizes: dict[Size, tuple[str, int]] = {}
        self._found: dict[Size, str] = {}
        self._repeated: dict[tuple[str, Shape], str] = {}
        if parent is None:
            self._names = 0
            self._constants: dict[tuple[bytes, Any, str], str] = {}

    # names and nodes

    def new_name(self, what: str) -> str:
        """Return a name that nothing else has."""
        self._root._names += 1
        return f"{what}_{self._root._names}"

    def input(
        self, name: str, shape: Shape, dtype: np.dtype[Any], axes: Sequence[Any] = ()
    ) -> Value:
        """Add an input.

        Args:
            name: Its name.
            shape: Its sizes.
            dtype: Its type.
            axes: Names of its axes, in the file alone.
        """
        from onnx import helper

        named = list(axes) or [
            size[0] if size[0] == size[1] else self.new_name("size") for size in shape
        ]
        kind = helper.np_dtype_to_tensor_dtype(dtype)
        self.inputs.append(helper.make_tensor_value_info(name, kind, named))
        self.learn(name, shape)
        return Value(name, shape, shape, dtype)

    def add(self, kind: str, inputs: Sequence[str], count: int = 1, **attributes: Any) -> list[str]:
        """Add a node, and return the names of what it gives."""
        from onnx import helper

        names = [self.new_name(kind.lower()) for _ in range(count)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def value(
        self,
        kind: str,
        inputs: Sequence[Value | str],
        shape: Shape,
        dtype: Any,
        held: Shape | None = None,
        **attributes: Any,
    ) -> Value:
        """Add a node that gives one tensor, and return it.

        Args:
            kind: Its operation.
            inputs: Tensors as they are held, or names.
            shape: Of what it gives.
            dtype: Of what it gives.
            held: Of what it gives, as the graph has it; `shape` if None.
            attributes: Of the operation.
        """
        names = [each if isinstance(each, str) else each.name for each in inputs]
        name = self.add(kind, names, **attributes)[0]
        held = shape if held is None else held
        self.learn(name, held)
        return Value(name, shape, held, np.dtype(dtype))

    def constant(self, array: Any) -> Value:
        """Return a tensor of values that are known, kept once however often it is asked for."""
        from onnx import numpy_helper

        array = np.asarray(array)
        array = np.ascontiguousarray(array).reshape(array.shape)
        root, key = self._root, (array.tobytes(), array.shape, array.dtype.str)
        if key not in root._constants:
            name = root._constants[key] = self.new_name("constant")
            root.initializers.append(numpy_helper.from_array(array, name))
        shape = tuple((size, size) for size in array.shape)
        return Value(root._constants[key], shape, shape, array.dtype, array)

    def numbers(self, *numbers: int) -> str:
        """Return the name of a tensor (numbers,) of whole numbers."""
        return self.constant(np.array(numbers, np.int64)).name

    # sizes

    def learn(self, name: str, shape: Shape) -> None:
        """Remember where sizes that vary can be read."""
        for axis, size in enumerate(shape):
            if size[0] != size[1] and self._place(size) is None:
                self._sizes[size] = (name, axis)

    def _place(self, size: Size) -> tuple[Graph, str, int] | None:
        """Return the graph that knows a size, and the tensor and axis that have it."""
        if size in self._sizes:
            return (self, *self._sizes[size])
        return None if self.parent is None else self.parent._place(size)

    def _known(self) -> Iterator[Size]:
        yield from self._sizes
        if self.parent is not None:
            yield from self.parent._known()

    def size(self, size: Size) -> str:
        """Return the name of a tensor (1,) that holds a size.

        Raises:
            Uneven: It cannot be worked out from the sizes of the inputs.
        """
        if size[0] == size[1]:
            return self.numbers(size[0])
        place = self._place(size)
        if place is None:
            self._found[size] = self._found.get(size) or self._worked_out(size)
            return self._found[size]
        owner, name, axis = place
        if size not in owner._found:
            owner._found[size] = owner.add("Shape", [name], start=axis, end=axis + 1)[0]
        return owner._found[size]

    def _worked_out(self, size: Size) -> str:
        known = list(dict.fromkeys(self._known()))
        for other in sorted(known, key=lambda each: abs(size[0] - each[0])):
            more = size[0] - other[0]
            if more == size[1] - other[1] and abs(more) <= FARTHEST:
                return self.add("Add", [self.size(other), self.numbers(more)])[0]
        for other in known:
            times = size[0] // other[0] if other[0] else 0
            if times > 1 and (other[0] * times, other[1] * times) == size:
                return self.add("Mul", [self.size(other), self.numbers(times)])[0]
            parts = other[0] // size[0] if size[0] else 0
            if parts > 1 and (size[0] * parts, size[1] * parts) == other:
                return self.add("Div", [self.size(other), self.numbers(parts)])[0]
        for one in known:
            for two in known:
                if (one[0] * two[0], one[1] * two[1]) == size:
                    return self.add("Mul", [self.size(one), self.size(two)])[0]
        raise Uneven(
            f"a size of this network ({size[0]} in one case, {size[1]} in another) does not follow "
            "from its inputs"
        )

    def sizes(self, shape: Shape) -> str:
        """Return the name of a tensor (axes,) that holds a shape."""
        if same_in_both(shape):
            return self.numbers(*(size[0] for size in shape))
        return self.add("Concat", [self.size(size) for size in shape], axis=0)[0]

    def whole(self, value: Value) -> Value:
        """Return a tensor with every axis repeated as the program has it."""
        if value.held == value.shape:
            return value
        if value.constant is not None and same_in_both(value.shape):
            wanted = tuple(size for size, _ in value.shape)
            return self.constant(np.broadcast_to(value.constant, wanted))
        key = (value.name, value.shape)
        if key not in self._repeated:
            self._repeated[key] = self.add("Expand", [value.name, self.sizes(value.shape)])[0]
        self.learn(self._repeated[key], value.shape)
        return replace(value, name=self._repeated[key], held=value.shape, constant=None)

    def transposed(self, value: Value, axes: Sequence[int]) -> Value:
        """Return a tensor with its axes in another order."""
        axes = tuple(axes)
        if axes == tuple(range(len(axes))):
            return value
        shape = tuple(value.shape[axis] for axis in axes)
        held = tuple(value.held[axis] for axis in axes)
        if value.constant is not None:
            return replace(self.constant(value.constant.transpose(axes)), shape=shape, held=held)
        return self.value("Transpose", [value], shape, value.dtype, held, perm=list(axes))

    def unsqueezed(self, value: Value, axes: Sequence[int]) -> Value:
        """Return a tensor with new axes of one."""
        if not axes:
            return value
        shape, held = list(value.shape), list(value.held)
        for axis in sorted(axes):
            shape.insert(axis, ONE)
            held.insert(axis, ONE)
        if value.constant is not None:
            array = np.expand_dims(value.constant, tuple(axes))
            return replace(self.constant(array), shape=tuple(shape), held=tuple(held))
        names = [value.name, self.numbers(*axes)]
        return self.value("Unsqueeze", names, tuple(shape), value.dtype, tuple(held))

    def squeezed(self, value: Value, axes: Sequence[int]) -> Value:
        """Return a tensor without some axes of one."""
        if not axes:
            return value
        shape = tuple(size for axis, size in enumerate(value.shape) if axis not in axes)
        held = tuple(size for axis, size in enumerate(value.held) if axis not in axes)
        if value.constant is not None:
            array = np.squeeze(value.constant, tuple(axes))
            return replace(self.constant(array), shape=shape, held=held)
        names = [value.name, self.numbers(*axes)]
        return self.value("Squeeze", names, shape, value.dtype, held)

    def reshaped(self, value: Value, shape: Shape) -> Value:
        """Return the values of a tensor, row by row, in another shape."""
        value = self.whole(value)
        if value.shape == shape:
            return value
        if value.constant is not None and same_in_both(shape):
            return self.constant(value.constant.reshape([size for size, _ in shape]))
        varying = [axis for axis, size in enumerate(shape) if size[0] != size[1]]
        fixed = [-1 if axis in varying else size for axis, (size, _) in enumerate(shape)]
        wanted = self.numbers(*fixed) if len(varying) == 1 else self.sizes(shape)
        return self.value("Reshape", [value, wanted], shape, value.dtype)

    def cast(self, value: Value, dtype: Any) -> Value:
        """Return a tensor in another type."""
        from onnx import helper

        dtype = np.dtype(dtype)
        if value.dtype == dtype:
            return value
        if value.constant is not None:
            made = self.constant(value.constant.astype(dtype))
            return replace(made, shape=value.shape, held=value.held)
        kind = helper.np_dtype_to_tensor_dtype(dtype)
        return self.value("Cast", [value], value.shape, dtype, value.held, to=kind)

    def cut(
        self,
        value: Value,
        shape: Shape,
        axis: int,
        begin: Size,
        end: Size,
        step: int = 1,
    ) -> Value:
        """Return every `step`-th place of an axis from `begin` to before `end`.

        Args:
            value: What is cut.
            shape: Of what is left.
            axis: The axis.
            begin: The first place.
            end: The place behind the last.
            step: Places between two that are kept.
        """
        size = value.shape[axis]
        last = LARGEST if end == size else self._from_end(end, size)
        places = [
            self.size(place) if isinstance(place, tuple) else self.numbers(place)
            for place in (self._from_end(begin, size), last)
        ]
        inputs: list[Value | str] = [value, *places, self.numbers(axis), self.numbers(step)]
        return self.value("Slice", inputs, shape, value.dtype)

    def _from_end(self, place: Size, size: Size) -> int | Size:
        """Return a place that varies as one that is counted from the end, if that does not."""
        if place[0] == place[1]:
            return place[0]
        before = place[0] - size[0]
        return before if before == place[1] - size[1] and before < 0 else place

    def turned(self, value: Value, axis: int) -> Value:
        """Return a tensor with an axis from the last place to the first."""
        numbers = [self.numbers(each) for each in (-1, -LARGEST, axis, -1)]
        return self.value("Slice", [value, *numbers], value.shape, value.dtype)
