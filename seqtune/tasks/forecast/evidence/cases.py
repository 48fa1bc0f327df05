"""Forecasts of the test part beside what came: the arrays that every block is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seqtune.figures.value import Role

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cases:
    """Windows of the test part.

    Args:
        lines: Names of what is forecast: one per series and target.
        line: (windows,) int64, which of them each window belongs to.
        start: (windows,) int64, step of the time axis at which each window begins.
        actual: (windows, horizon), what came, in the target's unit.
        observed: (windows, horizon), whether that is known.
        quantiles: (windows, horizon, levels) by model, as they are given out, in the target's unit.
        levels: Quantile levels that are given out, ascending, 0.5 among them.
        model: The row that the page is about.
        baseline: The best simple method; empty where there is none.
        counts: Whether the values are sparse counts.
        left_out: Series and targets without a window: not all are tested where they are many.
    """

    lines: tuple[str, ...]
    line: Ints
    start: Ints
    actual: Floats
    observed: npt.NDArray[np.bool_]
    quantiles: Mapping[str, Floats]
    levels: tuple[float, ...]
    model: str
    baseline: str = ""
    counts: bool = False
    left_out: int = 0

    @property
    def horizon(self) -> int:
        """Steps ahead."""
        return int(self.actual.shape[1])

    @property
    def names(self) -> tuple[str, ...]:
        """The models, the one that the page is about first."""
        return tuple(filter(None, (self.model, self.baseline)))

    def role(self, name: str) -> Role:
        """Return the look of a model."""
        return "model" if name == self.model else "baseline"

    def median(self, name: str) -> Floats:
        """Return the point forecast of a model, (windows, horizon)."""
        median: Floats = self.quantiles[name][..., self.levels.index(0.5)]
        return median

    @cached_property
    def blocks(self) -> Ints:
        """(windows,) numbers of blocks of time: windows of one block lie within one horizon.

        Windows of one line that begin within a horizon of each other share most of what they
        predict. Errors of means are worked out over blocks, which do not.
        """
        last = np.full(len(self.lines), np.iinfo(np.int64).min)
        np.maximum.at(last, self.line, self.start)
        back = (last[self.line] - self.start) // self.horizon
        pairs = np.stack([self.line, back], axis=1)
        _, numbers = np.unique(pairs, axis=0, return_inverse=True)
        return np.asarray(numbers.reshape(-1), np.int64)
