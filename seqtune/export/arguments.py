"""What the arguments of a program are called where its arrays have names."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seqtune.runtime.program import function_of
from seqtune.runtime.trees import flatten
from seqtune.tasks._exported import Exported


@dataclass(frozen=True)
class Argument:
    """An argument of a program.

    Args:
        name: Of the parameter.
        tree: An example of what it is given.
        arrays: A name for each of its arrays, in the order of `seqtune.runtime.trees.flatten`.
    """

    name: str
    tree: Any
    arrays: tuple[str, ...]


def arguments_of(exported: Exported) -> list[Argument]:
    """Return the arguments of a program; all names of their arrays differ.

    An array is called as its key in a dictionary, or as the parameter.

    Args:
        exported: The program, with examples of its arguments.
    """
    names = [*inspect.signature(function_of(exported.program)).parameters][1:]
    trees = exported.arguments({name: pair[0] for name, pair in exported.sizes.items()})
    found, taken = [], set[str]()
    for name, tree in zip(names, trees, strict=False):
        if isinstance(tree, Mapping):
            arrays = [str(key) for key in sorted(tree)]
        elif isinstance(tree, (list, tuple)):
            arrays = [f"{name}_{place}" for place in range(len(flatten(tree)))]
        else:
            arrays = [name]
        arrays = [each if each not in taken else f"{name}_{each}" for each in arrays]
        taken |= {*arrays}
        found.append(Argument(name, tree, tuple(arrays)))
    return found
