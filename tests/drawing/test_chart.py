"""Ticks, labels and the canvas of a chart."""

from __future__ import annotations

import pytest

from seqtune.drawing.canvas import Canvas
from seqtune.drawing.chart import axis_labels, axis_ticks, time_label


@pytest.mark.parametrize(
    ("low", "high", "count", "ticks"),
    [
        (112.0, 622.0, 4, [200.0, 400.0, 600.0]),
        (0.0, 1.0, 5, [0.0, 0.5, 1.0]),
        (-1.0, 1.0, 4, [-1.0, 0.0, 1.0]),
        (0.3, 0.9, 3, [0.4, 0.6, 0.8]),
    ],
)
def test_ticks_are_round_and_inside(
    low: float, high: float, count: int, ticks: list[float]
) -> None:
    assert axis_ticks(low, high, count) == pytest.approx(ticks)


def test_tick_labels_tell_ticks_apart() -> None:
    assert axis_labels([0.0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"]
    assert axis_labels([1000.0, 2000.0]) == ["1,000", "2,000"]
    assert axis_labels([2e7, 4e7]) == ["2e+07", "4e+07"]


def test_times_lose_the_fraction_of_a_second_that_is_zero() -> None:
    assert time_label("2024-01-31T06:30:00.000000000") == "2024-01-31 06:30:00"
    assert time_label("2024-01-31T06:30:00.250000000") == "2024-01-31 06:30:00.25"
    assert time_label("2024-01-31") == "2024-01-31"
    assert time_label(144) == "144"


def test_a_braille_character_holds_two_by_four_dots() -> None:
    canvas = Canvas(2, 1)
    canvas.line([(0, 0), (0, 3)], ".")
    canvas.line([(3, 3)], ".")
    assert (canvas.width, canvas.height) == (4, 4)
    assert canvas.lines()[0].plain == "⡇⢀"  # dots 1, 2, 3, 7 and dot 8 of the standard


def test_what_lies_outside_the_canvas_is_not_drawn() -> None:
    canvas = Canvas(2, 1, braille=False)
    canvas.line([(-5, 0), (9, 0)], "-")
    canvas.mark(7, 7, "x")
    assert canvas.lines()[0].plain == "--"
