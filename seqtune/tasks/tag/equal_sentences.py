"""Equal sentences stay in one part: of those in training the tags are known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

from seqtune.progress import Listener, Note
from seqtune.tasks.tag.sequences import Rows, Sequences

MIN_DIFFERENT = 20
"""Fewer different sequences, or groups, are not kept together: parts could lack tags."""


def keep_together(sequences: Sequences, listener: Listener) -> Rows:
    """Return the unit of each sequence: equal ones, and those of one group, are in one.

    Args:
        sequences: All, with their tags.
        listener: Hears how many are equal, and how many of these are tagged in several ways.

    Returns:
        (sequences,) int64 numbers of units, from 0 on.
    """
    number = numbers_of_equal(sequences)
    own = np.arange(len(sequences)) if sequences.groups is None else sequences.groups
    own = np.unique(own, return_inverse=True)[1].astype(np.int64)
    count = np.bincount(number)
    equal = int((count[number] > 1).sum())
    if not equal:
        return own
    torn = _tagged_in_several_ways(sequences, number)
    more = f"; {torn:,} of them have other tags" if torn else ""
    units = joined(number, own)
    what = "sentences" if sequences.values is None else "series"
    said = f"{equal:,} of {len(sequences):,} {what} are equal to another one"
    if len(np.unique(units)) < MIN_DIFFERENT:
        listener(Note(f"{said}: too few differ to keep equal ones in one part{more}"))
        return own
    listener(Note(f"{said}: equal ones stay in one part{more}"))
    return units


def numbers_of_equal(sequences: Sequences) -> Rows:
    """Return a number for each sequence, (sequences,), the same for equal tokens or values."""
    known: dict[object, int] = {}
    bounds = sequences.offsets.tolist()
    found = []
    for begin, end in pairwise(bounds):
        key: object
        if sequences.values is None:
            key = tuple(sequences.tokens[begin:end])
        else:
            key = np.ascontiguousarray(sequences.values[begin:end]).tobytes()
        found.append(known.setdefault(key, len(known)))
    return np.array(found, np.int64)


def _tagged_in_several_ways(sequences: Sequences, number: Rows) -> int:
    """Return how many sequences are equal to one that has other tags."""
    bounds = sequences.offsets.tolist()
    ways: dict[int, set[tuple[str, ...]]] = {}
    for begin, end, each in zip(bounds[:-1], bounds[1:], number.tolist(), strict=True):
        ways.setdefault(each, set()).add(tuple(sequences.tags[begin:end]))
    several = [each for each, found in ways.items() if len(found) > 1]
    return int(np.isin(number, several).sum())


def joined(one: Rows, other: Rows) -> Rows:
    """Return units in which sequences are together that are so in either of two groupings.

    Example:
        >>> joined(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 2])).tolist()
        [0, 0, 0, 1]
    """
    first = int(one.max()) + 1
    size = first + int(other.max()) + 1
    links = coo_array((np.ones(len(one), np.int8), (one, first + other)), shape=(size, size))
    found = connected_components(links, directed=False)[1][one]
    return np.unique(found, return_inverse=True)[1].astype(np.int64)
