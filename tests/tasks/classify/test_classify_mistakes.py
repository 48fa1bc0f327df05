"""The worst mistakes: which they are, and how they are drawn."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import numpy as np
import pytest

from seqtune.tasks.classify.report_mistakes import (
    Mistake,
    MistakesReport,
    count_mistakes,
    worst_mistakes,
)

Draw = Callable[..., str]

LABELS = ["a", "b", "c"]
# truth: b, a, a, c, b; predicted: a, a, c, a, a
PROBABILITIES = np.array(
    [[0.5, 0.3, 0.2], [0.99, 0.01, 0.0], [0.1, 0.2, 0.7], [0.8, 0.1, 0.1], [0.7, 0.2, 0.1]]
)
TARGETS = np.eye(3)[[1, 0, 0, 2, 1]]


def where(case: int) -> str:
    return f"test.csv:{case + 2}"


def no_text(case: int) -> str:
    return ""


def test_the_surest_comes_first_and_equals_in_the_order_of_the_cases() -> None:
    found = worst_mistakes(PROBABILITIES, TARGETS, LABELS, where, lambda case: f"text {case}")
    assert found == [
        Mistake("test.csv:5", "c", "a", 0.8, "text 3"),
        Mistake("test.csv:4", "a", "c", 0.7, "text 2"),
        Mistake("test.csv:6", "b", "a", 0.7, "text 4"),
        Mistake("test.csv:2", "b", "a", 0.5, "text 0"),
    ]
    assert count_mistakes(PROBABILITIES, TARGETS) == 4


@pytest.mark.parametrize(("most", "expected"), [(0, 0), (1, 1), (4, 4), (9, 4), (-1, 0)])
def test_no_more_than_asked_for_are_looked_up(most: int, expected: int) -> None:
    looked_up: list[int] = []

    def text(case: int) -> str:
        looked_up.append(case)
        return ""

    found = worst_mistakes(PROBABILITIES, TARGETS, LABELS, where, text, most)
    assert len(found) == expected
    assert looked_up == [3, 2, 4, 0][:expected]


def test_five_are_returned_where_nothing_is_asked_for() -> None:
    wrong = np.tile([0.9, 0.1], (7, 1))
    found = worst_mistakes(wrong, np.eye(2)[np.ones(7, dtype=int)], LABELS[:2], where, no_text)
    assert [mistake.where for mistake in found] == [where(case) for case in range(5)]


def test_of_equally_probable_labels_the_first_is_the_predicted_one() -> None:
    tie = np.array([[0.5, 0.5]])
    assert count_mistakes(tie, np.array([[1.0, 0.0]])) == 0
    (found,) = worst_mistakes(tie, np.array([[0.0, 1.0]]), ["a", "b"], where, no_text)
    assert (found.truth, found.label) == ("b", "a")


def test_of_several_labels_the_surest_wrong_one_counts() -> None:
    probabilities = np.array([[0.9, 0.6, 0.05], [0.95, 0.2, 0.1], [0.1, 0.2, 0.3]])
    targets = np.array([[1.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    found = worst_mistakes(probabilities, targets, LABELS, where, no_text, is_multi=True)
    assert [(m.truth, m.label) for m in found] == [("a, c", "a, b"), ("c", "(none)")]
    assert [m.confidence for m in found] == pytest.approx([0.95, 0.7])
    assert count_mistakes(probabilities, targets, is_multi=True) == 2


@pytest.mark.parametrize("is_multi", [False, True])
def test_without_a_case_there_is_no_mistake(is_multi: bool) -> None:
    nothing = np.empty((0, 3))
    assert worst_mistakes(nothing, nothing, LABELS, where, no_text, is_multi=is_multi) == []
    assert count_mistakes(nothing, nothing, is_multi=is_multi) == 0


@pytest.mark.parametrize("is_multi", [False, True])
def test_nan_is_never_passed_over(is_multi: bool) -> None:
    faulty = PROBABILITIES.copy()
    faulty[1, 2] = math.nan
    with pytest.raises(ValueError, match="NaN"):
        worst_mistakes(faulty, TARGETS, LABELS, where, no_text, is_multi=is_multi)
    with pytest.raises(ValueError, match="NaN"):
        count_mistakes(faulty, TARGETS, is_multi=is_multi)


def test_a_mistake_is_a_line_and_the_start_of_its_text(draw: Draw) -> None:
    long = "a film of a few good words and of many\n\n  more that nobody could sit through " * 3
    mistakes = [
        Mistake("reviews/test.csv:12", "neg", "pos", 0.9876, long),
        Mistake("case\t7", "[red]", "b\x07", 0.5),
        Mistake("test.csv:3", "pos", "neg", 0.5, "short\x1b[31m and [bold]plain "),
    ]
    assert (
        draw(MistakesReport(mistakes, 1037))
        == """\
