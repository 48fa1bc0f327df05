"""Sources that are a row of numbers and categories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.reading.source import Source

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

NUMERIC = ("number", "integer")

MOST_CATEGORIES = 500
"""Categories of a column at most, the most frequent; others are as if they were missing."""


@dataclass(frozen=True)
class Features:
    """Columns of features.

    Args:
        names: The columns, in their order.
        numbers: The columns of numbers, (rows,) each, NaN where missing.
        words: The columns of categories, "" where missing.
    """

    names: tuple[str, ...]
    numbers: Mapping[str, Floats]
    words: Mapping[str, Sequence[str]]

    def take(self, rows: Rows) -> Features:
        """Return some of the rows."""
        return Features(
            self.names,
            {name: each[rows] for name, each in self.numbers.items()},
            {name: [each[row] for row in rows.tolist()] for name, each in self.words.items()},
        )

    def texts(self) -> list[str]:
        """Return each row as `name=value` with semicolons between; what is missing is left out.

        Example:
            >>> Features(("food", "price"), {"price": np.array([7.5])}, {"food": ["thai"]}).texts()
            ['food=thai;price=7.5']
        """
        columns = [
            [f"{name}={value:.12g}" if value == value else "" for value in self.numbers[name]]
            if name in self.numbers
            else [f"{name}={value}" if value else "" for value in self.words[name]]
            for name in self.names
        ]
        return [";".join(filter(None, cells)) for cells in zip(*columns, strict=True)]

    def categories(self, rows: Rows) -> dict[str, tuple[str, ...]]:
        """Return the categories of each column that some rows have, by falling count, then text."""
        found = {}
        for name, cells in self.words.items():
            counts = Counter(cells[row] for row in rows.tolist())
            counts.pop("", None)
            ordered = sorted(counts, key=lambda each: (-counts[each], each))
            found[name] = tuple(ordered[:MOST_CATEGORIES]) or ("",)
        return found

    def vectors(self, categories: Mapping[str, Sequence[str]]) -> Ragged:
        """Return each row as a series of one step: numbers, and 1 for its category among all.

        Args:
            categories: Those that are known, by column.

        Returns:
            (1, channels) float64 each; a category that is missing or not known is all zeros.
        """
        parts = []
        for name in self.names:
            if name in self.numbers:
                parts.append(self.numbers[name][:, None])
                continue
            place = {category: at for at, category in enumerate(categories[name])}
            at = np.array([place.get(cell, -1) for cell in self.words[name]])
            parts.append((at[:, None] == np.arange(len(place))).astype(np.float64))
        values = np.concatenate(parts, axis=1)
        return Ragged(values, np.arange(len(values) + 1))

    def is_category(self, categories: Mapping[str, Sequence[str]]) -> npt.NDArray[np.bool_]:
        """Return which numbers of a vector stand for a category, (channels,)."""
        widths = [len(categories[name]) if name in self.words else 1 for name in self.names]
        return np.repeat([name in self.words for name in self.names], widths)


def read_features(
    source: Source, names: Sequence[str], categories: Mapping[str, Sequence[str]] | None = None
) -> Features:
    """Read columns of features.

    Args:
        source: The table.
        names: The columns.
        categories: Those of a run that was fitted; None decides anew which columns have some.

    Raises:
        DataError: A column of numbers holds something else.
    """
    numbers, words = {}, {}
    for name in names:
        is_number = source.kind(name) in NUMERIC if categories is None else name not in categories
        if is_number:
            numbers[name] = source.numbers(name)
        else:
            words[name] = [cell.strip() for cell in source.texts(name)]
    return Features(tuple(names), numbers, words)
