"""What a page shows of a classifier, on arrays that are worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.figures.bars import Bars
from seqtune.figures.block import BLOCKS, Block
from seqtune.figures.grid import Grid
from seqtune.figures.lines import Lines
from seqtune.figures.matrix import Matrix
from seqtune.figures.points import Points
from seqtune.metrics.classify import calibration_error
from seqtune.tasks.classify.evidence.answers import Answers
from seqtune.tasks.classify.evidence.by_confidence import bins_of, confidence_block
from seqtune.tasks.classify.evidence.by_confusion import MOST_CLASSES, confusion_block
from seqtune.tasks.classify.evidence.by_distance import distance_block
from seqtune.tasks.classify.evidence.by_label import labels_block
from seqtune.tasks.classify.evidence.by_rank import (
    areas_block,
    curve,
    difference_error,
    placements,
    rank_block,
)
from seqtune.tasks.classify.evidence.mistakes import MOST, mistakes_block

Floats = npt.NDArray[np.float64]


def answers_of(
    truth: list[int], own: list[int], method: list[int] | None = None, *, sure: float = 0.8
) -> Answers:
    """Cases of labels a, b, c, … that models are all equally sure of."""
    classes = 1 + max(truth + own + (method or []))

    def said(chosen: list[int]) -> Floats:
        rest = (1 - sure) / max(1, classes - 1)
        return np.where(np.eye(classes)[chosen] > 0, sure, rest)

    made = {"net": said(own)} | ({} if method is None else {"naive": said(method)})
    labels = tuple(f"l{place}" if classes > 26 else chr(97 + place) for place in range(classes))
    baseline = "" if method is None else "naive"
    return Answers(labels, np.eye(classes)[truth], made, "net", baseline)


def several() -> Answers:
    """Three cases of which each may have two labels."""
    targets = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    own = np.array([[0.9, 0.2], [0.7, 0.1], [0.6, 0.3]])
    return Answers(("a", "b"), targets, {"net": own}, "net", is_multi=True)


def only(block: Block | None, kind: type[Any], place: int = 0) -> Any:
    assert block is not None
    return [each for each in block.figures if isinstance(each, kind)][place]


def text_of(block: Block | None) -> str:
    return " ".join(block.sentences) if block else ""


def test_the_confusion_counts_cases_and_colours_shares() -> None:
    block = confusion_block(answers_of([0, 0, 0, 0, 1], [0, 0, 0, 1, 1], [0, 0, 0, 0, 0]))
    own, method = only(block, Matrix), only(block, Matrix, 1)
    assert own.texts == (("3", "1"), ("0", "1"))
    assert own.values == ((0.75, 0.25), (0.0, 1.0))
    assert own.is_expected_diagonal
    assert method.texts == (("4", "0"), ("1", "0"))
    said = text_of(block)
    assert "net is right in 4 of 5 cases (80.0 %), naive in 4 (80.0 %): the two are not" in said
    assert "'a' is taken for 'b' 1 time (25.0 % of its cases)" in said


@pytest.mark.parametrize("is_multi", [False, True])
def test_one_case_is_answered_as_all_are(is_multi: bool) -> None:
    answers = several() if is_multi else answers_of([0, 1, 1], [1, 0, 1])
    by_case = [answers.given_to("net", case) for case in range(len(answers))]
    assert np.array_equal(by_case, answers.given("net"))


def test_more_right_than_chance_gives_is_said() -> None:
    said = text_of(confusion_block(answers_of([0] * 8, [0] * 8, [1] * 8)))
    assert "more than chance alone would give" in said
    assert "fewer than chance" in text_of(confusion_block(answers_of([0] * 8, [1] * 8, [0] * 8)))


def test_of_many_labels_the_most_frequent_are_shown_and_it_is_said() -> None:
    truth = [*range(40), *range(35, 40)]
    block = confusion_block(answers_of(truth, truth))
    matrix = only(block, Matrix)
    assert len(matrix.rows) == MOST_CLASSES
    assert {"l35", "l39", "l0"} < set(matrix.rows) and "l34" not in matrix.rows
    assert "Of 40 labels, the 30 most frequent" in text_of(block)
    assert "10 cases have another one" in text_of(block)


def test_recall_by_label_and_its_error() -> None:
    block = labels_block(answers_of([0, 0, 0, 0, 1], [0, 0, 0, 1, 1], [0] * 5))
    bars = only(block, Bars)
    assert bars.categories == ("a", "b")
    assert bars.groups[0].values == (75.0, 100.0) and bars.groups[1].values == (100.0, 0.0)
    # of four cases and one more of each kind: sqrt(4/6 * 2/6 / 4)
    assert bars.groups[0].errors[0] == pytest.approx(100 * np.sqrt(4 / 6 * 2 / 6 / 4), rel=1e-2)
    grid = only(block, Grid)
    assert grid.rows[0] == ("a", "4", "0.750", "1.00", "0.857", "0.889")
    assert "not told apart at 2" in text_of(block)


def test_a_label_without_a_case_is_left_out_and_said() -> None:
    block = labels_block(answers_of([0, 0], [0, 2]))
    assert only(block, Bars).categories == ("a",)
    assert "No case of the test part has one of the other 2 labels." in text_of(block)


def test_labels_of_several_count_each_for_itself() -> None:
    block = labels_block(several())
    assert only(block, Bars).groups[0].values == (100.0, 0.0)
    assert confusion_block(several()) is None


def test_bins_are_those_of_the_calibration_error() -> None:
    draw = np.random.default_rng(0)
    answers = answers_of([0, 1] * 20, draw.integers(0, 2, 40).tolist(), sure=0.7)
    bins = bins_of(answers, "net")
    gap = np.abs(bins.counts * (np.nan_to_num(bins.right) - np.nan_to_num(bins.claimed))).sum()
    own = answers.probabilities["net"]
    assert gap / 40 == pytest.approx(calibration_error(own, answers.targets))
    # all in one bin: chance gives sqrt(2 / pi) sqrt(0.7 * 0.3 / 40)
    assert bins.by_chance == pytest.approx(np.sqrt(2 / np.pi * 0.21 / 40))


def test_answers_that_are_too_sure_are_called_so() -> None:
    truth = [0, 1] * 20
    too_sure = answers_of(truth, [0] * 40, sure=0.9)
    assert "90.0 % sure on average and right in 50.0 %: too sure" in text_of(
        confidence_block(too_sure)
    )
    shy = answers_of(truth, truth, sure=0.6)
    assert "not sure enough" in text_of(confidence_block(shy))
    fair = answers_of([0, 0, 0, 1], [0] * 4, sure=0.75)
    assert "not told apart" in text_of(confidence_block(fair))
    points = only(confidence_block(too_sure), Points)
    assert (points.clouds[0].x, points.clouds[0].y) == ((0.9,), (0.5,))
    assert points.clouds[0].labels == ("40 cases",)


def test_areas_count_pairs() -> None:
    has = np.array([True, True, False, False])
    assert placements(np.array([0.9, 0.4, 0.4, 0.1]), has).area == 0.875  # one tie of four pairs
    assert placements(np.array([1.0, 0.9, 0.1, 0.2]), has).area == 1.0
    each = placements(np.array([0.9, 0.4, 0.4, 0.1]), has)
    assert each.above.tolist() == [1.0, 0.75] and each.below.tolist() == [0.75, 1.0]
    assert difference_error(each, each) == 0.0


def test_the_curve_goes_through_its_corners() -> None:
    has = np.array([True, False, True, False])
    places = np.array([0.0, 0.25, 0.5, 1.0])
    assert curve(np.array([0.9, 0.8, 0.7, 0.1]), has, places).tolist() == [0.5, 0.5, 1.0, 1.0]
    # equals are one step, and a straight line
    assert curve(np.full(4, 0.5), has, places).tolist() == [0.0, 0.25, 0.5, 1.0]


def test_two_labels_have_one_curve_and_many_have_theirs() -> None:
    pair = rank_block(answers_of([0, 0, 1], [0, 1, 1], [0, 0, 0]))
    assert pair is not None
    assert len(pair.figures) == 1
    assert "ROC of 'b'" in only(pair, Lines).title
    assert [line.name for line in only(pair, Lines).lines] == ["naive (0.500)", "net (0.750)"]
    answers = answers_of([0, 1, 2] * 4, [0, 1, 1] * 4)
    many = rank_block(answers)
    assert many is not None and len(many.figures) == 3 and many.is_gallery
    assert only(areas_block(answers), Grid).rows[0] == ("a", "4", "1.00")
    assert areas_block(answers_of([0, 0, 1], [0, 1, 1])) is None


def test_no_label_that_is_there_and_absent_has_no_curve() -> None:
    assert rank_block(answers_of([0, 0], [0, 1])) is None


def test_how_far_off_ordered_labels_are() -> None:
    answers = replace(answers_of([0, 1, 2, 2], [0, 2, 0, 2], [0, 1, 1, 1]), values=(1.0, 2.0, 10.0))
    block = distance_block(answers)
    bars = only(block, Bars)
    assert bars.categories == ("-2", "-1", "right", "+1", "+2")
    assert bars.groups[0].values == (25.0, 0.0, 50.0, 25.0, 0.0)
    said = text_of(block)
    assert "75.0 % of the answers of net are right or one label off; the farthest is 2 off" in said
    assert "1 are too high and 1 too low" in said
    assert "off by 4.25 on average, naive by 4.00: not told apart" in said
    assert distance_block(answers_of([0], [1])) is None


def test_mistakes_say_where_and_show_hostile_texts_as_text() -> None:
    answers = answers_of([0, 1, 1], [0, 0, 1], [0, 0, 0])
    texts = ["fine", "<script>\x1b[31m" + "x" * 900, "well"]
    block = mistakes_block(answers, "row {}".format, texts.__getitem__, None)
    grid = only(block, Grid)
    assert [heading.text for heading in grid.headings] == [
        "where", "text", "label", "answer", "confidence", "answer of naive",
    ]  # fmt: skip
    (row,) = grid.rows
    assert row[0] == "row 1" and row[1].startswith("<script>\\x1b[31mxx") and len(row[1]) < 300
    assert row[2:] == ("b", "a", "80.0 %", "a")
    assert "wrong in 1 of 3 cases; all are listed" in text_of(block)
    assert "In 1 of them naive is wrong too." in text_of(block)


def test_series_that_were_taken_for_something_else_are_drawn() -> None:
    answers = answers_of([0] * 9, [1] * 9)
    long = np.arange(6000.0).reshape(3000, 2)
    block = mistakes_block(answers, str, lambda case: "", lambda case: long, ("x", "y"))
    assert block is not None and len(block.figures) == 7  # a table and six series
    lines = only(block, Lines)
    assert len(lines.x) == 1000 and [line.name for line in lines.lines] == ["x", "y"]
    assert lines.x[-1] == 2999.0 and lines.lines[1].values[-1] == 5999.0


def test_where_nothing_is_wrong_there_are_no_mistakes() -> None:
    assert mistakes_block(answers_of([0, 1], [0, 1]), str, str, None) is None


def test_mistakes_of_several_labels_name_all_of_them() -> None:
    block = mistakes_block(several(), str, lambda case: "text", None)
    assert [row[2:4] for row in only(block, Grid).rows] == [("a, b", "a"), ("(none)", "a")]


def test_many_mistakes_are_the_surest_alone() -> None:
    answers = answers_of([0] * 50, [1] * 50)
    assert len(only(mistakes_block(answers, str, str, None), Grid).rows) == MOST


@pytest.mark.parametrize("answers", [answers_of([0, 1], [0, 0], [1, 1]), several()])
def test_blocks_are_kept_and_read(answers: Answers) -> None:
    made = (
        confusion_block(answers),
        labels_block(answers),
        confidence_block(answers),
        rank_block(answers),
    )
    blocks = tuple(block for block in made if block is not None)
    assert BLOCKS.validate_json(BLOCKS.dump_json(blocks)) == blocks
