"""Calendar features by step: as computed at once, and only for steps that series cover."""

from __future__ import annotations

import numpy as np

from seqtune.data.panel.calendar import calendar_features
from seqtune.data.panel.calendar_table import CalendarTable
from seqtune.data.panel.grid import Grid

GRID = Grid("h", "2024-01-01T00:00:00")
CYCLES = ("day", "week")


def table(*spans: tuple[int, int]) -> CalendarTable:
    first, end = np.array(spans, np.int64).T
    return CalendarTable.of(GRID, first, end, CYCLES)


def test_features_are_those_of_the_steps() -> None:
    steps = np.array([[3, 4], [30, 99]])
    whole = calendar_features(GRID, 0, 100, CYCLES)
    np.testing.assert_array_equal(table((0, 50), (20, 100)).at(steps), whole[steps])


def test_spans_that_touch_or_overlap_are_one() -> None:
    found = table((20, 30), (0, 10), (10, 15), (5, 12), (40, 50))
    assert found.begins.tolist() == [0, 20, 40]
    assert found.offsets.tolist() == [0, 15, 25, 35]
    whole = calendar_features(GRID, 0, 50, CYCLES)
    covered = np.r_[0:15, 20:30, 40:50]
    np.testing.assert_array_equal(found.at(covered), whole[covered])


def test_a_span_within_another_hides_nothing() -> None:
    found = table((0, 100), (10, 20), (90, 120))
    assert (found.begins.tolist(), found.offsets.tolist()) == ([0], [0, 120])


def test_beside_a_span_its_ends_count() -> None:
    found = table((10, 20), (30, 40))
    whole = calendar_features(GRID, 0, 50, CYCLES)
    np.testing.assert_array_equal(found.at(np.array([5, 25, 45])), whole[[10, 19, 39]])


def test_memory_follows_the_steps_that_are_covered() -> None:
    found = CalendarTable.of(
        Grid("s", "2000-01-01T00:00:00"), np.array([0, 631_152_000]), np.array([150, 631_152_150]),
        ("day",),
    )  # fmt: skip
    assert len(found.values) == 300
    assert found.features == 2


def test_without_cycles_there_are_no_features() -> None:
    found = CalendarTable.of(GRID, np.array([0, 50]), np.array([10, 60]), ())
    assert found.at(np.array([[0, 55]])).shape == (1, 2, 0)
