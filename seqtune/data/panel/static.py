"""Values that are constant per series: read once for each series, categories as codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.words import UNKNOWN, Categories, holds_words, read_codes
from seqtune.errors import DataError

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source


def read_static(
    source: Source,
    names: Sequence[str],
    codes: npt.NDArray[np.int32],
    series: int,
    categories: Categories | None = None,
) -> tuple[npt.NDArray[np.float64], dict[str, tuple[str, ...]]]:
    """Read the static columns.

    Args:
        source: The table.
        names: Static columns.
        codes: (rows,), int32, series of each row.
        series: Number of series.
        categories: Labels of each text column where they are known already; other labels
            become -1.

    Returns:
        (series, static), float64, the first value that each series has; where it has none, the
        median of the other series, -1 for text; NaN where the column is absent. And the labels
        of each text column, sorted, in the order of their codes.

    Raises:
        DataError: A column changes within a series.
    """
    values = np.zeros((series, len(names)))
    found: dict[str, tuple[str, ...]] = {}
    for column, name in enumerate(names):
        known = (categories or {}).get(name)
        if name not in source.names:
            values[:, column] = np.nan
            continue
        if known is not None or holds_words(source, name, categories):
            numbers, found[name] = read_codes(source, name, known)
            absent = UNKNOWN
        else:
            numbers, absent = source.numbers(name), float("nan")
        values[:, column] = _first_of_series(source, name, numbers, codes, series)
        missing = np.isnan(values[:, column])
        if np.isnan(absent):
            absent = float(np.median(values[~missing, column])) if (~missing).any() else 0.0
        values[missing, column] = absent
    return values, found


def _first_of_series(
    source: Source,
    name: str,
    numbers: npt.NDArray[np.float64],
    codes: npt.NDArray[np.int32],
    series: int,
) -> npt.NDArray[np.float64]:
    """Return the one value of each series, (series,), NaN where it has none."""
    rows = np.flatnonzero(~np.isnan(numbers))
    first = np.full(series, np.nan)
    # Completion backwards, so that the first row of each series is the one that stays.
    first[codes[rows[::-1]]] = numbers[rows[::-1]]
    changed = rows[numbers[rows] != first[codes[rows]]]
    if len(changed):
        row = int(changed[0])
        raise DataError(
            f"{source.where(row)}: column '{name}' changes within its series; "
            "a static column has one value per series",
            hint=f"use it as a covariate: --past {name}",
        )
    return first
