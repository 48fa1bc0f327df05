"""Every way in which one place of a JSON document is something else."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

JUNK = (
    *(None, True, -1, 0, 2.5, 1e308, float("nan"), float("inf"), 10**400, 10**9, "", "x", "../x"),
    *("\x1b[2J", [], [1], [None], [[1.0]], {}, {"a": 1}),
)
MAX_ITEMS = 3
"""So many items of a list are changed."""


def mutations(document: Any) -> Iterator[Any]:
    """Yield the document with one place replaced by each piece of junk, or left out."""
    for path in places(document):
        for junk in JUNK:
            yield mutated(document, path, junk)
        changed = copy.deepcopy(document)
        del holder(changed, path)[path[-1]]
        yield changed


def mutated(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return the document with another value at one place."""
    changed = copy.deepcopy(document)
    holder(changed, path)[path[-1]] = value
    return changed


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every place of a document: keys, and numbers of the first items."""
    if path:
        yield path
    keys: Any = ()
    if isinstance(value, dict):
        keys = value
    elif isinstance(value, list):
        keys = range(min(len(value), MAX_ITEMS))
    for key in keys:
        yield from places(value[key], (*path, key))


def holder(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        document = document[key]
    return document
