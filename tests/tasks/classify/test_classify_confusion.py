"""What is taken for what, compared as exact text."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from seqtune.metrics.classify import confusion
from seqtune.tasks.classify.report_confusion import ConfusionReport

Draw = Callable[..., str]

PLAIN = ConfusionReport(["neg", "pos"], [[412, 88], [60, 440]], "Confusion on the test part")


def of_many(classes: int, wrong: dict[tuple[int, int], int], right: int = 100) -> ConfusionReport:
    counts = right * np.eye(classes, dtype=np.int64)
    for cell, times in wrong.items():
        counts[cell] = times
    return ConfusionReport([str(number) for number in range(classes)], counts, "Digits")


def test_truth_stands_in_rows_and_prediction_in_columns(draw: Draw) -> None:
    assert (
        draw(PLAIN)
        == """\
Confusion on the test part
852 of 1,000 cases right (85.2 %); rows: truth, columns: prediction

                           recall
truth           neg   pos     (%)
─────────────────────────────────
neg             412    88    82.4
pos              60   440    88.0

precision (%)  87.3  83.3"""
    )


def test_the_diagonal_stands_out_where_there_is_colour() -> None:
    stream = StringIO()
    console = Console(
        width=80, file=stream, force_terminal=True, color_system="standard", legacy_windows=False
    )
    console.print(PLAIN)
    drawn = stream.getvalue()
    for number, is_right in ((412, True), (440, True), (88, False), (60, False)):
        assert (f"\x1b[1;32m{number}\x1b[0m" in drawn) == is_right


def test_classes_without_a_case_or_a_prediction_have_no_share(draw: Draw) -> None:
    report = ConfusionReport(
        ["very good", "fair\x1b[31m", "[red]bad"], [[2, 1, 0], [0, 0, 0], [1, 0, 0]]
    )
    assert (
        draw(report)
        == """\
Confusion
2 of 4 cases right (50.0 %); rows: truth, columns: prediction

                                                  recall
