"""Logarithms of windows: growth and seasons that multiply then add, as a network learns them best.

Logarithms are counted in units of the window's level, in the target's own unit:

    transformed = level * (1 + log(value / level))

About the level this is the value itself, so that centres, scales and errors keep their meaning.
Quantiles of logarithms are logarithms of quantiles, so they lead back exactly; the point forecast
is the median, which needs no correction.

Source:
    Box and Cox 1964, "An analysis of transformations", J. of the Royal Statistical Society B 26(2),
    the normalised form of section 3, whose exponent is zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.window import Windows
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.scale import known_mean

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

LEAST = 1e-4
"""Of the level: what comes and is less, zero and below too, counts as so much to learn from."""

MOST = 10.0
"""Logarithm of the largest factor of the level that is forecast."""


@dataclass(frozen=True)
class Transform:
    """What is done to the values of windows before they are scaled.

    Args:
        level: (windows,) float64, the level whose logarithms are taken; 0 for a window whose values
            are left as they are.
    """

    level: Floats

    @classmethod
    def of(
        cls, coded: CodedPanel, windows: Windows, past: Floats, valid: Booleans, kind: str
    ) -> Transform:
        """Return what is done to windows: logarithms are taken where all so far is above zero.

        Args:
            coded: The panel; of sparse counts no logarithms are taken.
            windows: Which windows.
            past: (windows, depth), the values before each cut.
            valid: The same shape; false before a series begins.
            kind: Value of `preprocessing.transform`.
        """
        if kind == "none" or coded.counts:
            return cls(np.zeros(len(windows)))
        level = known_mean(past, valid)
        where = windows.series, windows.target
        usable = (windows.cut <= coded.first_not_positive[where]) & (level > 0.0)
        return cls(np.where(usable, level, 0.0))

    @property
    def _unit(self) -> Floats:
        """The level, 1 where there is none, (windows,)."""
        return np.where(self.level > 0.0, self.level, 1.0)

    def apply(self, values: Floats) -> Floats:
        """Transform values (windows, steps) of the target."""
        if not self.level.any():
            return values
        unit = self._unit[:, None]
        made = unit * (1.0 + np.log(np.maximum(values / unit, LEAST)))
        return np.where(self.level[:, None] > 0.0, made, values)

    def invert(self, values: npt.NDArray[Any]) -> Floats:
        """Lead values (windows, …) back to the target's own unit."""
        if not self.level.any():
            return values
        shape = (-1, *[1] * (values.ndim - 1))
        unit, level = self._unit.reshape(shape), self.level.reshape(shape)
        made = unit * np.exp(np.clip(values / unit - 1.0, -MOST, MOST))
        return np.where(level > 0.0, made, values)

    def slope(self, values: Floats) -> Floats:
        """Return by how much the target changes with a step of one at transformed values."""
        if not self.level.any():
            return np.ones_like(values)
        slope = np.exp(np.clip(values / self._unit[:, None] - 1.0, -MOST, MOST))
        return np.where(self.level[:, None] > 0.0, slope, 1.0)
