"""Which channel is to blame for a row."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.blame import Blame
from seqtune.tasks.anomaly.flat_line import FlatLine
from seqtune.tasks.anomaly.segment import Segment

NAN = math.nan


def segment(
    values: npt.NDArray[np.float64],
    seen: npt.NDArray[np.bool_] | None = None,
    first: int = 0,
    known: FlatLine | None = None,
) -> Segment:
    observed = np.ones(values.shape, np.bool_) if seen is None else seen
    zeros, ones = np.zeros(values.shape[1]), np.ones(values.shape[1])
    return Segment(values, observed, first, 0, zeros, ones, flat_line=known)


def never(rows: int) -> npt.NDArray[np.bool_]:
    return np.zeros(rows, np.bool_)


def test_the_largest_error_is_to_blame_in_units_of_its_channel() -> None:
    one = segment(np.ones((3, 2)), first=1)
    seen = np.array([[True, True], [True, False]])
    values = np.array([[1.0, 5.0], [7.0, 0.0]])
    two = Segment(values, seen, 0, 0, np.zeros(2), np.array([1.0, 10.0]))
    told = [np.array([[1.0, 1.5], [4.0, 1.0]]), np.array([[2.0, 9.0], [8.0, 99.0]])]
    found = Blame([one, two], told, never(4), 4.0)
    named = [found.at(row) for row in range(4)]
    assert [(each["channel"], each["expected"], each["found"]) for each in named] == [
        (1, 1.5, 1.0),
        (0, 4.0, 1.0),
        (0, 2.0, 1.0),  # 4 of 10 are less than 1 of 1
        (0, 8.0, 7.0),  # the other was not observed
    ]
    assert [each["unchanged"] for each in named] == [None] * 4


def test_without_a_known_error_nobody_is_to_blame() -> None:
    nothing = segment(np.ones((1, 2)), np.zeros((1, 2), np.bool_))
    assert Blame([nothing], [np.zeros((1, 2))], never(1), 4.0).at(0) == {}
    assert Blame([segment(np.ones((1, 2)))], [np.full((1, 2), NAN)], never(1), 4.0).at(0) == {}


def test_what_stands_still_is_to_blame_where_the_score_is_that() -> None:
    known = FlatLine(np.array([0, 2]), np.array([0.0, 2.0]), np.array([1.0, 0.5]))
    values = np.column_stack([np.arange(10.0), [0.0, 1.0, *[5.0] * 7, 6.0]])
    still = never(9)
    still[7] = True
    found = Blame([segment(values, first=1, known=known)], [np.zeros((9, 2))], still, 4.0)
    assert found.at(7) == {"channel": 1, "expected": 0.0, "found": 5.0, "unchanged": 7}
    assert found.at(8) == {"channel": 0, "expected": 0.0, "found": 9.0, "unchanged": None}


def test_of_a_channel_with_the_largest_error_it_is_said_too_that_it_stands_still() -> None:
    known = FlatLine(np.array([0, 2]), np.array([0.0, 2.0]), np.array([1.0, 0.5]))
    values = np.column_stack([np.zeros(10), [0.0, 1.0, *[5.0] * 8]])
    found = Blame([segment(values, known=known)], [np.zeros((10, 2))], never(10), 4.0)
    # in its sixth row the run's level is 2 + 4 * 0.5, at the threshold, then beyond
    assert found.at(7)["unchanged"] is None
    assert found.at(8) == {"channel": 1, "expected": 0.0, "found": 5.0, "unchanged": 8}


def test_of_several_that_stand_still_the_rarest_is_to_blame() -> None:
    values = np.column_stack([np.zeros(10), [*range(4), *[5.0] * 6]])
    for slope, channel, rows in ((1.0, 0, 10), (0.1, 1, 6)):
        known = FlatLine(np.array([2, 2]), np.array([2.0, 2.0]), np.array([slope, 0.8]))
        told = Blame([segment(values, known=known)], [values], np.ones(10, np.bool_), 4.0)
        assert (told.at(9)["channel"], told.at(9)["unchanged"]) == (channel, rows)
