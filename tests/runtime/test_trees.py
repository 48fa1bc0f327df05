"""Trees of arrays: flattened as JAX does, described in JSON, matched again, and rebuilt."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from seqtune.runtime.trees import (
    DEEPEST,
    MOST_AXES,
    MOST_LEAVES,
    Leaf,
    describe,
    flatten,
    pairs,
    read_description,
    rebuild,
)

TREE = {"b": [1, None, (2,)], "a": (3, {"d": 4, "c": []}), "e": {}}
A0 = {"name": "a0", "shape": ["rows", 24, 1], "dtype": "float32"}


def leaf(name: str) -> Leaf:
    return Leaf(name, ("rows", 3), "int32")


def test_keys_are_sorted_and_none_is_no_leaf() -> None:
    assert flatten(TREE) == [3, 4, 1, 2]
    assert flatten(None) == flatten([]) == flatten({"a": ()}) == []
    assert flatten(7) == [7]


def test_leaves_come_in_the_order_of_jax() -> None:
    jax: Any = pytest.importorskip("jax")
    assert flatten(TREE) == jax.tree.leaves(TREE)


def test_a_description_is_json_and_builds_the_tree_again() -> None:
    names = "wxyz"
    described = describe(TREE, map(leaf, names))
    opened = read_description(json.loads(json.dumps(described)))
    assert flatten(opened) == [leaf(name) for name in names]
    arrays = dict(zip(names, flatten(TREE), strict=True))
    assert rebuild(opened, arrays) == {"a": [3, {"c": [], "d": 4}], "b": [1, None, [2]], "e": {}}
    assert [(each.name, value) for each, value in pairs(opened, TREE)] == [*arrays.items()]


def test_a_single_array_is_a_tree() -> None:
    described = describe(np.ones(3), [Leaf("a0", ("rows", 24, 1), "float32")])
    assert described == A0
    opened = read_description(described)
    assert rebuild(opened, {"a0": 5}) == 5
    assert [*pairs(opened, 5)] == [(opened, 5)]


def test_an_array_that_is_not_read_may_be_anything() -> None:
    described = describe([1, [2, 3]], [leaf("x"), None, leaf("y")])
    opened = read_description(described)
    assert [value for _, value in pairs(opened, [1, ["anything", 3]])] == [1, 3]
    assert [value for _, value in pairs(opened, [1, [None, 3]])] == [1, 3]


def test_every_array_needs_a_leaf() -> None:
    for leaves in ([], [leaf("x")], [leaf("x")] * 3):
        with pytest.raises(ValueError, match=rf"found {len(leaves)} leaves, .* each of 2 arrays"):
            describe([1, 2], leaves)


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ([1], "found a list of 1, expected a list of 2"),
        ({"a": 1}, "found a dictionary of a, expected a list of 2"),
        (None, "found nothing, expected a list of 2"),
        ([1, [2]], "found a list of 1, expected a dictionary of k"),
        ([1, {"k": 2, "l": 3}], "found a dictionary of k, l, expected a dictionary of k"),
        ([None, {"k": 2}], "found nothing, expected the array x"),
        ([[1], {"k": 2}], "found a list of 1, expected the array x"),
    ],
)
def test_arguments_of_another_structure_are_refused(tree: Any, said: str) -> None:
    opened = read_description(describe([1, {"k": 2}], [leaf("x"), leaf("y")]))
    with pytest.raises(ValueError, match=said):
        [*pairs(opened, tree)]


def deep(levels: int) -> Any:
    return {"list": [deep(levels - 1)]} if levels else A0


def test_a_description_is_as_deep_and_as_wide_as_a_program_needs() -> None:
    assert flatten(read_description(deep(DEEPEST - 1)))
    with pytest.raises(ValueError, match="expected a tree of arrays"):
        read_description(deep(DEEPEST))
    many = [{**A0, "name": str(number)} for number in range(MOST_LEAVES + 1)]
    assert flatten(read_description({"list": many[1:]}))
    with pytest.raises(ValueError, match="found 1,001 arrays, expected at most 1,000"):
        read_description({"list": many})


@pytest.mark.parametrize(
    "value",
    [
        7, "a0", True, [A0], {}, {"list": 3}, {"dict": [A0]}, {"list": [], "dict": {}},
        {"list": [7]}, {"name": "a0"}, {**A0, "more": 1}, {**A0, "name": ""}, {**A0, "name": 3},
        {**A0, "dtype": "object"}, {**A0, "dtype": []}, {**A0, "dtype": 3},
        {**A0, "dtype": "float99"}, {**A0, "shape": 3}, {**A0, "shape": [-1]},
        {**A0, "shape": [True]}, {**A0, "shape": [1.5]},
        {**A0, "shape": [None]}, {**A0, "shape": ["no name"]}, {**A0, "shape": [""]},
        {**A0, "shape": [1] * (MOST_AXES + 1)}, {"list": [A0, A0]},
    ],
    ids=lambda value: json.dumps(value)[:40],
)  # fmt: skip
def test_what_describes_no_tree_is_refused_in_a_line(value: Any) -> None:
    with pytest.raises(ValueError, match=r"found|same name") as refused:
        read_description(value)
    assert len(str(refused.value)) < 200 and "\n" not in str(refused.value)


def test_a_huge_value_is_not_repeated() -> None:
    with pytest.raises(ValueError, match=r"found .{60}, expected"):
        read_description("x" * 100_000)


NUMBERS: list[Callable[[], Any]] = [lambda: np.float32(1), lambda: np.ones((2, 3)), lambda: 1.5]


@pytest.mark.parametrize("make", NUMBERS)
def test_whatever_is_no_container_is_an_array(make: Callable[[], Any]) -> None:
    assert len(flatten([make(), make()])) == 2
