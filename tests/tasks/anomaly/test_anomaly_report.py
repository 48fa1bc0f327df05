"""The chart of a series with its events, and the table of the strangest."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from seqtune.tasks.anomaly.report import AnomalyChart


def kept(**changes: Any) -> dict[str, Any]:
    event = {
        "start": "2024-01-01 02:00:00",
        "end": "2024-01-01 03:00:00",
        "peak": "2024-01-01 02:00:00",
        "series": "",
        "score": 8.25,
        "channel": "load",
        "expected": 1.5,
        "came": 9.0,
    }
    return {
        "title": "load: test part",
        "times": [f"2024-01-01 0{hour}:00:00" for hour in range(5)],
        "values": [1.0, 2.0, 9.0, 8.0, 1.0],
        "marked": [False, False, True, True, False],
        "events": 1,
        "rows": 5,
        "threshold": 4.0,
        "strangest": [event],
        **changes,
    }


def drawn(chart: AnomalyChart) -> list[str]:
    console = Console(file=io.StringIO(), width=80, height=12, color_system=None)
    console.print(chart)
    written: Any = console.file
    return [line.rstrip() for line in written.getvalue().splitlines()]


def test_the_strangest_are_listed_with_what_was_expected_and_what_came() -> None:
    lines = drawn(AnomalyChart.from_dict(kept()))
    assert lines[0] == "load: test part"
    assert "1 event in 5 rows of the test part. The threshold is 4.00: 1 false event in" in lines
    assert lines[-3:] == [
        "strangest            until                score  column  expected  actual",
        "─────────────────────────────────────────────────────────────────────────",
        "2024-01-01 02:00:00  2024-01-01 03:00:00   8.25  load        1.50    9.00",
    ]


def test_of_what_stands_still_nothing_is_expected_but_to_move() -> None:
    lines = drawn(
        AnomalyChart.from_dict(kept(strangest=[{**kept()["strangest"][0], "unchanged": 12}]))
    )
    assert lines[-1] == "2024-01-01 02:00:00  2024-01-01 03:00:00   8.25  load     to move    9.00"


def test_without_an_event_the_strangest_rows_are_called_so() -> None:
    lines = drawn(AnomalyChart.from_dict(kept(events=0, marked=[False] * 5)))
    assert any(line.startswith("strangest (no event)") for line in lines)


def test_an_empty_part_draws_nothing() -> None:
    chart = AnomalyChart.from_dict(kept(times=[], values=[], marked=[], strangest=[]))
    assert "There is nothing to draw: no finite value." in drawn(chart)


def test_equal_values_are_drawn_in_the_middle() -> None:
    assert len(drawn(AnomalyChart.from_dict(kept(values=[3.0] * 5)))) > 6


@pytest.mark.parametrize(
    "changes",
    [
        {"times": ["x"]},
        {"marked": [1, 0, 1, 0, 1]},
        {"times": [1, 2, 3, 4, 5]},
        {"title": 3},
        {"events": -1},
        {"events": True},
        {"rows": 1.5},
        {"values": [1.0, 2.0, "3", 4.0, 5.0]},
        {"threshold": None},
        {"strangest": [{"start": 1}]},
        {"strangest": [{**kept()["strangest"][0], "score": True}]},
        {"strangest": [{**kept()["strangest"][0], "channel": 7}]},
        {"strangest": [{**kept()["strangest"][0], "came": float("inf")}]},
        {"strangest": [{**kept()["strangest"][0], "unchanged": 1.5}]},
        {"other": 1},
    ],
)
def test_what_a_stranger_wrote_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        AnomalyChart.from_dict(kept(**changes))
