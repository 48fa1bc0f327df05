"""What members say of rows, averaged, and the one score that comes of it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seqtune.search.ensemble import blend
from seqtune.tasks.anomaly.score_parts import (
    combined_score,
    counted,
    expected_of,
    is_flat_line,
    parts_of_method,
    score_parts,
    squared,
)
from seqtune.tasks.anomaly.tail_probability import TailFit

NAN = float("nan")
NEVER = np.zeros(1)
TOP = 4.0


def said(lasts: float, alarm: float) -> np.ndarray:
    """Return what a member says of one row, by two levels."""
    return score_parts(squared(np.array([lasts])), np.array([alarm]), TOP)


def score(weights: dict[str, float], members: dict[str, np.ndarray]) -> float:
    """Return the one score of a row."""
    return float(combined_score(blend(members, weights), TOP, NEVER)[0])


def test_score_parts_hold_squares_and_only_alarms_that_are_ones() -> None:
    np.testing.assert_allclose(said(3.0, 5.0), [[9.0, 1.0, 5.0, math.log(6), 1.0]])
    np.testing.assert_allclose(said(3.0, 4.0), [[9.0, 0.0, 0.0, math.log(4), 1.0]])
    np.testing.assert_allclose(said(-3.0, -1.0), [[0.0, 0.0, 0.0, 0.0, 1.0]])


def test_what_lasts_is_joined_by_the_root_of_the_mean_square() -> None:
    members = {"a": said(1.0, 0.0), "b": said(7.0, 0.0)}
    assert score({"a": 0.5, "b": 0.5}, members) == pytest.approx(5.0)
    assert score({"a": 0.25, "b": 0.75}, members) == pytest.approx(((1 + 3 * 49) / 4) ** 0.5)
    assert score({"a": 1.0}, members) == 1.0


def test_an_alarm_stands_where_members_with_half_the_weight_raise_it() -> None:
    members = {"loud": said(1.0, 50.0), "clear": said(1.0, 6.0), "deaf": said(1.0, 0.2)}
    third = dict.fromkeys(members, 1 / 3)
    assert score(third, members) == pytest.approx(28.0), "two of three, as high as they say"
    assert score({"loud": 0.4, "deaf": 0.6}, members) == pytest.approx(1.0), "one alone does not"
    assert score({"clear": 0.5, "deaf": 0.5}, members) == pytest.approx(6.0)
    assert score({"clear": 0.8, "deaf": 0.2}, members) == pytest.approx(6.0), "nor is it thinned"
    tenths = {f"m{number}": said(1.0, 6.0 if number < 5 else 0.0) for number in range(10)}
    assert score(dict.fromkeys(tenths, 0.1), tenths) == pytest.approx(6.0), "sums of 0.1 round"


def test_what_lasts_may_be_beyond_the_threshold_by_more_than_the_alarm() -> None:
    np.testing.assert_array_equal(combined_score(said(9.0, 5.0), TOP, NEVER), [9.0])
    np.testing.assert_array_equal(combined_score(np.full((1, 5), NAN), TOP, NEVER), [NAN])


def test_what_stands_still_raises_the_alarm_whatever_scores() -> None:
    rows = [said(1.0, 2.0), said(1.0, 2.0), said(9.0, 5.0), np.full((1, 5), NAN)]
    still = np.array([3.9, 8.0, 8.0, 8.0])
    scores = combined_score(np.concatenate(rows), TOP, still)
    np.testing.assert_array_equal(scores, [1.0, 8.0, 9.0, NAN])
    assert is_flat_line(scores, still, TOP).tolist() == [False, True, False, False]


def of_method(level: float) -> np.ndarray:
    """Return what a simple method says of one row."""
    return parts_of_method(np.array([level]))


def test_a_simple_method_alone_says_its_level_and_raises_no_alarm() -> None:
    assert score({"a": 1.0}, {"a": of_method(9.0)}) == pytest.approx(9.0)
    assert score({"a": 1.0}, {"a": of_method(-2.0)}) == 0.0


def test_beside_simple_methods_what_lasts_is_joined_by_the_mean_logarithm() -> None:
    members = {"network": said(99.0, 0.0), "method": of_method(0.0)}
    assert score({"network": 0.5, "method": 0.5}, members) == pytest.approx(9.0)  # of 100 and 1


def test_beside_simple_methods_an_alarm_says_as_much_as_what_lasts() -> None:
    members = {"loud": said(0.0, 99.0), "method": of_method(0.0)}
    assert score({"loud": 0.5, "method": 0.5}, members) == pytest.approx(9.0)  # of 100 and 1
    members |= {"deaf": said(3.0, 2.0)}
    weights = {"loud": 0.25, "deaf": 0.25, "method": 0.5}
    assert score(weights, members) == pytest.approx(400**0.25 - 1.0)  # of 100, 4 and twice 1


def test_what_is_joined_is_counted_in_levels_of_its_own_alarm_and_all() -> None:
    tail = TailFit((0.0, 4.0), (0.0, 6.0))
    mixed = blend({"a": said(3.0, 5.0), "b": of_method(3.0)}, {"a": 0.5, "b": 0.5})
    expected = 1.5 * (24**0.5 - 1.0)  # the mean of 6 and 4, counted in logarithms
    assert combined_score(counted(mixed, tail.level), 10.0, NEVER) == pytest.approx(expected)
    loud = counted(said(3.0, 5.0), tail.level)
    np.testing.assert_allclose(loud, [[4.5**2, 1.0, 7.5, math.log(8.5), 1.0]])
    for calm in (of_method(3.0), said(3.0, 0.0)):
        assert combined_score(counted(calm, tail.level), TOP, NEVER) == pytest.approx(4.5)
    low = TailFit((2.0, 4.0), (1.0, 3.0))
    assert combined_score(counted(of_method(0.5), low.level), TOP, NEVER) == 0.0


def test_what_is_expected_is_what_networks_expect() -> None:
    network = np.column_stack([said(1.0, 0.0), [[7.0]]])
    method = np.column_stack([of_method(1.0), [[3.0]]])
    mixed = blend({"network": network, "method": method}, {"network": 0.25, "method": 0.75})
    usual = np.array([3.0])
    np.testing.assert_allclose(expected_of(mixed, usual), [[7.0]])
    np.testing.assert_allclose(expected_of(method, usual), [[3.0]])
    np.testing.assert_allclose(expected_of(network, usual), [[7.0]])
