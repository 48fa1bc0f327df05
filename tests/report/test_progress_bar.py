"""How far a prediction is: nothing at first, then a line now and then, or one that redraws."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from seqtune.progress import Advanced, Event, Note, ProgressCounter
from seqtune.report.progress_bar import ProgressBar


class Clock:
    """Seconds that stand still unless told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_tally_tells_what_is_done_and_never_more_than_there_is() -> None:
    heard: list[Event] = []
    tally = ProgressCounter(heard.append, 5, "rows")
    tally.add(3)
    tally.add(3)
    assert heard == [Advanced(3, 5, "rows"), Advanced(5, 5, "rows")]


@pytest.mark.parametrize(("is_terminal", "each"), [(True, 0.19), (False, 0.99)])
def test_what_is_done_soon_after_the_first_part_is_not_told(is_terminal: bool, each: float) -> None:
    clock, out = Clock(), StringIO()
    with ProgressBar(Console(file=out, force_terminal=is_terminal), clock) as progress_bar:
        clock.now += 60.0
        for done in range(1, 11):
            clock.now += each
            progress_bar(Advanced(done, 10, "windows"))
    assert out.getvalue() == ""


def test_off_a_terminal_a_line_comes_every_ten_seconds() -> None:
    clock, out = Clock(), StringIO()
    with ProgressBar(Console(file=out), clock) as progress_bar:
        progress_bar(Note("no figure"))
        for done in range(1, 9):
            clock.now += 4.0
            progress_bar(Advanced(1_000 * done, 8_000, "windows"))
    assert out.getvalue().splitlines() == [
        "4,000 of 8,000 windows, about 16s left",
        "7,000 of 8,000 windows, about 4.0s left",
    ]


@pytest.mark.parametrize(
    ("done", "ahead"), [(0, ""), (1, ", about 3.0s left"), (2, ", about 0.0s")]
)
def test_a_terminal_gets_a_line_that_is_gone_in_the_end(done: int, ahead: str) -> None:
    clock, out = Clock(), StringIO()
    console = Console(file=out, force_terminal=True, width=60)
    with ProgressBar(console, clock) as progress_bar:
        progress_bar(Advanced(0, 2, "cases"))
        clock.now += 3.0
        progress_bar(Advanced(done, 2, "cases"))
    assert f"{done} of 2 cases{ahead}" in out.getvalue()
    assert out.getvalue().endswith("\x1b[2K")
