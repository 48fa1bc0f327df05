"""Programs of a network as functions of TensorFlow, with named tensors for their arguments.

Loads TensorFlow: it is only imported in a process of its own; see `seqtune.export.tensorflow`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow

from seqtune.export.arguments import arguments_of
from seqtune.export.calls import Call
from seqtune.runtime.onnx_network import key_of
from seqtune.runtime.program import function_of
from seqtune.runtime.trees import Leaf, describe, flatten, read_description, rebuild
from seqtune.tasks._exported import Exported

Array = npt.NDArray[Any]
Shapes = list[tuple[int, ...]]
Labels = list[tuple[int | str, ...]]

ROWS = "rows"
"""The axis of a batch."""

UNTRACED = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What layers raise that need to know how many steps there are."""


@dataclass(frozen=True)
class TensorflowProgram:
    """A program of a network.

    Args:
        model: The Keras model, on TensorFlow.
        exported: The program, with examples of its arguments.
        calls: What the run's network was asked.
    """

    model: Any
    exported: Exported
    calls: Sequence[Call]

    @property
    def name(self) -> str:
        """What it is called."""
        return key_of(self.exported.program)

    def example(self, which: int) -> tuple[Any, ...]:
        """Return arguments with the first or the second size of every axis."""
        sizes = self.exported.sizes
        return self.exported.arguments({name: pair[which] for name, pair in sizes.items()})

    @cached_property
    def dtypes(self) -> list[Any]:
        """The type of each array of the arguments."""
        return [tensorflow.as_dtype(array.dtype) for array in flatten(self.example(0))]

    @cached_property
    def axes(self) -> Labels:
        """The sizes and names of the axes of each array of the arguments."""
        return self._labels([[np.shape(each) for each in flatten(self.example(w))] for w in (0, 1)])

    @cached_property
    def inputs(self) -> Any:
        """The arguments, as `seqtune.runtime.trees.describe` describes them."""
        names = [name for each in arguments_of(self.exported) for name in each.arrays]
        return self._described(self.example(0), self.axes, names)

    def traced(self, sizes: Mapping[str, int | None]) -> Any:
        """Return a function of TensorFlow for some sizes, None for any size of an axis."""

        def shape(axes: tuple[int | str, ...]) -> list[int | None]:
            return [sizes[size] if isinstance(size, str) else size for size in axes]

        tree = read_description(self.inputs)
        leaves = flatten(tree)
        function = function_of(self.exported.program)

        def call(*tensors: Any) -> Any:
            named = dict(zip((leaf.name for leaf in leaves), tensors, strict=True))
            made = function(self.model, *rebuild(tree, named))
            return {f"o{place}": each for place, each in enumerate(flatten(made))}

        specs = [
            tensorflow.TensorSpec(shape(axes), dtype, name=leaf.name)
            for axes, dtype, leaf in zip(self.axes, self.dtypes, leaves, strict=True)
        ]
        return tensorflow.function(call, input_signature=specs)

    @cached_property
    def output_axes(self) -> Labels:
        """The sizes and names of the axes of each array that it gives."""
        return self._labels([[tuple(each.shape) for each in made] for made in self._results])

    @cached_property
    def outputs(self) -> Any:
        """What it gives: arrays by name, as `seqtune.runtime.trees.describe` describes them."""
        names = [f"o{place}" for place in range(len(self.output_axes))]
        leaves = [
            Leaf(name, axes, each.dtype.name)
            for name, axes, each in zip(names, self.output_axes, self._results[0], strict=True)
        ]
        return describe(dict(zip(names, leaves, strict=True)), leaves)

    @cached_property
    def _results(self) -> list[list[Any]]:
        """Symbolic results for both examples of arguments."""
        found = []
        for which in (0, 1):
            sizes = {name: pair[which] for name, pair in self.exported.sizes.items()}
            made = self.traced(sizes).get_concrete_function().structured_outputs
            found.append([made[f"o{place}"] for place in range(len(made))])
        return found

    def _labels(self, shapes: list[Shapes]) -> Labels:
        names = {pair: name for name, pair in self.exported.sizes.items()}
        return [
            tuple(
                one if one == two else names.get((one, two), f"size{one}_{two}")
                for one, two in zip(*pair, strict=True)
            )
            for pair in zip(*shapes, strict=True)
        ]

    def _described(self, tree: Any, axes: Labels, names: Sequence[str]) -> Any:
        arrays = flatten(tree)
        leaves = [
            Leaf(name, labels, str(array.dtype))
            for name, labels, array in zip(names, axes, arrays, strict=True)
        ]
        return describe(list(tree), leaves)

    @cached_property
    def open_sizes(self) -> dict[str, int | None]:
        """The sizes with which it can be traced: None for every axis, as far as layers allow it."""
        fixed = self.sizes_asked
        sizes: dict[str, int | None] = dict.fromkeys(fixed)
        for name in reversed(fixed):
            try:
                self.traced(sizes).get_concrete_function()
            except UNTRACED:
                sizes[name] = fixed[name]
            else:
                break
        return sizes

    @cached_property
    def sizes_asked(self) -> dict[str, int]:
        """The sizes of the largest call; the first size of an axis that no call had."""
        sizes = {name: pair[0] for name, pair in self.exported.sizes.items()}
        largest = max(self.calls, key=lambda call: sum(each.size for each in call.arguments))
        return sizes | self.sizes_of(largest)

    def sizes_of(self, call: Call) -> dict[str, int]:
        """Return how long each named axis is in a call."""
        return {
            name: size
            for axes, array in zip(self.axes, call.arguments, strict=True)
            for name, size in zip(axes, array.shape, strict=True)
            if isinstance(name, str)
        }
