"""Metrics of flags and scores against numbers worked by hand, and against scikit-learn's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from seqtune.metrics.anomaly import (
    auc_pr,
    detection_delay,
    event_recall,
    false_events_per_1000,
)
from seqtune.metrics.labelled_events import as_mask, count_within, runs

NAN = math.nan
NONE = np.empty(0)
BY_FLAGS = (event_recall, false_events_per_1000, detection_delay)

LABELS = [0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 1]
FLAGS = [1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1]
"""Events 1-3 (found two rows late), 7-8 (missed), 11 (at once); row 0 and row 6 are false alarms,
row 4 goes on from the first event."""


def test_runs_without_rows_are_none() -> None:
    assert runs([]).shape == (0, 2)
    assert runs([0]).shape == (0, 2)
    assert runs([1]).tolist() == [[0, 0]]


def test_runs_end_where_a_series_ends_and_an_empty_series_changes_nothing() -> None:
    flags = [1, 1, 1, 0, 1]
    assert runs(flags).tolist() == [[0, 2], [4, 4]]
    offsets = np.array([0, 0, 2, 2, 5, 5])
    assert runs(flags, offsets).tolist() == [[0, 1], [2, 2], [4, 4]]


def test_labels_are_zeros_and_ones_one_per_row() -> None:
    with pytest.raises(ValueError, match="neither 0 nor 1"):
        as_mask([0, 2])
    with pytest.raises(ValueError, match="neither 0 nor 1"):
        as_mask([0.0, NAN])
    with pytest.raises(ValueError, match="one label per row"):
        as_mask([[0, 1]])


def test_rows_are_counted_within_ranges() -> None:
    flags = np.array([True, False, True, True])
    ranges = np.array([[0, 0], [1, 1], [0, 3], [2, 3]])
    assert count_within(flags, ranges).tolist() == [1, 0, 3, 2]


def test_auc_pr_needs_a_labelled_row_with_a_score() -> None:
    assert math.isnan(auc_pr([], NONE))
    assert math.isnan(auc_pr([0], np.array([1.0])))
    assert math.isnan(auc_pr([1, 0], np.array([NAN, 1.0])))


def test_auc_pr_of_one_row_or_of_nothing_but_anomalies_is_one() -> None:
    assert auc_pr([1], np.array([0.0])) == 1.0
    assert auc_pr([1, 1, 1], np.array([3.0, 1.0, 2.0])) == 1.0


def test_auc_pr_of_constant_scores_is_the_share_of_labelled_rows() -> None:
    assert auc_pr([1, 0, 0, 0, 1], np.zeros(5)) == pytest.approx(0.4)


def test_auc_pr_is_worked_by_hand() -> None:
    # 0.9 is right (precision 1), 0.5 is not, 0.4 is right (precision 2 of 3)
    assert auc_pr([0, 1, 0, 1], np.array([0.1, 0.9, 0.5, 0.4])) == pytest.approx((1 + 2 / 3) / 2)


def test_auc_pr_leaves_out_rows_without_a_score() -> None:
    scores = np.array([NAN, 0.9, 0.5, NAN, 0.4, 0.1])
    labels = [1, 1, 0, 0, 1, 0]
    assert auc_pr(labels, scores) == pytest.approx((1 + 2 / 3) / 2)


@pytest.mark.parametrize("digits", [0, 1, 6])
def test_auc_pr_is_scikit_learns_average_precision(digits: int) -> None:
    random = np.random.default_rng(digits)
    labels = (random.random(500) < 0.1).astype(int)
    scores = np.round(random.normal(size=500) + labels, digits)
    assert auc_pr(labels, scores) == pytest.approx(average_precision_score(labels, scores))


@pytest.mark.parametrize("metric", BY_FLAGS)
def test_metrics_of_no_rows_are_nan(metric) -> None:
    assert math.isnan(metric([], []))


def test_one_row_is_found_missed_or_a_false_alarm() -> None:
    assert [event_recall([1], [flag]) for flag in (0, 1)] == [0.0, 1.0]
    assert [false_events_per_1000([0], [flag]) for flag in (0, 1)] == [0.0, 1000.0]
    assert detection_delay([1], [1]) == 0.0
    assert math.isnan(detection_delay([1], [0]))


def test_metrics_of_events_are_worked_by_hand() -> None:
    assert event_recall(LABELS, FLAGS) == pytest.approx(2 / 3)
    assert false_events_per_1000(LABELS, FLAGS) == pytest.approx(2 / 12 * 1000)
    assert detection_delay(LABELS, FLAGS) == pytest.approx((2 + 0) / 2)


def test_without_labelled_rows_there_are_only_false_alarms() -> None:
    assert math.isnan(event_recall([0, 0, 0], [1, 0, 1]))
    assert math.isnan(detection_delay([0, 0, 0], [1, 0, 1]))
    assert false_events_per_1000([0, 0, 0, 0], [1, 0, 1, 1]) == 500.0


def test_where_all_rows_are_labelled_there_are_no_false_alarms() -> None:
    assert event_recall([1, 1, 1], [0, 0, 1]) == 1.0
    assert detection_delay([1, 1, 1], [0, 0, 1]) == 2.0
    assert false_events_per_1000([1, 1, 1], [1, 0, 1]) == 0.0


def test_one_flag_does_not_find_more_than_its_event() -> None:
    assert event_recall([1, 1, 0, 1, 1], [0, 1, 0, 0, 0]) == 0.5


def test_rows_that_were_not_scored_count_nowhere() -> None:
    scored = np.ones(12, np.bool_)
    scored[[6, 7, 8]] = False  # the missed event, and the false alarm before it
    assert event_recall(LABELS, FLAGS, scored) == 1.0
    assert false_events_per_1000(LABELS, FLAGS, scored) == pytest.approx(1 / 9 * 1000)
    assert detection_delay(LABELS, FLAGS, scored) == 1.0
    scored[3] = False  # the flag that found the first event
    assert event_recall(LABELS, FLAGS, scored) == 0.5
    nothing = np.zeros(12, np.bool_)
    for metric in BY_FLAGS:
        assert math.isnan(metric(LABELS, FLAGS, nothing))


def test_events_and_alarms_end_where_a_series_ends() -> None:
    labels, flags, offsets = [0, 1, 1, 0], [0, 0, 1, 1], np.array([0, 2, 4])
    assert event_recall(labels, flags) == 1.0
    assert event_recall(labels, flags, offsets=offsets) == 0.5
    assert detection_delay(labels, flags) == 1.0
    assert detection_delay(labels, flags, offsets=offsets) == 0.0
    flags = [0, 1, 1, 0]
    labels = [0, 1, 0, 0]
    assert false_events_per_1000(labels, flags) == 0.0
    assert false_events_per_1000(labels, flags, offsets=offsets) == 250.0


@pytest.mark.parametrize("metric", BY_FLAGS)
def test_as_many_labels_as_flags_are_needed(metric) -> None:
    with pytest.raises(ValueError, match="found 2 labels, 3 flags and 3 rows"):
        metric([0, 1], [0, 1, 0])
