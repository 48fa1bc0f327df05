"""Configurations as points: there and back, and what a model sees of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from seqtune.recipe.dimension import Dimension
from seqtune.search.oracles.points import Points
from seqtune.search.space import hyperparameters


def choice(path: str, *choices: Any, when: tuple[str, str] | None = None) -> Dimension:
    return Dimension(path, "choice", choices, default=choices[0], when=when)


SPACE = [
    choice("built", "a", "b", "c"),
    choice("deep", False, True, when=("built", "b")),
    choice("units", 8, 16, 64),
    Dimension("dropout", "float", minimum=0.0, maximum=0.4, step=0.1, default=0.2),
    Dimension("rate", "float", minimum=0.001, maximum=0.1, log=True, default=0.01),
    Dimension("width", "int", minimum=8, maximum=64, log=True, default=23),
]
NAMES = ["built", "units", "dropout", "rate", "width", "deep"]
"""Order of the axes: what depends on another one comes last."""


def points_of(space: list[Dimension] = SPACE) -> Points:
    return Points(hyperparameters(space).space)


def test_a_space_of_two_values_has_one_axis() -> None:
    points = points_of([choice("cell", "gru", "lstm")])
    assert points.point({"cell": "gru"}).tolist() == [0.25]
    assert points.point({"cell": "lstm"}).tolist() == [0.75]
    assert points.features(np.array([[0.25], [0.75]])).tolist() == [[0.0], [1.0]]


def test_values_are_points_and_back() -> None:
    points = points_of()
    assert [axis.name for axis in points.axes] == NAMES
    values = {"built": "b", "units": 16, "dropout": 0.1, "rate": 0.01, "width": 8, "deep": 1}
    point = points.point(values)
    assert point[:4] == pytest.approx([0.5, 0.5, 0.3, 0.5])
    assert point[5] == 0.75
    assert points.values(point) == pytest.approx(values)


@pytest.mark.parametrize("dropout", [0.0, 0.1, 0.2, 0.3, 0.30000000000000004, 0.4])
def test_a_number_between_steps_is_at_the_nearest(dropout: float) -> None:
    """0.3 // 0.1 is 2: dividing by the step would put it a step too low."""
    point = points_of([SPACE[3]]).point({"dropout": dropout})
    assert point[0] == pytest.approx((round(dropout * 10) + 0.5) / 5)


def test_an_option_without_effect_has_no_value() -> None:
    points = points_of()
    point = points.point({"built": "a", "units": 8, "dropout": 0.0, "rate": 0.001, "width": 64})
    assert math.isnan(point[5])
    assert "deep" not in points.values(point)
    drawn = points.draw(np.random.default_rng(0), 200)
    is_b = np.floor(drawn[:, 0] * 3) == 1
    assert (np.isnan(drawn[:, 5]) == ~is_b).all()
    assert 0 < is_b.sum() < 200


def test_every_drawn_point_is_a_configuration_and_its_own() -> None:
    points = points_of()
    generator = np.random.default_rng(1)
    drawn = points.draw(generator, 50)
    for point in [*drawn, *points.neighbours(drawn, 2, generator)]:
        values = points.values(point)
        for dimension in SPACE:
            if dimension.path in values and dimension.path != "deep":
                assert dimension.contains(values[dimension.path])
        again = points.point(values)
        exact = [name for name in NAMES if name != "width"]  # whole numbers are rounded
        at = [NAMES.index(name) for name in exact]
        np.testing.assert_allclose(point[at], again[at], atol=1e-9)
        assert points.values(again) == pytest.approx(values)


def test_features_are_one_apart() -> None:
    points = points_of()
    base = {"built": "a", "units": 8, "dropout": 0.0, "rate": 0.01, "width": 23}

    def apart(**values: Any) -> float:
        one, other = (points.point(each) for each in (base, {**base, **values}))
        features = points.features(np.array([one, other]))
        assert features.shape == (2, sum(points.widths)) == (2, 8)
        return float(np.linalg.norm(features[0] - features[1]))

    assert apart(built="c") == pytest.approx(1.0)
    assert apart(units=64) == 1.0
    assert apart(units=16) == 0.5
    assert apart(dropout=0.4) == 1.0
    assert apart(rate=0.1) == pytest.approx(0.5)
    assert apart(built="b", deep=0) == apart(built="b", deep=1) == pytest.approx(math.sqrt(1.25))


def test_neighbours_differ_in_few_axes() -> None:
    points = points_of([choice(name, *range(9)) for name in "abcdefgh"])
    origin = points.settled(np.full((1, 8), 0.5))
    near = points.neighbours(origin, 300, np.random.default_rng(0))
    changed = (near != origin).sum(axis=1)
    assert near.shape == (300, 8)
    assert 0.5 < changed.mean() < 2.5
    assert changed.max() < 7


def test_an_unknown_name_has_no_place() -> None:
    with pytest.raises(ValueError, match="built: 'z' is none of"):
        points_of().point({"built": "z"})


def test_varied_points_differ_in_the_named_axes_alone() -> None:
    points = points_of()
    values = {"built": "a", "units": 16, "dropout": 0.1, "rate": 0.01, "width": 8}
    point = points.point(values)
    axes = [NAMES.index("rate"), NAMES.index("units"), NAMES.index("deep")]
    found = points.varied(np.array([point, point]), axes, 40, np.random.default_rng(0))
    assert found.shape == (80, 6)
    each = [points.values(row) for row in found]
    assert {one["built"] for one in each} == {"a"} and {one["width"] for one in each} == {8}
    assert {one["dropout"] for one in each} == {0.1}
    assert {one["units"] for one in each} == {8, 16, 64}
    assert len({one["rate"] for one in each}) == 80
    assert not any("deep" in one for one in each)  # it has no effect here
    assert points.varied(point[None], [], 3, np.random.default_rng(0)).shape == (3, 6)
