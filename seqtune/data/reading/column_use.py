"""Which columns are no measurements: counters, ids, constants, places, parts of a date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from seqtune.data.reading import column_names as called

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source

FEW = 10
"""Of fewer rows nothing is said."""

FIRST = 2_000
"""Of a longer column so many rows are looked at first."""

EVEN = 0.05
"""Steps of a counter differ by at most this share of their mean."""

DIFFERENT = 0.9
"""At least this share of the values of an id are different, where it is no counter."""


def is_constant(source: Source, name: str) -> bool:
    """Say whether a column holds one value, or none, in at least two rows."""
    return source.rows > 1 and len(source.distinct(name, 2)) < 2


def is_binary(source: Source, name: str) -> bool:
    """Say whether a column of numbers holds 0 and 1 alone."""
    if source.kind(name) == "boolean":
        return True
    if source.kind(name) != "integer" or not _are_bits(source.first_numbers(name, FIRST)):
        return False
    return _are_bits(source.parse_numbers(name).values)


def _are_bits(values: np.ndarray[Any, Any]) -> bool:
    return bool(np.isin(values[np.isfinite(values)], (0.0, 1.0)).all())


def is_counter(source: Source, name: str) -> bool:
    """Say whether a column of numbers rises by about the same from row to row, as an index does."""
    if source.kind(name) not in ("integer", "number") or source.rows < FEW:
        return False
    if not _rises_evenly(source.first_numbers(name, FIRST)):
        return False
    return source.rows <= FIRST or _rises_evenly(source.parse_numbers(name).values)


def _rises_evenly(values: np.ndarray[Any, Any]) -> bool:
    if not np.isfinite(values).all():
        return False
    steps = np.diff(values)
    if not ((steps > 0).all() or (steps < 0).all()):
        return False
    return bool(steps.std() <= EVEN * abs(steps.mean()))


def no_measurement(source: Source, name: str, *, may_stand: bool = False) -> str:
    """Return why a column of numbers is nothing to predict or to watch by guess; "" if it may be.

    Args:
        source: The table.
        name: A column of numbers.
        may_stand: Whether one that never changes may be.
    """
    if not may_stand and is_constant(source, name):
        return "constant"
    if is_counter(source, name):
        return "counts the rows"
    if called.words(name) & called.PLACE:
        return "a place"
    if _is_date_part(source, name):
        return "part of a date"
    if called.is_called(name, called.ID) and _is_id(source, name):
        return "an id"
    return ""


def _is_id(source: Source, name: str) -> bool:
    if source.kind(name) != "integer":
        return False
    values = source.parse_numbers(name).values
    known = values[np.isfinite(values)]
    different = len(np.unique(known))
    return different >= DIFFERENT * len(known) or called.plain(name).split()[-1] in ("id", "code")


def _is_date_part(source: Source, name: str) -> bool:
    word = "".join(called.plain(name).split())
    ranges = [(least, most) for _, names, least, most in called.PARTS if word in names]
    if not ranges or source.kind(name) != "integer":
        return False
    values = source.parse_numbers(name).values
    known = values[np.isfinite(values)]
    low, high = known.min(), known.max()
    return any(least <= low and high <= most and high > low for least, most in ranges)
