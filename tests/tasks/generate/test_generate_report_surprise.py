"""The most surprising passages as they are drawn."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from seqtune.tasks.generate.report_surprise import Passage, SurpriseReport

Draw = Callable[..., str]


def test_a_passage_is_a_line_and_the_start_of_its_text(draw: Draw) -> None:
    passages = [
        Passage(
            "tales.txt:12", 5.4321, "Zwölf Boxkämpfer jagen\n  Viktor quer über den Deich. " * 4
        ),
        Passage("[red]\x07:3", 4.0, "A [bold]word\x1b[31m."),
    ]
    assert (
        draw(SurpriseReport(passages, "ensemble", 1.9876))
        == """\
The 2 passages that surprised ensemble most (whole text: 1.99 bits per
character)

tales.txt:12: 5.43 bits per character
    Zwölf Boxkämpfer jagen Viktor quer über den Deich. Zwölf Boxkämpfer jagen
    Viktor quer über den Deich. Zwölf Boxkämpfer jagen Viktor quer über den…

[red]\\x07:3: 4.00 bits per character
    A [bold]word\\x1b[31m."""
    )


def test_one_passage_and_none(draw: Draw) -> None:
    one = SurpriseReport([Passage("a:1", 2.0, "")], "t001", 2.0)
    assert draw(one) == (
        "The 1 passage that surprised t001 most (whole text: 2.00 bits per character)\n\n"
        "a:1: 2.00 bits per character"
    )
    assert draw(SurpriseReport([], "t001", 0.0)) == "No text surprised t001"


@pytest.mark.parametrize("width", [5, 20, 80])
def test_it_fits_every_console(draw: Draw, width: int) -> None:
    """`draw` itself checks that no line is wider than the console."""
    report = SurpriseReport([Passage("f" * 90, 1.0, "w" * 900)], "n" * 90, 1.0)
    assert draw(report, width=width, encoding="ascii").endswith(".")


def test_json_holds_the_whole_text() -> None:
    report = SurpriseReport([Passage("a:1", 2.5, "word " * 100)], "t001", 2.0)
    assert json.loads(json.dumps(report.to_dict())) == {
        "model": "t001",
        "bits_per_character": 2.0,
        "surprising": [{"where": "a:1", "bits_per_character": 2.5, "text": "word " * 100}],
    }
