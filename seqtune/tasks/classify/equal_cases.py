"""Equal cases stay on one side of a split: of those in training the answer is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

from seqtune.progress import Listener, Note
from seqtune.tasks.classify.cases import Cases

Ints = npt.NDArray[np.int64]

MIN_DIFFERENT = 50
"""Fewer different cases, or groups, are not kept together: parts could lack classes."""


def keep_together(cases: Cases, listener: Listener) -> Ints | None:
    """Return the group of each case, equal cases in one group, and say how many are equal.

    Groups that share a case are one.

    Args:
        cases: All cases, with their labels.
        listener: Hears how many cases are equal to another, and how many of these have other
            labels.

    Returns:
        (cases,) numbers of groups; None where there are no groups and all cases differ.
    """
    number = numbers_of_equal(cases)
    count = np.bincount(number)
    equal = int((count[number] > 1).sum())
    if not equal:
        return cases.groups
    labels = np.unique(np.array(cases.labels, dtype=object).astype(str), return_inverse=True)[1]
    pairs = np.unique(np.column_stack([number, labels]), axis=0)[:, 0]
    torn = int((np.bincount(pairs, minlength=len(count))[number] > 1).sum())
    more = f"; {torn} of them have different labels" if torn else ""
    groups = number if cases.groups is None else joined(number, cases.groups)
    what = f"{equal:,} of {len(cases):,} cases are equal to another one"
    if len(np.unique(groups)) < MIN_DIFFERENT:
        listener(Note(f"{what}: too few differ to keep equal ones in one part{more}"))
        return cases.groups
    listener(Note(f"{what}: equal cases stay in one part{more}"))
    return groups


def numbers_of_equal(cases: Cases) -> Ints:
    """Return a number for each case, (cases,), the same for equal ones.

    Texts are equal but for blanks around and between their words; series in every value.
    """
    keys: list[str] | list[bytes]
    if cases.series is None:
        keys = [" ".join(text.split()) for text in cases.texts]
    else:
        every = cases.series.select(np.arange(len(cases)))
        keys = [np.ascontiguousarray(each).tobytes() for each in every]
    known: dict[str | bytes, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], np.int64)


def joined(one: Ints, other: Ints) -> Ints:
    """Return groups, (cases,), in which cases are together that are so in either of two groupings.

    Example:
        >>> joined(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 2])).tolist()
        [0, 0, 0, 1]
    """
    groups = np.unique(other, return_inverse=True)[1]
    first = int(one.max()) + 1
    size = first + int(groups.max()) + 1
    links = coo_array((np.ones(len(one), np.int8), (one, first + groups)), shape=(size, size))
    found = connected_components(links, directed=False)[1][one]
    return np.unique(found, return_inverse=True)[1].astype(np.int64)
