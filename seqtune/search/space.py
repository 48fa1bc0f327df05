"""A recipe's searchable keys as Keras Tuner hyperparameters, declared without building a model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from seqtune.recipe.dimension import Dimension
from seqtune.search.oracles.tuner_base import FixedSpace


def hyperparameters(dimensions: Sequence[Dimension]) -> FixedSpace:
    """Declare every dimension that is searched; fixed ones are left out.

    A dimension that matters only under another one's value (an architecture's own option) is
    declared inside that condition, so that it is neither sampled nor counted elsewhere.

    Args:
        dimensions: From `Recipe.dimensions()`.
    """
    space = FixedSpace()
    searched = {dimension.path for dimension in dimensions if dimension.kind != "fixed"}
    fixed = {dimension.path: dimension.default for dimension in dimensions}
    for dimension in sorted(dimensions, key=lambda dimension: dimension.when is not None):
        if dimension.kind == "fixed":
            continue
        if dimension.when is None:
            _declare(space, dimension)
        elif dimension.when[0] in searched:
            with space.conditional_scope(dimension.when[0], [dimension.when[1]]):
                _declare(space, dimension)
        elif fixed.get(dimension.when[0]) == dimension.when[1]:
            _declare(space, dimension)
    return space


def complete(dimensions: Sequence[Dimension], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for every dimension: the chosen one, or its default.

    Args:
        dimensions: From `Recipe.dimensions()`.
        chosen: Values by path, from the oracle or from the recipe's portfolio.
    """
    return {
        dimension.path: _own(dimension, chosen.get(dimension.path, dimension.default))
        for dimension in dimensions
    }


def active_entries(
    dimensions: Sequence[Dimension], space: FixedSpace, portfolio: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the searched values of each portfolio entry that its conditions allow, each once.

    Args:
        dimensions: From `Recipe.dimensions()`.
        space: From `hyperparameters`.
        portfolio: Values by path.
    """
    searched = {parameter.name for parameter in space.space}
    entries: list[dict[str, Any]] = []
    for chosen in portfolio:
        values = complete(dimensions, chosen)
        entry = {
            dimension.path: _stored(dimension, values[dimension.path])
            for dimension in dimensions
            if dimension.path in searched
            and (dimension.when is None or values[dimension.when[0]] == dimension.when[1])
        }
        if entry not in entries:
            entries.append(entry)
    return entries


def space_size(dimensions: Sequence[Dimension]) -> float:
    """Return the number of configurations; infinite where a dimension is continuous.

    Args:
        dimensions: From `Recipe.dimensions()`.
    """
    size = 1.0
    for dimension in dimensions:
        if dimension.when is not None:
            continue
        options = [each for each in dimensions if each.when and each.when[0] == dimension.path]
        size *= (
            sum(
                math.prod(each.count for each in options if each.when == (dimension.path, value))
                for value in dimension.choices
            )
            if options
            else dimension.count
        )
    return size


def _stored(dimension: Dimension, value: Any) -> Any:
    """Return a value as Keras Tuner stores it, or it would not know it again."""
    if dimension.kind == "float":
        return float(value)
    return int(value) if isinstance(value, bool) else value


def _own(dimension: Dimension, value: Any) -> Any:
    """Return a value as the recipe has it: Keras Tuner makes 0 and 1 of booleans."""
    return next((choice for choice in dimension.choices if choice == value), value)


def _declare(space: FixedSpace, dimension: Dimension) -> None:
    name, default = dimension.path, dimension.default
    if dimension.kind == "choice":
        space.Choice(name, list(dimension.choices), default=default, ordered=False)
        return
    sampling = "log" if dimension.log else "linear"
    minimum, maximum = dimension.minimum or 0, dimension.maximum or 0
    if dimension.kind == "int":
        step = int(dimension.step) if dimension.step else (None if dimension.log else 1)
        space.Int(name, int(minimum), int(maximum), step, sampling, default)
    else:
        space.Float(name, minimum, maximum, dimension.step, sampling, default)
