"""The smoothed level of a window, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from seqtune.tasks.forecast.scale import smoothed_level


def level(values: list[float], period: int = 1, unseen: int = 0) -> float:
    seen = np.arange(len(values)) >= unseen
    return float(smoothed_level(np.array([values]), seen[None], period)[0])


def test_a_jump_is_followed_at_once_by_the_largest_coefficient() -> None:
    # one step ahead, 0.8 errs by 10 and 2 in the two steps after the jump, any smaller one by more:
    # levels are 0, 0, 8 and 9.6
    assert level([0, 0, 10, 10]) == pytest.approx(9.6)


def test_noise_is_smoothed_by_the_smallest_coefficient() -> None:
    # from 0 on the level of 1, -1, 1, -1 hardly moves: 0.05, -0.0025, 0.047625, -0.00475625
    assert level([0, 1, -1, 1, -1]) == pytest.approx(-0.00475625)


def test_the_season_is_no_part_of_the_level() -> None:
    assert level([1, 9, 1, 9, 1, 9], period=2) == pytest.approx(5)
    assert level([9, 1, 9, 1, 9], period=2) == pytest.approx(5)  # an odd number of steps


def test_a_season_that_was_not_seen_twice_is_left_in() -> None:
    assert level([1, 9, 1], period=2) == pytest.approx(level([1, 9, 1]))
    assert level([0, 0, 1, 9], period=2, unseen=2) == pytest.approx(level([1, 9]))


def test_what_lies_before_a_series_has_no_part_in_its_level() -> None:
    assert level([500, -500, 3, 4, 6], unseen=2) == pytest.approx(level([3, 4, 6]))
    assert level([500, -500, 7], unseen=2) == pytest.approx(7)
    assert level([500], unseen=1) == 0


def test_a_constant_is_its_own_level() -> None:
    assert level([7]) == pytest.approx(7)
    assert level([7, 7, 7, 7], period=2) == pytest.approx(7)
