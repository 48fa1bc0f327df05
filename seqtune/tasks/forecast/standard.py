"""Covariates as networks see them: numbers about zero, words as a feature for each label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LARGEST = 1e6
"""Deviations beyond which a network sees no value: its squares stay finite."""

ROUNDING = 1e-14
"""A column that varies by no more than this share of its size is constant."""

Categories = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Standard:
    """Centre and spread of the features of one group of covariates.

    A column of numbers is one feature. A column of words is one for each label, which is 1 where
    the row has this label, else 0. A word that training does not know stands at the mean of all.

    Args:
        names: The columns, in order.
        center: Mean over training rows, per feature.
        spread: Standard deviation over training rows, per feature; where constant, its size, or 1.
        labels: How many labels each column has; 0 for numbers.
    """

    names: tuple[str, ...]
    center: tuple[float, ...]
    spread: tuple[float, ...]
    labels: tuple[int, ...]

    @property
    def features(self) -> tuple[str, ...]:
        """The column of each feature."""
        pairs = zip(self.names, self.labels, strict=True)
        return tuple(name for name, count in pairs for _ in range(max(1, count)))

    @property
    def width(self) -> int:
        """How many numbers a network sees of the columns at each step."""
        return len(self.center)

    @classmethod
    def fit(cls, names: tuple[str, ...], values: Floats, categories: Categories) -> Standard:
        """Measure columns.

        Args:
            names: The columns.
            values: (rows, columns); NaN does not count, nor do unknown words.
            categories: Labels of the columns of words.
        """
        labels = tuple(len(categories.get(name, ())) for name in names)
        values = expanded(values, labels)
        count = np.maximum(np.isfinite(values).sum(axis=0), 1)
        size = np.fmax.reduce(np.abs(values), axis=0, initial=0.0)
        size = np.where(size > 0, size, 1.0)
        center = np.nansum(values / size, axis=0) / count
        spread = np.sqrt(np.nansum((values / size - center) ** 2, axis=0) / count)
        spread = size * np.where(spread > ROUNDING, spread, 1.0)
        return cls(names, tuple(map(float, size * center)), tuple(map(float, spread)), labels)

    def apply(self, values: Floats) -> npt.NDArray[np.float32]:
        """Scale (…, columns) values to about -1 … 1, (…, features); NaN becomes 0, the mean."""
        scaled = (expanded(values, self.labels) - np.array(self.center)) / np.array(self.spread)
        bounded: Floats = np.clip(np.nan_to_num(scaled), -LARGEST, LARGEST)
        return bounded.astype(np.float32)


def expanded(values: Floats, labels: Sequence[int]) -> Floats:
    """Return columns with those of codes spread over one feature for each label.

    Args:
        values: (…, columns).
        labels: How many labels each column has; 0 for numbers.

    Returns:
        (…, features); NaN where a value is missing, or a label is unknown.

    Example:
        >>> expanded(np.array([[7.0, 1.0], [8.0, -1.0]]), (0, 2)).tolist()
        [[7.0, 0.0, 1.0], [8.0, nan, nan]]
    """
    if not any(labels):
        return values
    parts = []
    for column, count in enumerate(labels):
        codes = values[..., column, None]
        hot = np.where(codes >= 0, codes == np.arange(count), np.nan) if count else codes
        parts.append(hot)
    return np.concatenate(parts, axis=-1)
