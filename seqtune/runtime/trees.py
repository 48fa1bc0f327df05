"""Arguments and results of programs as trees of arrays: flattened, described in JSON, built again.

A tree is an array, or a list, a tuple or a dictionary of trees. The keys of a dictionary are sorted
and None is no leaf, as in JAX. In JSON, a tree is described by

    {"list": […]}                                                  a list or a tuple
    {"dict": {"name": …}}                                          a dictionary
    {"name": "a0", "shape": ["rows", 24], "dtype": "float32"}      an array
    null                                                           none, or one that is not read
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LIST, DICT = "list", "dict"

DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64"),
)
"""What arrays may be of."""

DEEPEST = 8
MOST_LEAVES = 1_000
MOST_AXES = 8


@dataclass(frozen=True)
class Leaf:
    """An array of a tree.

    Args:
        name: What it is called in a file, unique in its tree.
        shape: A size for each axis, or the name of an axis whose size varies.
        dtype: As NumPy names it.
    """

    name: str
    shape: tuple[int | str, ...]
    dtype: str


def flatten(tree: Any) -> list[Any]:
    """Return the arrays of a tree.

    Example:
        >>> flatten({"b": [1, None], "a": (2, {"c": 3})})
        [2, 3, 1]
    """
    if tree is None:
        return []
    if isinstance(tree, Mapping):
        return [leaf for key in sorted(tree) for leaf in flatten(tree[key])]
    if isinstance(tree, (list, tuple)):
        return [leaf for each in tree for leaf in flatten(each)]
    return [tree]


def describe(tree: Any, leaves: Iterable[Leaf | None]) -> Any:
    """Return the description of a tree, as JSON has it.

    Args:
        tree: Of arrays, or of anything in their place.
        leaves: What describes each of them, in the order of `flatten`; None for one that is not
            read.

    Raises:
        ValueError: There are more leaves than arrays, or fewer.

    Example:
        >>> describe([one, None], [Leaf("a0", ("rows", 3), "float32")])
        {'list': [{'name': 'a0', 'shape': ['rows', 3], 'dtype': 'float32'}, None]}
    """
    waiting = list(leaves)
    count = len(flatten(tree))
    if len(waiting) != count:
        raise ValueError(f"found {len(waiting)} leaves, expected one for each of {count} arrays")
    return _described(tree, iter(waiting))


def _described(tree: Any, leaves: Iterator[Leaf | None]) -> Any:
    if tree is None:
        return None
    if isinstance(tree, Mapping):
        return {DICT: {key: _described(tree[key], leaves) for key in sorted(tree)}}
    if isinstance(tree, (list, tuple)):
        return {LIST: [_described(each, leaves) for each in tree]}
    leaf = next(leaves)
    if leaf is None:
        return None
    return {"name": leaf.name, "shape": list(leaf.shape), "dtype": leaf.dtype}


def read_description(value: Any) -> Any:
    """Read what `describe` returned, from a file that may be a stranger's.

    Returns:
        A tree of `Leaf`, and of None where no array is read.

    Raises:
        ValueError: It describes no tree.
    """
    tree = _read(value, DEEPEST)
    names = [leaf.name for leaf in flatten(tree)]
    if len(names) > MOST_LEAVES:
        raise ValueError(f"found {len(names):,} arrays, expected at most {MOST_LEAVES:,}")
    if len(set(names)) < len(names):
        raise ValueError("two arrays have the same name")
    return tree


def _read(value: Any, depth: int) -> Any:
    if value is None:
        return None
    if not isinstance(value, dict) or not depth:
        raise ValueError(f"found {_short(value)}, expected a tree of arrays")
    if set(value) == {LIST} and isinstance(value[LIST], list):
        return [_read(each, depth - 1) for each in value[LIST]]
    if set(value) == {DICT} and isinstance(value[DICT], dict):
        return {key: _read(value[DICT][key], depth - 1) for key in sorted(value[DICT])}
    if set(value) != {"name", "shape", "dtype"}:
        raise ValueError(f"found {_short(value)}, expected name, shape and dtype of an array")
    name, shape, dtype = value["name"], value["shape"], value["dtype"]
    if not isinstance(shape, list) or len(shape) > MOST_AXES or not all(map(_is_axis, shape)):
        raise ValueError(f"found the shape {_short(shape)}, expected sizes and names of axes")
    if dtype not in DTYPES:
        raise ValueError(f"found the type {_short(dtype)}, expected one such as float32")
    if not isinstance(name, str) or not name:
        raise ValueError(f"found the name {_short(name)}, expected that of an array")
    return Leaf(name, tuple(shape), dtype)


def _is_axis(size: Any) -> bool:
    if isinstance(size, str):
        return size.isidentifier()
    return isinstance(size, int) and not isinstance(size, bool) and size >= 0


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def pairs(description: Any, tree: Any) -> Iterator[tuple[Leaf, Any]]:
    """Yield the arrays of a tree that its description has, each with its leaf.

    Args:
        description: Of a tree of this structure, as `read_description` returns it.
        tree: The arrays. What the description has no leaf for may be anything.

    Raises:
        ValueError: The tree has another structure.
    """
    if description is None:
        return
    if isinstance(description, Leaf):
        if tree is None or isinstance(tree, (list, tuple, Mapping)):
            raise ValueError(f"found {_kind(tree)}, expected the array {description.name}")
        yield description, tree
    elif isinstance(description, list):
        if not isinstance(tree, (list, tuple)) or len(tree) != len(description):
            raise ValueError(f"found {_kind(tree)}, expected a list of {len(description)}")
        for own, value in zip(description, tree, strict=True):
            yield from pairs(own, value)
    else:
        if not isinstance(tree, Mapping) or set(tree) != set(description):
            raise ValueError(f"found {_kind(tree)}, expected {_kind(description)}")
        for key, own in description.items():
            yield from pairs(own, tree[key])


def _kind(tree: Any) -> str:
    if isinstance(tree, Mapping):
        return f"a dictionary of {', '.join(sorted(map(str, tree))) or 'nothing'}"
    if isinstance(tree, (list, tuple)):
        return f"a list of {len(tree)}"
    return "nothing" if tree is None else "an array"


def rebuild(description: Any, arrays: Mapping[str, Any]) -> Any:
    """Return the tree that a description is of, tuples as lists.

    Args:
        description: As `read_description` returns it.
        arrays: By the names of the leaves.

    Example:
        >>> rebuild([Leaf("a0", (), "float32"), None], {"a0": 5})
        [5, None]
    """
    if isinstance(description, list):
        return [rebuild(each, arrays) for each in description]
    if isinstance(description, dict):
        return {key: rebuild(each, arrays) for key, each in description.items()}
    return None if description is None else arrays[description.name]
