"""The sample of the winner: as it is drawn, and as it is read back from a stranger's run."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from seqtune.tasks.generate.report_sample import SampleReport

Draw = Callable[..., str]

SAMPLE = SampleReport(
    "ensemble", "Once there was\n\na king.\x1b[31m", 0.8, "there was", runs=40, copied=0.25
)


def test_a_sample_is_drawn_with_its_lines_and_its_check(draw: Draw) -> None:
    assert (
        draw(SAMPLE)
        == """\
A sample of ensemble at temperature 0.8

Once there was

a king.\\x1b[31m

- 25.0 % of its 40 sequences of eight words are in the training text
- longest part in the training text: 9 characters
    there was"""
    )


def test_shares_of_words_and_spans_are_told_and_checked(draw: Draw) -> None:
    report = SampleReport("t", "a king", 0.7, "", 0, None, spans=0.125, words=0.5)
    assert draw(report).splitlines()[-4:-2] == [
        "- 50.0 % of its words are in the training text",
        "- 12.5 % of its sequences of 50 characters are in the training text",
    ]
    assert SampleReport.from_dict(report.to_dict()) == report
    with pytest.raises(ValueError, match="shares of spans"):
        SampleReport.from_dict({**report.to_dict(), "words": 1.5})


def test_a_sample_without_anything_copied_says_so(draw: Draw) -> None:
    text = draw(SampleReport("t001", "ab", 0.0, "", runs=0, copied=None))
    assert text.splitlines()[-2:] == [
        "- too short for a sequence of eight words",
        "- nothing of it is in the training text",
    ]


@pytest.mark.parametrize(("encoding", "end"), [("utf-8", "…"), ("ascii", "...")])
def test_a_long_sample_is_cut_after_twelve_lines(draw: Draw, encoding: str, end: str) -> None:
    text = "\n".join(f"line {number}" for number in range(30))
    lines = draw(SampleReport("t", text, 1.0, "", 1, 0.0), encoding=encoding).splitlines()
    assert lines[13:15] == ["line 11", end]


@pytest.mark.parametrize("width", [5, 20, 80])
def test_it_fits_every_console(draw: Draw, width: int) -> None:
    """`draw` itself checks that no line is wider than the console."""
    report = SampleReport("n" * 90, "w" * 900, 1.0, "w" * 300, 1, 0.5)
    assert draw(report, width=width, encoding="ascii").count("w") > 0


def test_what_a_run_keeps_is_read_back_as_it_was() -> None:
    kept = json.loads(json.dumps(SAMPLE.to_dict()))
    assert SAMPLE.kind == "text"
    assert SampleReport.from_dict(kept) == SAMPLE
    nothing = SampleReport("t", "", 0.0, "", 0, None)
    assert SampleReport.from_dict(nothing.to_dict()) == nothing


@pytest.mark.parametrize("change", [
    {"model": 1},
    {"text": None},
    {"text": "other"},  # the run is no part of it
    {"run": ["there was"]},
    {"text": "x" * 20_001, "run": "x"},
    {"runs": 1.5},
    {"runs": True},
    {"runs": -1},
    {"runs": 0},  # and yet a share of them
    {"copied": None},
    {"copied": 1.5},
    {"copied": -0.1},
    {"copied": "1"},
    {"copied": True},
    {"temperature": -1},
    {"temperature": 1e9},
    {"temperature": "hot"},
])  # fmt: skip
def test_what_is_no_sample_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"texts|part|count|share|temperature"):
        SampleReport.from_dict({**SAMPLE.to_dict(), **change})


@pytest.mark.parametrize("name", ["model", "text", "run", "runs", "copied", "temperature"])
def test_a_part_that_is_missing_is_noticed(name: str) -> None:
    kept = SAMPLE.to_dict()
    del kept[name]
    with pytest.raises(KeyError, match=name):
        SampleReport.from_dict(kept)
