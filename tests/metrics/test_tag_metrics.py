"""The figures of taggers: worked by hand, and spans as seqeval 1.2.2 counts them."""

from __future__ import annotations

import doctest
import math

import numpy as np
import pytest

from seqtune.metrics import tag as metrics
from seqtune.metrics.tag import (
    confusion,
    edit_score,
    log_loss,
    macro_f1,
    right_spans,
    score_tags,
    sequence_of,
    span_f1,
    wrong_stretch,
)

OFFSETS = np.array([0, 4, 6])
TARGETS = np.array([0, 0, 1, -1, 2, 2])
PREDICTED = np.array([0, 1, 1, 2, 2, 0])
MARGINALS = np.full((6, 3), 0.25)
MARGINALS[np.arange(6), PREDICTED] = 0.5


def test_the_examples_are_right() -> None:
    assert doctest.testmod(metrics).failed == 0


def test_all_figures_of_six_positions_by_hand() -> None:
    scores = score_tags(MARGINALS, PREDICTED, TARGETS, OFFSETS)
    assert scores["accuracy"] == 3 / 5
    # tag 0: 1 right of 2, given 2; tag 1: 1 of 1, given 2; tag 2: 1 of 2, given 1
    assert scores["macro_f1"] == pytest.approx((2 / 4 + 2 / 3 + 2 / 3) / 3)
    # 0 1 against 0 1 is alike; 2 0 against 2 is half
    assert scores["edit_score"] == (1 + 0.5) / 2
    assert scores["wrong_stretch"] == 1.0
    assert scores["log_loss"] == pytest.approx((3 * math.log(2) + 2 * math.log(4)) / 5)


def test_what_is_not_known_is_not_scored_whatever_was_said_there() -> None:
    other = PREDICTED.copy()
    other[3] = 0
    assert score_tags(MARGINALS, other, TARGETS, OFFSETS) == score_tags(
        MARGINALS, PREDICTED, TARGETS, OFFSETS
    )


def test_a_tag_that_the_model_lacks_counts_as_wrong() -> None:
    targets = np.array([0, 3, 1, -1, 2, 2])
    scores = score_tags(MARGINALS, PREDICTED, targets, OFFSETS)
    assert scores["accuracy"] == 3 / 5
    assert scores["log_loss"] > 34.5 / 5
    # of the unknown tag no position is right: its F1 is 0
    assert scores["macro_f1"] == pytest.approx((2 / 3 + 2 / 3 + 2 / 3 + 0) / 4)


@pytest.mark.parametrize("targets", [np.full(6, -1), TARGETS])
def test_nothing_to_score_and_nan_are_nan(targets: np.ndarray) -> None:
    marginals = MARGINALS.copy()
    marginals[3, 0] = np.nan
    scores = score_tags(marginals, PREDICTED, targets, OFFSETS)
    assert set(scores) == set(metrics.NAMES) and all(map(math.isnan, scores.values()))


def test_no_position_at_all_is_nan() -> None:
    nothing = np.empty(0, np.int64)
    scores = score_tags(np.empty((0, 2)), nothing, nothing, np.array([0, 0]))
    assert all(map(math.isnan, scores.values()))
    lone = (macro_f1(nothing, nothing), edit_score(nothing, nothing, nothing))
    assert all(map(math.isnan, (*lone, wrong_stretch(nothing, nothing, nothing))))
    assert math.isnan(log_loss(np.empty((0, 2)), nothing))


def test_shapes_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match=r"6 positions; found marginals \(5, 3\)"):
        score_tags(MARGINALS[:5], PREDICTED, TARGETS, OFFSETS)


@pytest.mark.parametrize(("predicted", "targets", "expected"), [
    ([0], [0], 1.0),
    ([0], [1], 0.0),
    ([0, 0, 0], [0, 0, 0], 1.0),
    ([0, 1, 0, 1], [0, 0, 1, 1], 0.5),  # 0 1 0 1 against 0 1
    ([0, 0, 1, 1], [1, 1, 0, 0], 0.0),
    ([0, 1, 2, 3], [0, 0, 0, 0], 0.25),
])  # fmt: skip
def test_edit_scores_of_one_sequence(
    predicted: list[int], targets: list[int], expected: float
) -> None:
    where = np.zeros(len(targets), np.int64)
    assert edit_score(np.array(predicted), np.array(targets), where) == expected


def test_segments_and_wrong_stretches_end_with_their_sequence() -> None:
    sequence = sequence_of(np.array([0, 2, 2, 4]))
    assert sequence.tolist() == [0, 0, 2, 2]
    given, truth = np.array([0, 1, 1, 0]), np.zeros(4, np.int64)
    assert wrong_stretch(given, truth, sequence) == 1.0
    assert wrong_stretch(given, truth, np.zeros(4, np.int64)) == 2.0
    assert edit_score(given, truth, sequence) == 0.5
    assert wrong_stretch(truth, truth, sequence) == 0.0


def spans(*rows: tuple[int, int, int]) -> np.ndarray:
    return np.array(rows, np.int64).reshape(-1, 3)


@pytest.mark.parametrize(("predicted", "truth", "expected"), [
    (spans(), spans(), 0.0),
    (spans((0, 1, 0)), spans(), 0.0),
    (spans((0, 1, 0)), spans((0, 1, 0)), 1.0),
    (spans((0, 1, 0)), spans((0, 1, 1)), 0.0),
    (spans((0, 1, 0)), spans((0, 2, 0)), 0.0),
    (spans((0, 1, 0), (3, 4, 1)), spans((3, 4, 1)), 2 / 3),
])  # fmt: skip
def test_a_span_is_right_as_a_whole(
    predicted: np.ndarray, truth: np.ndarray, expected: float
) -> None:
    assert span_f1(predicted, truth) == expected


def test_right_spans_are_told_in_their_order() -> None:
    given = spans((13, 14, 0), (0, 1, 0), (1, 3, 2))
    assert right_spans(given, spans((1, 3, 2), (13, 14, 0))).tolist() == [True, False, True]


def test_what_was_taken_for_what() -> None:
    assert confusion(PREDICTED, TARGETS, 3).tolist() == [
        [1, 1, 0], [0, 1, 0], [1, 0, 1], [0, 0, 0],
    ]  # fmt: skip
