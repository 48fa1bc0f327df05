"""The times of a table, or a sample of them, as the inference of a frequency looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

SAMPLE_ROWS = 1_000_000
"""Times that a frequency is inferred from at most; whole series are taken."""


@dataclass(frozen=True)
class TimeSample:
    """Times of some whole series: sorted, unique within each series.

    Args:
        times: (n,), int64.
        codes: (n,), the series of each time.
        distances: (m,), int64, positive distances between neighbours of a series.
    """

    times: Ints
    codes: npt.NDArray[Any]
    distances: Ints

    @classmethod
    def take(cls, times: Ints, codes: npt.NDArray[Any] | None) -> TimeSample:
        """Take the times of a table, or of some series of a large one.

        Args:
            times: (rows,), int64: nanoseconds since 1970, or integer steps.
            codes: (rows,), integers, the series of each row; None for a single series.
        """
        if codes is None:
            rises = bool((times[1:] > times[:-1]).all())  # most files are sorted already
            ordered = times if rises else np.unique(times)
            return cls(ordered, np.zeros(len(ordered), np.int8), np.diff(ordered))
        series = int(codes.max()) + 1
        stride = -(-len(times) // SAMPLE_ROWS)
        if series > 1 and stride > 1:
            rows = np.flatnonzero(codes % min(stride, series) == codes[0] % min(stride, series))
            times, codes = times[rows], codes[rows]
        order = np.lexsort((times, codes))
        times, codes = times[order], codes[order]
        new = np.ones(len(times), bool)
        new[1:] = (times[1:] != times[:-1]) | (codes[1:] != codes[:-1])
        times, codes = times[new], codes[new]
        distances = np.diff(times)[codes[1:] == codes[:-1]]
        if len(distances) == 0:
            distances = np.diff(np.unique(times))
        return cls(times, codes, distances)

    def commonest(self) -> tuple[int, float]:
        """Return the commonest distance, and the share of all distances that it has."""
        return _commonest(self.distances)

    def phase(self, size: int) -> tuple[int, float]:
        """Return the commonest remainder by `size`, and the share of the times that has it."""
        return _commonest(self.times % size)

    def occupied(self, size: int) -> float:
        """Return the share of all steps of `size` between first and last that hold a time."""
        steps = np.unique(self.times // size)
        return len(steps) / float(steps[-1] - steps[0] + 1)


def _commonest(numbers: Ints) -> tuple[int, float]:
    """Return the commonest of some integers, and its share of them."""
    if int(numbers.min()) == int(numbers.max()):  # no need to sort millions
        return int(numbers[0]), 1.0
    values, counts = np.unique(numbers, return_counts=True)
    best = int(counts.argmax())
    return int(values[best]), float(counts[best] / len(numbers))
