"""A search space as points of a cube, and points as what a model can measure distances between.

A point has one number in [0, 1) for every hyperparameter, NaN where it has no effect: below a
parent that chose otherwise. Values that can be counted stand in the middle of equal cells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqtune.search.oracles.fixed_space import counted_options

Array = NDArray[np.float64]

BELOW_ONE = 1.0 - 1e-9
"""The highest position of a point."""

NEAR = 0.1
"""Deviation of a neighbour from a point, along an axis of numbers."""

FEW = 5
"""An axis with at most this many values, or with names, is drawn anew for a neighbour."""


@dataclass(frozen=True)
class Axis:
    """One hyperparameter of the space.

    Args:
        name: Its name.
        parameter: What Keras Tuner knows of it.
        options: Its values, where they can be counted.
        is_named: Whether its values have no order.
        conditions: Axis and option numbers of each parent under which it has an effect.
    """

    name: str
    parameter: Any
    options: tuple[Any, ...] | None
    is_named: bool
    conditions: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def width(self) -> int:
        """Numbers that describe a value to a model: one, or one for each of several names."""
        return len(self.options) if self.is_named and self.options else 1

    def position(self, value: Any) -> float:
        """Return where a value stands in [0, 1)."""
        if self.options is None:
            return float(np.clip(self.parameter.value_to_prob(value), 0.0, BELOW_ONE))
        options = self.options
        if value in options:
            return (options.index(value) + 0.5) / len(options)
        if isinstance(value, str):
            raise ValueError(f"{self.name}: {value!r} is none of {options}")
        nearest = min(range(len(options)), key=lambda index: abs(options[index] - value))
        return (nearest + 0.5) / len(options)

    def value(self, position: float) -> Any:
        """Return the value that stands at a position."""
        if self.options is None:
            return self.parameter.prob_to_value(float(position))
        return self.options[min(int(position * len(self.options)), len(self.options) - 1)]


class Points:
    """A search space whose configurations are rows of an array.

    Args:
        space: Keras Tuner's hyperparameters, parents before their children.
    """

    def __init__(self, space: Sequence[Any]) -> None:
        self.axes: list[Axis] = []
        for parameter in space:
            self.axes.append(self._axis(parameter))
        self.widths = [axis.width for axis in self.axes]

    def draw(self, generator: np.random.Generator, count: int) -> Array:
        """Return random points: (count, axes)."""
        return self.settled(generator.uniform(size=(count, len(self.axes))))

    def neighbours(self, points: Array, count: int, generator: np.random.Generator) -> Array:
        """Return points that differ from given ones in one axis, at times in more.

        Numbers move a little, names change.

        Args:
            points: (points, axes).
            count: How many neighbours each point has.
            generator: Draws them.

        Returns:
            (points * count, axes).
        """
        near = np.repeat(points, count, axis=0)
        rows, axes = near.shape
        changes = generator.uniform(size=near.shape) < 1 / axes
        changes[np.arange(rows), generator.integers(axes, size=rows)] = True
        anew = generator.uniform(size=near.shape)
        moved = np.clip(near + generator.normal(0, NEAR, size=near.shape), 0, BELOW_ONE)
        few = [axis.is_named or 0 < len(axis.options or ()) <= FEW for axis in self.axes]
        near = np.where(changes, np.where(few, anew, moved), near)
        return self.settled(np.where(np.isnan(near), anew, near))

    def varied(
        self, points: Array, axes: Sequence[int], count: int, generator: np.random.Generator
    ) -> Array:
        """Return points that differ from given ones in some axes alone, drawn anew.

        Args:
            points: (points, axes).
            axes: Numbers of the axes that may differ.
            count: How many each point has.
            generator: Draws them.

        Returns:
            (points * count, axes).
        """
        varied = np.repeat(points, count, axis=0)
        drawn = generator.uniform(size=(len(varied), len(axes)))
        has_effect = ~np.isnan(varied[:, axes])
        varied[:, axes] = np.where(has_effect, drawn, varied[:, axes])
        return self.settled(varied)

    def settled(self, points: Array) -> Array:
        """Return points in the middle of their cells, NaN where an axis has no effect.

        Args:
            points: (points, axes), in [0, 1).
        """
        settled = points.copy()
        for column, axis in enumerate(self.axes):
            if axis.options is not None:
                cells = len(axis.options)
                settled[:, column] = (np.floor(settled[:, column] * cells) + 0.5) / cells
            for parent, allowed in axis.conditions:
                cells = len(self.axes[parent].options or ())
                chosen = np.nan_to_num(np.floor(settled[:, parent] * cells), nan=-1)
                settled[~np.isin(chosen, allowed), column] = np.nan
        return settled

    def point(self, values: Mapping[str, Any]) -> Array:
        """Return the point of a configuration that holds active values alone: (axes,)."""
        return np.array(
            [
                axis.position(values[axis.name]) if axis.name in values else math.nan
                for axis in self.axes
            ]
        )

    def values(self, point: Array) -> dict[str, Any]:
        """Return the active values of a point."""
        return {
            axis.name: axis.value(position)
            for axis, position in zip(self.axes, point, strict=True)
            if not math.isnan(position)
        }

    def features(self, points: Array) -> Array:
        """Return what a model sees of points.

        Numbers keep their position, stretched so that the first and the last are 1 apart; each of
        several names has a column of its own, so that any two are 1 apart. An axis without effect
        stands in the middle, equally far from all of its values, and adds no distance between two
        points where it has none.

        Args:
            points: (points, axes).

        Returns:
            (points, the sum of `widths`).
        """
        columns = []
        for column, axis in enumerate(self.axes):
            at = points[:, column]
            if axis.options is None:
                columns.append(np.nan_to_num(at, nan=0.5)[:, None])
            elif axis.is_named:
                cell = np.floor(np.nan_to_num(at, nan=-1.0) * len(axis.options))
                is_chosen = cell[:, None] == np.arange(len(axis.options))
                columns.append(is_chosen * math.sqrt(0.5))
            else:
                cells = len(axis.options)
                ends = (at * cells - 0.5) / max(1, cells - 1)
                columns.append(np.nan_to_num(ends, nan=0.5)[:, None])
        return np.concatenate(columns, axis=1)

    def _axis(self, parameter: Any) -> Axis:
        names = {axis.name: number for number, axis in enumerate(self.axes)}
        conditions = []
        for condition in parameter.conditions:
            parent = names[condition.name]
            choices = enumerate(self.axes[parent].options or ())
            allowed = tuple(number for number, choice in choices if choice in condition.values)
            conditions.append((parent, allowed))
        options = counted_options(parameter)
        is_named = isinstance(parameter.default, str) and len(options or ()) > 2
        return Axis(parameter.name, parameter, options, is_named, tuple(conditions))
