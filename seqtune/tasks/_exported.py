"""What an export converts of a network: programs, and examples of what they are run on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqtune.runtime.program import PREDICT, Program

Sizes = Mapping[str, int]

AXES = ("rows", "steps")
"""What the first axes of an input are called where their sizes are open."""

EXAMPLES: dict[str, tuple[int, int]] = {"rows": (3, 44), "steps": (17, 28)}
"""Two sizes of each axis; see `Exported.sizes`."""


@dataclass(frozen=True)
class Exported:
    """A program that predicting runs.

    Args:
        program: Which.
        arguments: From the sizes of the named axes to arguments of these sizes; only their shapes
            and types count.
        sizes: By the name of an axis, two different sizes that it may have, the number of rows
            first. An axis that has no name is as long as in the arguments. No two axes grow by as
            much from the first size to the second, which is how sizes are told apart. Rows grow by
            most, so that no part of the steps is taken for them; and steps grow by 11, 13, 17 or
            19, so that their remainders by 2 … 10 differ, too.

    Raises:
        ValueError: Two axes grow by as much, or the first does not grow by most.

    Example:
        >>> Exported(PREDICT, lambda sizes: (np.zeros((sizes["rows"], 24, 1)),), {"rows": (3, 5)})
    """

    program: Program
    arguments: Callable[[Sizes], tuple[Any, ...]]
    sizes: Mapping[str, tuple[int, int]]

    def __post_init__(self) -> None:
        growths = [second - first for first, second in self.sizes.values()]
        if len(set(growths)) < len(growths) or 0 in growths:
            raise ValueError(f"found {dict(self.sizes)}, expected no two axes to grow by as much")
        if growths and max(growths) != growths[0]:
            raise ValueError(f"found {dict(self.sizes)}, expected the first axis to grow by most")


def predict_alone(model: Any) -> Exported:
    """Return the program of a network that only takes batches, with the open axes of its inputs.

    Args:
        model: A Keras model of one input, or of a dictionary of inputs.

    Raises:
        ValueError: An axis behind the second one is open.
    """
    inputs = model.input
    tensors = [*inputs.values()] if isinstance(inputs, Mapping) else [inputs]
    shapes = [tuple(each.shape) for each in tensors]
    if any(None in shape[len(AXES) :] for shape in shapes):
        raise ValueError(f"found inputs of {shapes}, expected sizes behind the first two axes")
    found = [
        name
        for axis, name in enumerate(AXES)
        if any(shape[axis : axis + 1] == (None,) for shape in shapes)
    ]

    def arguments(sizes: Sizes) -> tuple[Any, ...]:
        if isinstance(inputs, Mapping):
            return ({name: example(each, sizes) for name, each in inputs.items()},)
        return (example(inputs, sizes),)

    return Exported(PREDICT, arguments, {name: EXAMPLES[name] for name in found})


def example(tensor: Any, sizes: Sizes) -> Any:
    """Return an array like a symbolic input, its open axes as long as `sizes` says.

    Args:
        tensor: What Keras has for an input.
        sizes: By the name of the axis; see `AXES`.
    """
    known = [*tensor.shape]
    shape = [size if size is not None else sizes[AXES[axis]] for axis, size in enumerate(known)]
    return np.zeros(shape, tensor.dtype)
