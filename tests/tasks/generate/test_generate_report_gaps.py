"""Hidden words and guesses as they are drawn, and as they are read back from a stranger's run."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from seqtune.tasks.generate.report_gaps import Gap, GapsReport

Draw = Callable[..., str]

REPORT = GapsReport(
    "t001",
    [
        Gap("The king\n has a", ", or a hat.", "cat", [("cat", 0.5), ("[red]\x07", 0.25)]),
        Gap("", " end", "The", []),
    ],
)


def test_a_gap_is_a_sentence_and_below_it_the_truth_and_the_guesses(draw: Draw) -> None:
    assert (
        draw(REPORT)
        == """\
Words of the test part as t001 guesses them

The king has a ___, or a hat.
    cat: cat (50.0 %), [red]\\x07 (25.0 %)

___ end
    The: no guess"""
    )


@pytest.mark.parametrize("width", [5, 20, 80])
def test_it_fits_every_console(draw: Draw, width: int) -> None:
    """`draw` itself checks that no line is wider than the console."""
    assert "cat" in draw(REPORT, width=width, encoding="ascii")


def test_what_a_run_keeps_is_read_back_as_it_was() -> None:
    assert GapsReport.from_dict(json.loads(json.dumps(REPORT.to_dict()))) == REPORT


@pytest.mark.parametrize("change", [
    {"model": 1},
    {"gaps": {}},
    {"gaps": [{"before": 1, "after": "", "truth": "", "guesses": []}]},
    {"gaps": [{"before": "", "after": "", "truth": "x" * 2001, "guesses": []}]},
    {"gaps": [{"before": "", "after": "", "truth": "", "guesses": [["a"]]}]},
    {"gaps": [{"before": "", "after": "", "truth": "", "guesses": [["a", 2]]}]},
    {"gaps": [{"before": "", "after": "", "truth": "", "guesses": [["a", True]]}]},
    {"gaps": [{"before": "", "after": "", "truth": "", "guesses": "ab"}]},
    {"gaps": [{"before": "", "after": "", "truth": "", "guesses": []}] * 51},
])  # fmt: skip
def test_what_are_no_gaps_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"gap|guess|probability"):
        GapsReport.from_dict({**REPORT.to_dict(), **change})
