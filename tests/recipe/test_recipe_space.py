import math

import pytest

from seqtune.recipe.dimension import Dimension
from seqtune.recipe.load import Recipe


def dimension(path, *overrides):
    recipe = Recipe.load(None, "forecast", overrides)
    return {found.path: found for found in recipe.dimensions()}.get(path)


@pytest.mark.parametrize(
    ("value", "expected", "count"),
    [
        ("64", {"kind": "fixed", "choices": (64,), "default": 64}, 1),
        ("[64]", {"kind": "fixed", "choices": (64,), "default": 64}, 1),
        ("[64, 32]", {"kind": "choice", "choices": (64, 32), "default": 64}, 2),
        (
            "{min: 1, max: 4}",
            {"kind": "int", "minimum": 1, "maximum": 4, "step": 1, "default": 2},
            4,
        ),
        (
            "{min: 10, max: 50, step: 20}",
            {"kind": "int", "minimum": 10, "maximum": 50, "step": 20, "default": 30},
            3,
        ),
        (
            "{min: 16, max: 256, log: true}",
            {"kind": "int", "minimum": 16, "maximum": 256, "log": True, "default": 64},
            math.inf,
        ),
    ],
)
def test_whole_numbers_span_dimensions(value, expected, count):
    found = dimension("network.units", f"network.units={value}")
    assert found == Dimension("network.units", **expected)
    assert type(found.default) is int
    assert found.count == count


@pytest.mark.parametrize(
    ("value", "default", "count"),
    [
        ("{min: 0, max: 0.4}", 0.2, math.inf),
        ("{min: 0, max: 0.3, step: 0.1}", 0.1, 4),
        ("{min: 0.0001, max: 0.01, log: true}", 0.001, math.inf),
    ],
)
def test_numbers_span_dimensions(value, default, count):
    found = dimension("network.dropout", f"network.dropout={value}")
    assert (found.kind, found.default, found.count) == ("float", default, count)


def test_a_value_that_is_not_searched_is_fixed():
    assert dimension("lookback") == Dimension("lookback", "fixed", ("auto",), default="auto")
    assert dimension("training.steps_per_epoch") is None
    assert dimension("horizon") is None


def test_options_depend_on_their_architecture():
    both = "network.architecture=[segment, stacked]"
    assert dimension("network.segment.length", both).when == ("network.architecture", "segment")
    assert dimension("network.stacked.bidirectional", both).when == (
        "network.architecture",
        "stacked",
    )
    assert dimension("network.segment.length", "network.architecture=stacked") is None
    assert dimension("network.units", both).when is None


@pytest.mark.parametrize(
    ("found", "inside", "outside"),
    [
        (Dimension("p", "fixed", (True,)), [True], [1, False]),
        (Dimension("p", "choice", ("a", "b")), ["b"], ["c", None]),
        (Dimension("p", "int", minimum=2, maximum=8, step=3), [2, 5, 8], [1, 4, 11, 2.5, "2"]),
        (Dimension("p", "int", minimum=2, maximum=8, log=True), [2, 3, 8], [9, 2.5, True]),
        (Dimension("p", "float", minimum=0, maximum=0.3, step=0.1), [0.3, 0.1], [0.15, 0.4]),
        (Dimension("p", "float", minimum=0.1, maximum=1), [0.1, 0.55], [0.05, math.nan]),
    ],
)
def test_dimensions_know_what_they_contain(found, inside, outside):
    assert all(found.contains(value) for value in inside)
    assert not any(found.contains(value) for value in outside)


def test_the_portfolio_is_whole_and_inside_the_space():
    for name in ("default", "quick", "thorough"):
        recipe = Recipe.load(name, "forecast")
        space = {found.path: found for found in recipe.dimensions()}
        configurations = recipe.portfolio()
        assert len(configurations) == len(recipe.values.portfolio)
        for entry, whole in zip(recipe.values.portfolio, configurations, strict=True):
            assert {path: whole[path] for path in entry} == entry, f"{name} has it out of its space"
            assert all(space[path].contains(value) for path, value in whole.items())


def test_the_default_portfolio_starts_with_networks_over_segments_that_correct_the_blend():
    first, second, third = Recipe.load(None, "forecast").portfolio()[:3]
    assert first["network.architecture"] == second["network.architecture"] == "encoder_decoder"
    assert third["network.architecture"] == "segment"
    assert {each["preprocessing.base"] for each in (first, second, third)} == {"blend"}
    assert [each["preprocessing.calendar"] for each in (first, second, third)] == [
        True,
        True,
        False,
    ]
    assert "network.stacked.bidirectional" not in first


def test_what_the_recipe_does_not_allow_gives_way_in_the_portfolio():
    entries = "portfolio=[{network.units: 64}, {network.units: 128}, {network.units: 64, seed: 1}]"
    recipe = Recipe.load(None, "forecast", [entries.replace(", seed: 1", ""), "network.units=16"])
    assert [whole["network.units"] for whole in recipe.portfolio()] == [16]
    assert recipe.portfolio()[0]["network.architecture"] == "segment"
    narrowed = Recipe.load(None, "forecast", ["network.architecture=stacked"])
    assert {whole["network.architecture"] for whole in narrowed.portfolio()} == {"stacked"}
    assert all("network.segment.length" not in whole for whole in narrowed.portfolio())
