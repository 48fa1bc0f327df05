"""What flows through a graph of ONNX nodes: tensors, and sizes that may vary.

A size may vary from call to call. A program is traced with two sizes for each such axis, and a
size of a value is the pair of both: (24, 24) never varies, (3, 5) does, and (2, 4) is one less
than that. What varies is read off a tensor that has it when the graph runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.errors import ExportError

Array = npt.NDArray[Any]

Size = tuple[int, int]
"""A size in both traces."""

Shape = tuple[Size, ...]

ONE: Size = (1, 1)


class Uneven(ExportError):
    """Two traces of different sizes do not compute the same."""


def same_in_both(shape: Iterable[Size]) -> bool:
    """Say whether no size of a shape varies."""
    return all(first == second for first, second in shape)


def shape_of(*arrays: Any) -> Shape:
    """Return the shape of what two traces have, as pairs of sizes."""
    first, second = (tuple(map(int, each.shape)) for each in arrays)
    return tuple(zip(first, second, strict=True))


@dataclass(frozen=True)
class Value:
    """A tensor of the graph.

    Args:
        name: Its name in the graph.
        shape: As the program has it.
        held: As the graph has it: 1 on an axis along which all values are the same and that need
            not be repeated, since whatever is done to them elementwise repeats them.
        dtype: Its type.
        constant: Its values, where they do not hang on the inputs.
    """

    name: str
    shape: Shape
    held: Shape
    dtype: np.dtype[Any]
    constant: Array | None = None
