"""Columns that say the same of each series: other names of it, and what never changes in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.source import Source

FIRST = 2_000
"""So many rows show of most columns of numbers that they change."""


def name_the_same(source: Source, names: Sequence[str]) -> bool:
    """Say whether columns tell the rows apart in the same way, as countries and their codes do.

    Args:
        source: The table.
        names: Columns, at least one; where one has no label, none may have one.
    """
    first, *others = (source.codes(name)[0] for name in names)
    return all(_follows(first, other) and _follows(other, first) for other in others)


def is_constant_in(source: Source, name: str, series: str) -> bool:
    """Say whether a column has at most one value in each series; rows without one do not count.

    Args:
        source: The table.
        name: The column.
        series: The column that names the series.
    """
    codes = source.codes(series)[0]
    if source.kind(name) in ("integer", "number"):
        head = source.first_numbers(name, FIRST)
        known = (codes[: len(head)] >= 0) & np.isfinite(head)
        if not _follows(codes[: len(head)][known], head[known]):
            return False
    values = source.codes(name)[0]
    known = (codes >= 0) & (values >= 0)
    return _follows(codes[known], values[known])


def _follows(codes: npt.NDArray[Any], values: npt.NDArray[Any]) -> bool:
    """Say whether rows of the same code have the same value."""
    if not len(codes):
        return True
    low = int(codes.min())
    value = np.full(int(codes.max()) - low + 1, -1, values.dtype)
    value[codes - low] = values
    return bool((value[codes - low] == values).all())
