"""Smoothed errors, robust scales and activity."""

from __future__ import annotations

import numpy as np
import pytest

from seqtune.tasks.anomaly.activity import FLOOR, moving_activity
from seqtune.tasks.anomaly.scales import center_and_unit
from seqtune.tasks.anomaly.segment import is_bridged
from seqtune.tasks.anomaly.smoothing import moved_on, smooth

NAN = np.nan


def test_a_row_without_an_error_has_that_of_the_row_before_for_a_while() -> None:
    errors = np.array([2.0, NAN, NAN, 5.0])
    np.testing.assert_array_equal(smooth(errors, 1, 1), [2.0, 2.0, NAN, 5.0])


def test_smoothing_averages_the_row_and_those_before_it() -> None:
    np.testing.assert_allclose(smooth(np.array([3.0, 6.0, 9.0, 0.0]), 3, 0), [3.0, 4.5, 6.0, 5.0])


def test_in_hindsight_half_of_what_is_averaged_comes_after_the_row() -> None:
    errors = np.array([0.0, 0.0, 9.0, 0.0, 0.0])
    np.testing.assert_allclose(smooth(errors, 3, 0, noncausal=True), [0.0, 3.0, 3.0, 3.0, 0.0])


@pytest.mark.parametrize("span", [1, 2, 3, 8])
def test_averages_are_moved_to_where_hindsight_has_them(span: int) -> None:
    errors = np.random.default_rng(0).random(40)
    moved = moved_on(smooth(errors, span, 0), span)
    inner = slice(span, 40 - span)
    noncausal = smooth(errors, span, 0, noncausal=True)
    np.testing.assert_allclose(moved[inner], noncausal[inner], rtol=1e-6)
    assert len(moved) == 40


def test_averages_that_are_moved_lose_no_row_beside_a_gap() -> None:
    averages = np.array([1.0, 2.0, 3.0, NAN, NAN, NAN, 7.0, 8.0])
    expected = [3.0, 3.0, 3.0, NAN, NAN, NAN, 8.0, 8.0]
    np.testing.assert_array_equal(moved_on(averages, 5), expected)


@pytest.mark.parametrize("span", [1, 2, 5])
def test_what_comes_later_does_not_change_a_smoothed_score(span: int) -> None:
    errors = np.random.default_rng(0).random(40)
    np.testing.assert_array_equal(smooth(errors, span, 2)[:20], smooth(errors[:20], span, 2))


def test_nothing_is_smoothed_to_nothing() -> None:
    assert len(smooth(np.empty(0), 4, 4)) == 0


def test_rows_are_bridged_for_as_long_as_is_said() -> None:
    seen = np.array([False, True, False, False, True])
    assert is_bridged(seen, 1).tolist() == [False, True, True, False, True]
    assert is_bridged(np.empty(0, np.bool_), 1).tolist() == []


def test_the_unit_of_a_channel_is_not_moved_by_a_few_outliers() -> None:
    values = np.random.default_rng(0).normal(10.0, 2.0, (2000, 1))
    values[:20] = 1e6
    center, unit = center_and_unit(values)
    assert center[0] == pytest.approx(10.0, abs=0.2)
    assert unit[0] < 1e5


def test_a_constant_channel_moves_by_a_hundredth_of_itself() -> None:
    center, unit = center_and_unit(np.full((5, 2), [200.0, 0.0]))
    assert center.tolist() == [200.0, 0.0]
    assert unit.tolist() == [2.0, 0.01]


def test_activity_is_the_logarithm_of_the_mean_move() -> None:
    values = np.array([[0.0], [2.0], [2.0], [6.0]])
    expected = [NAN, np.log(2 + FLOOR), np.log(1 + FLOOR), np.log(2 + FLOOR)]
    np.testing.assert_allclose(moving_activity(values, np.array([0, 4]))[:, 0], expected)


def test_no_activity_leads_from_one_series_to_the_next() -> None:
    values = np.array([[0.0], [1.0], [100.0], [101.0]])
    activity = moving_activity(values, np.array([0, 2, 4]))[:, 0]
    assert np.isnan(activity[[0, 2]]).all()
    assert activity[1] == activity[3]
