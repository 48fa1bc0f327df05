"""Calendar features by hand: where a step stands in its day, week and year."""

from __future__ import annotations

import numpy as np
import pytest

from seqtune.data.panel.calendar import calendar_cycles, calendar_features
from seqtune.data.panel.grid import Grid

EVERY = ("day", "week", "year")

HOURLY = Grid("h", "2024-01-01T00:00:00")  # a Monday, the first day of the year


def turn(share: float) -> tuple[float, float]:
    return float(np.sin(2 * np.pi * share)), float(np.cos(2 * np.pi * share))


def test_an_hour_stands_in_day_week_and_year() -> None:
    features = calendar_features(HOURLY, 0, 49, EVERY)
    assert features.shape == (49, 6)
    assert features.dtype == np.float32
    assert features[0] == pytest.approx([0, 0, 0, 1, 1, 1])
    # six in the morning of the second: a quarter of the day, 1.25 of 7 days, a day of the year
    sines, cosines = zip(turn(0.25), turn(1.25 / 7), turn(1 / 365.25), strict=True)
    assert features[30] == pytest.approx([*sines, *cosines], abs=1e-6)


def test_features_repeat_with_their_cycle() -> None:
    features = calendar_features(HOURLY, 0, 24 * 8, EVERY)
    assert features[5, [0, 3]] == pytest.approx(features[5 + 24, [0, 3]], abs=1e-5)
    assert features[5, [1, 4]] == pytest.approx(features[5 + 24 * 7, [1, 4]], abs=1e-5)
    assert features[5, 1] != pytest.approx(features[5 + 24, 1], abs=1e-2)


@pytest.mark.parametrize(
    ("frequency", "origin", "cycles"),
    [
        ("30min", "2024-01-01T00:00:00", ("day", "week", "year")),
        ("D", "2024-01-01T00:00:00", ("week", "year")),
        ("B", "2024-01-01T00:00:00", ("week", "year")),
        ("W-MON", "2024-01-01T00:00:00", ("year",)),
        ("MS", "2024-01-01T00:00:00", ("year",)),
        ("QS", "2024-01-01T00:00:00", ("year",)),
        ("YS", "2024-01-01T00:00:00", ()),
        ("step", 0, ()),
    ],
)
@pytest.mark.parametrize("count", [1, 2, 40])
def test_a_frequency_has_the_cycles_that_it_can_tell_apart(
    frequency: str, origin: str | int, cycles: tuple[str, ...], count: int
) -> None:
    grid = Grid(frequency, origin)
    assert calendar_cycles(grid) == cycles
    assert calendar_features(grid, 3, count, cycles).shape == (count, 2 * len(cycles))


@pytest.mark.parametrize(
    ("steps", "cycles"),
    [
        (0, ()),
        (47, ()),
        (48, ("day",)),
        (14 * 24 - 1, ("day",)),
        (14 * 24, ("day", "week")),
        (17_500, ("day", "week")),
        (17_520, ("day", "week", "year")),  # two years of 365 days
    ],
)
def test_a_cycle_that_training_does_not_hold_twice_says_nothing(
    steps: int, cycles: tuple[str, ...]
) -> None:
    assert calendar_cycles(HOURLY, steps) == cycles


def test_two_years_of_months_know_the_year() -> None:
    months = Grid("MS", "2023-01-01T00:00:00")
    assert calendar_cycles(months, 23) == ()
    assert calendar_cycles(months, 24) == ("year",)


def test_months_go_round_the_year() -> None:
    features = calendar_features(Grid("MS", "2023-01-01T00:00:00"), 0, 13, ("year",))
    # the first of July is day 181 counted from zero
    assert features[6] == pytest.approx(turn(181 / 365.25), abs=1e-6)
    assert features[12] == pytest.approx(features[0], abs=0.01)


def test_features_of_a_stretch_are_those_of_the_whole() -> None:
    whole = calendar_features(HOURLY, -10, 60, EVERY)
    assert np.array_equal(calendar_features(HOURLY, 5, 20, EVERY), whole[15:35])


def test_no_steps_have_no_features() -> None:
    assert len(calendar_features(HOURLY, 0, 0, EVERY)) == 0
