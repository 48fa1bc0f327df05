"""What members say of rows, averaged, and the one score that comes of it."""

from __future__ import annotations

import numpy as np
import pytest

from seqtune.search.ensemble import blend
from seqtune.tasks.anomaly.score_parts import combined_score, is_flat_line, score_parts, squared

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
    np.testing.assert_array_equal(said(3.0, 5.0), [[9.0, 1.0, 5.0]])
    np.testing.assert_array_equal(said(3.0, 4.0), [[9.0, 0.0, 0.0]])
    np.testing.assert_array_equal(said(-3.0, -1.0), [[0.0, 0.0, 0.0]])


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
    np.testing.assert_array_equal(combined_score(np.full((1, 3), NAN), TOP, NEVER), [NAN])


def test_what_stands_still_raises_the_alarm_whatever_scores() -> None:
    rows = [said(1.0, 2.0), said(1.0, 2.0), said(9.0, 5.0), np.full((1, 3), NAN)]
    still = np.array([3.9, 8.0, 8.0, 8.0])
    scores = combined_score(np.concatenate(rows), TOP, still)
    np.testing.assert_array_equal(scores, [1.0, 8.0, 9.0, NAN])
    assert is_flat_line(scores, still, TOP).tolist() == [False, True, False, False]