truth          very good  fair\\x1b[31m  [red]bad     (%)
────────────────────────────────────────────────────────
very good              2             1         0    66.7
fair\\x1b[31m           0             0         0       -
[red]bad               1             0         0     0.0

precision (%)       66.7           0.0         -"""
    )


def test_control_characters_of_the_title_are_shown(draw: Draw) -> None:
    for counts in ([[1]], [[[1, 2], [3, 4]]]):
        assert draw(ConfusionReport(["a"], counts, "a\tb")).startswith("a\\tb\n")


def test_one_class(draw: Draw) -> None:
    assert "only              3     100" in draw(ConfusionReport(["only"], [[3]]))


def test_headings_break_between_words(draw: Draw) -> None:
    labels = ["rather good news", "rather poor news", "no news", "old news"]
    assert (
        draw(ConfusionReport(labels, np.eye(4, dtype=int)), width=60)
        == """\
Confusion
4 of 4 cases right (100 %); rows: truth, columns: prediction

                   rather   rather
                     good     poor               old  recall
truth                news     news  no news     news     (%)
────────────────────────────────────────────────────────────
rather good news        1        0        0        0     100
rather poor news        0        1        0        0     100
no news                 0        0        1        0     100
old news                0        0        0        1     100

precision (%)         100      100      100      100"""
    )


def test_long_names_are_cut_in_the_middle_and_their_columns_numbered(draw: Draw) -> None:
    labels = [f"a class of a long name, number {number}" for number in range(1, 13)]
    report = ConfusionReport(labels, np.full((12, 12), 1234), "Long")
    lines = draw(report).splitlines()
    assert lines[4].split() == ["truth", *map(str, range(1, 13)), "(%)"]
    assert lines[6] == " 1 a clas…r 1" + 12 * " 1234" + "    8.3"
    assert lines[17] == "12 a clas… 12" + 12 * " 1234" + "    8.3"


def test_a_matrix_that_does_not_fit_becomes_its_pairs(draw: Draw) -> None:
    report = ConfusionReport(["a", "b", "c"], [[5, 2, 0], [1, 6, 0], [0, 0, 9]], "Narrow")
    assert "precision" in draw(report, width=40)
    assert (
        draw(report, width=30)
        == """\
Narrow
20 of 23 cases right (87.0 %);
the most confused labels

- 'a' taken for 'b': 2 times
  (29 % of 'a')
- 'b' taken for 'a': 1 time
  (14 % of 'b')"""
    )


def test_twelve_classes_are_shown_in_full_and_thirteen_as_pairs(draw: Draw) -> None:
    wrong = {(4, 5): 37, (2, 1): 1}
    assert "precision" in draw(of_many(12, wrong))
    assert (
        draw(of_many(13, wrong, right=271))
        == """\
Digits
3,523 of 3,561 cases right (98.9 %); the most confused labels

- '4' taken for '5': 37 times (12 % of '4')
- '2' taken for '1': 1 time (under 1 % of '2')"""
    )


def test_ten_pairs_are_shown_the_most_frequent_first(draw: Draw) -> None:
    wrong = {(row, row + 1): 20 + row % 2 for row in range(12)}
    lines = draw(of_many(13, wrong)).splitlines()[3:]
    assert lines[0] == "- '1' taken for '2': 21 times (17 % of '1')"
    assert lines[6] == "- '0' taken for '1': 20 times (17 % of '0')"
    assert lines[10:] == ["and 2 more pairs"]


def test_many_classes_without_a_mistake(draw: Draw) -> None:
    assert draw(of_many(13, {})).splitlines()[-1] == "- no label was taken for another"


def test_several_labels_have_a_row_each(draw: Draw) -> None:
    counts = [[[5, 1], [2, 4]], [[12, 0], [0, 0]], [[0, 0], [12, 0]]]
    assert (
        draw(ConfusionReport(["urgent", "never", "missed"], counts, "Tags"))
        == """\
Tags
12 cases, each with any number of labels

                 precision  recall    F1
label   support        (%)     (%)   (%)
────────────────────────────────────────
urgent        6       80.0    66.7  72.7
never         0          -       -     -
missed       12          -     0.0   0.0"""
    )


@pytest.mark.parametrize("counts", [[[0, 0], [0, 0]], np.zeros((2, 2, 2))])
def test_without_a_case_there_is_no_matrix(draw: Draw, counts: object) -> None:
    report = ConfusionReport(["a", "b"], counts, "Nothing")  # type: ignore[arg-type]
    assert draw(report) == "Nothing\nNo case was scored."


def test_without_a_label_there_is_no_matrix(draw: Draw) -> None:
    assert draw(ConfusionReport([], [], "Nothing")) == "Nothing\nNo case was scored."
    assert ConfusionReport([], [], "Nothing").to_dict()["by_label"] == []


def test_a_console_of_ascii_gets_ascii(draw: Draw) -> None:
    counts = np.full((12, 12), 1234)
    labels = [f"a class of a long name, number {number}" for number in range(12)]
    assert draw(ConfusionReport(labels, counts), encoding="ascii").isascii()
    several = ConfusionReport(["x" * 100], [[[1, 2], [3, 4]]])
    assert draw(several, encoding="ascii").isascii()


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
@pytest.mark.parametrize("classes", [1, 2, 5, 12, 13])
def test_it_fits_every_console(draw: Draw, width: int, classes: int) -> None:
    """`draw` itself checks that no line is wider than the console."""
    for label in ("x", "a label of many words, and more of them", "y" * 200):
        labels = [f"{label}{number}" for number in range(classes)]
        counts = np.arange(1, classes * classes + 1).reshape(classes, classes)
        for scale in (1, 10**4, 10**9):
            text = draw(ConfusionReport(labels, scale * counts), width=width)
            assert text.startswith("Confusion\n")


def test_names_of_wide_letters_fit(draw: Draw) -> None:
    labels = [f"日本語のラベル、とても長い名前{number}" for number in range(10)]
    lines = draw(ConfusionReport(labels, np.full((10, 10), 123)), width=80).splitlines()
    assert lines[-1].startswith("precision (%)")
    assert max(map(cell_len, lines)) <= 80


def test_json_holds_counts_and_the_figures_of_each_label() -> None:
    assert PLAIN.to_dict() == {
        "title": "Confusion on the test part",
        "labels": ["neg", "pos"],
        "counts": [[412, 88], [60, 440]],
        "by_label": [
            {
                "label": "neg",
                "support": 500,
                "predicted": 472,
                "precision": 412 / 472,
                "recall": 412 / 500,
                "f1": 824 / 972,
            },
            {
                "label": "pos",
                "support": 500,
                "predicted": 528,
                "precision": 440 / 528,
                "recall": 440 / 500,
                "f1": 880 / 1028,
            },
        ],
    }


def test_json_is_plain_and_null_where_there_is_no_share() -> None:
    probabilities = np.array([[0.9, 0.1], [0.2, 0.3]])
    targets = np.array([[1.0, 0.0], [1.0, 0.0]])
    counts = confusion(probabilities, targets, is_multi=True)
    read = json.loads(json.dumps(ConfusionReport(["a", "b"], counts).to_dict(), allow_nan=False))
    assert read["counts"] == [[[0, 0], [1, 1]], [[2, 0], [0, 0]]]
    assert [row["recall"] for row in read["by_label"]] == [0.5, None]
    assert [row["precision"] for row in read["by_label"]] == [1.0, None]
    assert [row["f1"] for row in read["by_label"]] == [pytest.approx(2 / 3), None]
    assert [row["support"] for row in read["by_label"]] == [2, 0]


@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (3, 3, 3), (3,), (2, 2, 2)])
def test_counts_of_another_number_of_labels_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="not those of 3 labels"):
        ConfusionReport(["a", "b", "c"], np.zeros(shape))