The 3 surest mistakes of 1,037

reviews/test.csv:12: neg -> pos (98.8 % sure)
    a film of a few good words and of many more that nobody could sit through a
    film of a few good words and of many more that nobody could sit through a…

case\\t7: [red] -> b\\x07 (50.0 % sure)

test.csv:3: pos -> neg (50.0 % sure)
    short\\x1b[31m and [bold]plain"""
    )


@pytest.mark.parametrize(("total", "title"), [
    (1, "1 mistake, the surest first"),
    (2, "The 1 surest mistake of 2"),
])  # fmt: skip
def test_the_title_counts(draw: Draw, total: int, title: str) -> None:
    report = MistakesReport([Mistake("x:1", "a", "b", 1.0)], total)
    assert draw(report) == f"{title}\n\nx:1: a -> b (100 % sure)"


def test_without_a_mistake(draw: Draw) -> None:
    assert draw(MistakesReport([], 0)) == "No mistakes"


@pytest.mark.parametrize(("letters", "is_cut"), [(1, False), (36, False), (72, False), (73, True)])
def test_a_text_of_two_lines_is_whole_and_one_letter_more_is_cut(
    draw: Draw, letters: int, is_cut: bool
) -> None:
    report = MistakesReport([Mistake("x:1", "a", "b", 0.5, "w" * letters)], 1)
    lines = draw(report, width=40).splitlines()[3:]
    assert len(lines) == (1 if letters <= 36 else 2)
    assert lines[-1].endswith("…") == is_cut
    assert all(len(line) <= 40 for line in lines)


def test_a_text_of_blanks_has_no_lines_and_one_after_many_blanks_has(draw: Draw) -> None:
    blanks = MistakesReport([Mistake("x:1", "a", "b", 0.5, " \n" * 5000)], 1)
    assert draw(blanks).splitlines()[2:] == ["x:1: a -> b (50.0 % sure)"]
    late = MistakesReport([Mistake("x:1", "a", "b", 0.5, " \n" * 5000 + "late")], 1)
    assert draw(late).splitlines()[3:] == ["    late"]
    gap = MistakesReport([Mistake("x:1", "a", "b", 0.5, "early" + " " * 9000 + "late")], 1)
    assert draw(gap).splitlines()[3:] == ["    early…"]


def test_a_console_of_ascii_gets_ascii(draw: Draw) -> None:
    report = MistakesReport([Mistake("x:1", "a", "b", 0.5, "word " * 100)], 1)
    text = draw(report, encoding="ascii")
    assert text.isascii()
    assert text.endswith("...")


@pytest.mark.parametrize("width", [5, 20, 80])
def test_it_fits_every_console(draw: Draw, width: int) -> None:
    """`draw` itself checks that no line is wider than the console."""
    report = MistakesReport([Mistake("f" * 90, "a" * 90, "b" * 90, 0.5, "w" * 900)], 1)
    assert draw(report, width=width).count("w") > 0


def test_json_holds_the_whole_text() -> None:
    report = MistakesReport([Mistake("x:1", "a", "b", 0.5, "word " * 100)], 3)
    assert json.loads(json.dumps(report.to_dict())) == {
        "total": 3,
        "mistakes": [
            {
                "where": "x:1",
                "truth": "a",
                "label": "b",
                "confidence": 0.5,
                "text": "word " * 100,
            }
        ],
    }
