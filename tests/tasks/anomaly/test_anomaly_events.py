"""Events from scores: where they begin and end, what caused them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from seqtune.tasks.anomaly.events import Event, event_numbers, find_events, gap_of, joined

NAN = math.nan


def spans(events: list[Event]) -> list[tuple[int, int, int, float]]:
    return [(event.start, event.end, event.peak, event.score) for event in events]


def test_without_rows_or_scores_there_is_no_event() -> None:
    assert find_events(np.empty(0), 1.0) == []
    assert find_events(np.full(5, NAN), 1.0) == []
    assert joined(np.empty((0, 2), np.int64)).shape == (0, 2)


def test_a_score_at_the_threshold_is_no_event() -> None:
    assert find_events(np.array([1.0]), 1.0) == []
    assert find_events(np.array([1.5]), 1.0) == [Event(0, 0, 0, 1.5)]
    assert find_events(np.full(4, 2.0), 2.0) == []


def test_rows_that_follow_each_other_are_one_event_with_its_peak() -> None:
    scores = np.array([2.0, 3.0, 3.0, 0.0, 0.0, 5.0])
    assert spans(find_events(scores, 1.0, gap=0)) == [(0, 2, 1, 3.0), (5, 5, 5, 5.0)]
    assert find_events(scores, 1.0, gap=0)[0].rows == 3


def test_a_small_gap_does_not_end_an_event() -> None:
    scores = np.array([2.0, 0.0, NAN, 3.0, 0.0, 0.0, 0.0, 4.0])
    assert spans(find_events(scores, 1.0, gap=1)) == [
        (0, 0, 0, 2.0),
        (3, 3, 3, 3.0),
        (7, 7, 7, 4.0),
    ]
    assert spans(find_events(scores, 1.0, gap=2)) == [(0, 3, 3, 3.0), (7, 7, 7, 4.0)]
    assert spans(find_events(scores, 1.0, gap=3)) == [(0, 7, 7, 4.0)]


def test_no_event_lasts_beyond_its_series() -> None:
    scores, offsets = np.array([0.0, 2.0, 3.0, 0.0, 2.0]), np.array([0, 2, 2, 5])
    expected = [(1, 1, 1, 2.0), (2, 4, 2, 3.0)]
    assert spans(find_events(scores, 1.0, offsets=offsets, gap=1)) == expected


def test_each_row_may_have_its_own_threshold() -> None:
    scores = np.array([2.0, 2.0, 2.0])
    assert spans(find_events(scores, np.array([3.0, 1.0, 3.0]))) == [(1, 1, 1, 2.0)]


def test_a_row_within_the_gap_is_never_the_peak() -> None:
    scores = np.array([2.0, 2.5, 2.0])
    found = find_events(scores, np.array([1.0, 9.0, 1.0]))
    assert spans(found) == [(0, 2, 0, 2.0)]


class Told:
    """A witness who says the same of every row."""

    def at(self, row: int) -> dict[str, Any]:
        return {"channel": row, "expected": 21.0, "found": 61.0}


def test_the_cause_is_what_is_to_blame_at_the_peak() -> None:
    assert find_events(np.array([3.0, 5.0]), 1.0, Told()) == [
        Event(0, 1, 1, 5.0, channel=1, expected=21.0, found=61.0)
    ]


def test_rows_bear_the_number_of_their_event() -> None:
    flags = np.array([0, 1, 1, 0, 0, 0, 0, 1, 0], np.bool_)
    two = [Event(1, 2, 1, 5.0), Event(7, 7, 7, 5.0)]
    assert event_numbers(two, flags).tolist() == [0, 1, 1, 0, 0, 0, 0, 2, 0]
    assert event_numbers([Event(1, 7, 1, 5.0)], flags).tolist() == [0, 1, 1, 0, 0, 0, 0, 1, 0]
    assert event_numbers([], np.zeros(0, np.bool_)).tolist() == []


def test_the_rows_of_a_small_gap_belong_to_the_event() -> None:
    flags = np.array([1, 0, 0, 0, 1, 0], np.bool_)
    assert event_numbers([Event(0, 4, 0, 5.0)], flags).tolist() == [1, 1, 1, 1, 1, 0]
    offsets = np.array([0, 2, 6])
    apart = [Event(0, 0, 0, 5.0), Event(4, 4, 4, 5.0)]
    assert event_numbers(apart, flags, offsets).tolist() == [1, 0, 0, 0, 2, 0]


def test_what_is_less_than_half_a_season_apart_is_one_event() -> None:
    assert [gap_of(season) for season in (1, 6, 7, 24, 25)] == [3, 3, 4, 12, 12]
