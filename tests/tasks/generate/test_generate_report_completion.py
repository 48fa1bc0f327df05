"""Texts that a model wrote, and the words that it expects, as they are shown."""

from __future__ import annotations

import json
from collections.abc import Callable

from seqtune.tasks.generate.next_words import NextWord
from seqtune.tasks.generate.report_completion import WordsReport, WrittenReport
from seqtune.tasks.generate.writing import Completion

Draw = Callable[..., str]

ONE = Completion("Once", " upon\n\x1b[2J [b]", "stop", 9, 0.5)
OTHER = Completion("Once", " more", "length", 5, 0.25)


def test_texts_stand_one_below_the_other_and_cannot_steer_the_terminal(draw: Draw) -> None:
    report = WrittenReport("runs/1", "ensemble", [ONE, OTHER])
    assert report.plain == "Once upon\n\x1b[2J [b]\n\n---\n\nOnce more"
    assert draw(report) == "Once upon\n\\x1b[2J [b]\n\n---\n\nOnce more"


def test_the_speed_counts_new_characters() -> None:
    report = WrittenReport("runs/1", "ensemble", [ONE, OTHER])
    assert report.speed == "19 characters in 0.75s (25 characters per second)"
    nothing = WrittenReport("r", "e", [Completion("", "", "end", 1, 0.0)])
    assert nothing.speed == "0 characters in 0.00s (0 characters per second)"


def test_texts_as_json() -> None:
    report = WrittenReport("runs/1", "ensemble", [OTHER])
    assert json.loads(json.dumps(report.to_dict())) == {
        "run": "runs/1",
        "model": "ensemble",
        "texts": [
            {
                "prompt": "Once",
                "text": "Once more",
                "ended": "length",
                "tokens": 5,
                "seconds": 0.25,
            }
        ],
    }


def test_words_are_a_line_each(draw: Draw) -> None:
    words = [NextWord("cat", 0.75), NextWord("[red]\x07", 0.0123)]
    assert (
        draw(WordsReport("runs/1", "t001", "The ___ [i]", words))
        == """\
The ___ [i]

word       probability
──────────────────────
cat             75.0 %
[red]\\x07       1.23 %"""
    )
    assert (
        draw(WordsReport("runs/1", "t001", "The", []))
        == "The\nNo word can be listed: every candidate is unknown to the model."
    )


def test_words_as_json() -> None:
    report = WordsReport("runs/1", "t001", "The", [NextWord("cat", 0.75)])
    assert report.to_dict() == {
        "run": "runs/1",
        "model": "t001",
        "text": "The",
        "words": [{"word": "cat", "probability": 0.75}],
    }
