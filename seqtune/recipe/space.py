"""What a recipe lets the search choose, and the configurations to try first."""

from __future__ import annotations

from typing import Any

from seqtune.recipe.dimension import Dimension, dimension_of
from seqtune.recipe.fields import search_of
from seqtune.recipe.schema import RecipeSchema

ARCHITECTURE = "network.architecture"


def dimensions(values: RecipeSchema) -> list[Dimension]:
    """Return every searchable key of a recipe as a dimension, fixed ones among them.

    The options of an architecture depend on it (`when`); those of architectures that the recipe
    leaves out are left out too.
    """
    chosen = values.network.architecture
    reachable = chosen if isinstance(chosen, tuple) else (chosen,)
    found: list[Dimension] = []
    for steps, field in type(values).leaves():
        kind = search_of(field.metadata)
        if kind is None:
            continue
        is_option = steps[0] == "network" and len(steps) == 3
        if is_option and steps[1] not in reachable:
            continue
        value: Any = values
        for step in steps:
            value = getattr(value, step)
        when = (ARCHITECTURE, steps[1]) if is_option else None
        found.append(dimension_of(".".join(steps), kind, value, when))
    return found


def configurations(values: RecipeSchema) -> list[dict[str, Any]]:
    """Return the portfolio as whole configurations: a value for every key that has an effect.

    A value that the recipe's own search does not hold (because `--set` narrowed it, say) gives
    way to the key's default; entries that are then alike are tried once.

    Returns:
        Values by dotted path, one mapping per configuration, in the order of the portfolio.
    """
    space = dimensions(values)
    whole: list[dict[str, Any]] = []
    for entry in values.portfolio:
        configuration = complete(entry, space)
        if configuration not in whole:
            whole.append(configuration)
    return whole


def complete(entry: dict[str, Any], space: list[Dimension]) -> dict[str, Any]:
    """Return a configuration with every key of the space that has an effect in it."""
    taken = {
        dimension.path: entry[dimension.path]
        if dimension.path in entry and dimension.contains(entry[dimension.path])
        else dimension.default
        for dimension in space
    }
    return {
        dimension.path: taken[dimension.path]
        for dimension in space
        if dimension.when is None or taken[dimension.when[0]] == dimension.when[1]
    }
