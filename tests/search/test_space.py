"""A recipe's dimensions as Keras Tuner hyperparameters, and how many configurations there are."""

from __future__ import annotations

import math
from typing import Any

import pytest

from seqtune.recipe.dimension import Dimension
from seqtune.recipe.load import Recipe
from seqtune.search.space import complete, hyperparameters, space_size


def choice(path: str, *choices: Any, when: tuple[str, str] | None = None) -> Dimension:
    kind = "choice" if len(choices) > 1 else "fixed"
    return Dimension(path, kind, choices, default=choices[0], when=when)


BUILT = "network.architecture"
LENGTH = choice("network.segment.length", 6, 12, 24, when=(BUILT, "segment"))
BOTH_WAYS = choice("network.stacked.bidirectional", False, True, when=(BUILT, "stacked"))
UNITS = Dimension("network.units", "int", minimum=8, maximum=32, step=8, default=16)
RATE = Dimension("rate", "float", minimum=0.001, maximum=0.1, log=True, default=0.01)


def names(*dimensions: Dimension) -> list[str]:
    return [parameter.name for parameter in hyperparameters(dimensions).space]


def test_what_is_fixed_is_not_searched() -> None:
    assert names(choice("cell", "gru"), choice(BUILT, "segment", "stacked")) == [BUILT]


def test_each_kind_keeps_its_values() -> None:
    built, units, rate = hyperparameters([choice(BUILT, "segment", "stacked"), UNITS, RATE]).space
    assert (built.values, built.default) == (["segment", "stacked"], "segment")
    assert list(units.values) == [8, 16, 24, 32]
    assert units.default == 16
    assert (rate.min_value, rate.max_value, rate.sampling) == (0.001, 0.1, "log")


def test_an_option_is_active_under_its_parent_alone() -> None:
    # the option stands before its parent, as it may in a recipe
    space = hyperparameters([LENGTH, BOTH_WAYS, choice(BUILT, "segment", "stacked")])
    active = {}
    for built in ("segment", "stacked"):
        space.values = {BUILT: built}
        active[built] = {each.name for each in space.space if space.is_active(each)}
    assert active == {
        "segment": {BUILT, LENGTH.path},
        "stacked": {BUILT, BOTH_WAYS.path},
    }


def test_an_option_of_the_only_architecture_is_unconditional() -> None:
    space = hyperparameters([choice(BUILT, "segment"), LENGTH])
    assert [(each.name, each.conditions) for each in space.space] == [(LENGTH.path, [])]


def test_an_option_of_an_absent_architecture_is_not_searched() -> None:
    assert names(choice(BUILT, "stacked"), LENGTH) == []


def test_a_configuration_is_completed_with_defaults() -> None:
    dimensions = [choice("cell", "gru", "lstm"), UNITS, choice("layers", 2)]
    assert complete(dimensions, {"cell": "lstm"}) == {"cell": "lstm", UNITS.path: 16, "layers": 2}
    assert complete(dimensions, {"cell": "lstm", "unknown": 1}).keys() == {
        "cell",
        UNITS.path,
        "layers",
    }


@pytest.mark.parametrize(
    ("dimensions", "size"),
    [
        ([], 1),
        ([choice("cell", "gru")], 1),
        ([choice("cell", "gru", "lstm"), UNITS], 8),
        ([choice("cell", "gru", "lstm"), RATE], math.inf),
        ([Dimension("rate", "float", minimum=0.1, maximum=0.4, step=0.1, default=0.1)], 4),
        # three lengths of segments, or two ways of stacking
        ([choice(BUILT, "segment", "stacked"), LENGTH, BOTH_WAYS], 5),
        ([choice(BUILT, "segment", "other"), LENGTH, choice("cell", "gru", "lstm")], 8),
        ([choice(BUILT, "segment"), LENGTH], 3),
        ([choice(BUILT, "stacked"), LENGTH], 1),
    ],
)
def test_the_size_counts_configurations_that_differ(
    dimensions: list[Dimension], size: float
) -> None:
    assert space_size(dimensions) == size


@pytest.mark.parametrize("name", ["quick", "default", "thorough"])
def test_every_shipped_recipe_declares_its_searched_keys(name: str) -> None:
    recipe = Recipe.load(name, "forecast", ["lookback=[10, 20]"])
    searched = {each.path for each in recipe.dimensions() if each.kind != "fixed"}
    assert set(names(*recipe.dimensions())) == searched
