"""VUS-PR and its window, against numbers worked by hand and against the benchmark's own code."""

from __future__ import annotations

import math
from time import perf_counter

import numpy as np
import pytest

from seqtune.metrics.anomaly import auc_pr
from seqtune.metrics.dominant_window import dominant_window
from seqtune.metrics.vus import vus_pr

NAN = math.nan
SOFT = math.sqrt(1 / 2)

AGREED = [
    (60, 6, 6, 0.11484426828206692),
    (400, 0, 6, 0.14833258361343643),
    (400, 15, 6, 0.4259463095787872),
    (1000, 40, 1, 0.4629858075889166),
    (1000, 101, 6, 0.685806934938943),
]
"""Rows, window, digits of the scores, and the VUS-PR that both TSB-AD 1.5 (`generate_curve`) and
vus 0.0.6 (`RangeAUC_volume_opt`) give for the rows of `formula`."""


def formula(rows: int, digits: int):
    row = np.arange(rows)
    labels = (((row % 97 < 7) & (row % 5 != 3)) | (row > rows - 4)).astype(int)
    labels[:10] = 0
    return labels, np.round(np.sin(row * row * 0.37) + 0.8 * np.roll(labels, 2), digits)


@pytest.mark.parametrize(("rows", "window", "digits", "expected"), AGREED)
def test_the_figures_are_those_of_two_other_implementations(
    rows: int, window: int, digits: int, expected: float
) -> None:
    labels, scores = formula(rows, digits)
    assert vus_pr(labels, scores, window) == pytest.approx(expected, abs=1e-6)


def test_without_a_labelled_row_that_has_a_score_there_is_no_volume() -> None:
    assert math.isnan(vus_pr([], np.empty(0), 5))
    assert math.isnan(vus_pr([0], np.array([1.0]), 5))
    assert math.isnan(vus_pr([0, 1, 0], np.array([1.0, NAN, 2.0]), 5))


def test_one_row_or_nothing_but_anomalies_is_perfect() -> None:
    assert vus_pr([1], np.array([0.0]), 5) == 1.0
    assert vus_pr([1, 1, 1], np.array([1.0, 3.0, 2.0]), 4) == 1.0


def test_without_buffers_every_distinct_score_is_worked_by_hand() -> None:
    labels = [0, 1, 0, 1, 0]
    scores = np.array([0.1, 0.9, 0.5, 0.4, 0.2])
    # one of two rows and one of two events, then two of three rows and both events
    expected = 0.25 * 1 + (1 - 0.25) * 2 / 3
    assert vus_pr(labels, scores, 0) == pytest.approx(expected)
    one_event = [0, 1, 1, 0, 0]
    assert vus_pr(one_event, scores, 0, thresholds=None) == pytest.approx(auc_pr(one_event, scores))


def test_constant_scores_have_the_soft_share_of_labels() -> None:
    labels = [0, 0, 1, 0, 0]
    of_two = (1 + 2 * SOFT) / 5
    assert vus_pr(labels, np.ones(5), 2) == pytest.approx((0.2 + 0.2 + of_two) / 3)


def test_a_flag_in_the_buffer_counts_by_the_root_of_its_distance() -> None:
    labels = [0, 0, 0, 1, 0, 0]
    scores = np.array([0.0, 0.0, 0.0, 0.5, 1.0, 0.0])
    first = SOFT / (1 + SOFT / 2)  # recall of the row in the buffer alone
    of_two = first * SOFT + (1 - first) * (1 + SOFT) / 2
    assert vus_pr(labels, scores, 2) == pytest.approx((0.5 + 0.5 + of_two) / 3)


def test_a_row_between_two_events_counts_fully_and_joins_them() -> None:
    labels = [0, 0, 1, 0, 1, 0, 0]
    scores = np.array([0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    first = 1 / (2 + 1 / 2)  # precision 1, and the one joined event exists
    of_two = first * 1 + (1 - first) * (3 + 2 * SOFT) / 7
    alone = 2 / 7  # without buffers only the last threshold flags an event
    assert vus_pr(labels, scores, 2) == pytest.approx((alone + alone + of_two) / 3)


def test_rows_without_a_score_are_left_out_and_keep_their_place() -> None:
    labels = np.array([0, 0, 0, 1, 0, 0, 0, 0])
    scores = np.array([0.2, 0.0, 0.1, 0.5, NAN, 1.0, 0.3, 0.0])
    # the row of score 1 is two rows from the event, out of the reach of a window of 2
    kept = ~np.isnan(scores)
    beside = vus_pr(labels[kept], scores[kept], 2)
    assert vus_pr(labels, scores, 0) == pytest.approx(vus_pr(labels[kept], scores[kept], 0))
    assert vus_pr(labels, scores, 2) < beside


def test_an_event_without_any_score_is_not_missed() -> None:
    labels = [0, 1, 1, 0, 0, 1]
    scores = np.array([0.0, NAN, NAN, 0.0, 0.0, 1.0])
    assert vus_pr(labels, scores, 0) == 1.0


def test_buffers_end_where_a_series_ends() -> None:
    labels, scores = [0, 0, 1, 0, 0, 0], np.array([0.0, 0.1, 0.5, 1.0, 0.0, 0.0])
    apart = np.array([0, 3, 6])
    assert vus_pr(labels, scores, 2, apart) < vus_pr(labels, scores, 2)
    order = [3, 4, 5, 0, 1, 2]  # the order of the series does not matter
    assert vus_pr(np.array(labels)[order], scores[order], 2, apart) == pytest.approx(
        vus_pr(labels, scores, 2, apart)
    )


def test_events_of_two_series_are_never_joined() -> None:
    labels, scores = [0, 1, 1, 0], np.array([0.0, 1.0, 0.0, 0.0])
    apart = np.array([0, 2, 4])
    # one of two events at the first threshold: its recall counts half
    assert vus_pr(labels, scores, 0, apart) == pytest.approx(0.25 * 1 + 0.75 * 0.5)
    assert vus_pr(labels, scores, 0) == pytest.approx(0.5 * 1 + 0.5 * 0.5)


def test_a_window_below_zero_and_a_wrong_length_are_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        vus_pr([0, 1], np.zeros(2), -1)
    with pytest.raises(ValueError, match="3 labels for 2 scores"):
        vus_pr([0, 1, 1], np.zeros(2), 1)


def test_scores_count_by_their_order_alone() -> None:
    labels, scores = formula(1000, 6)
    assert vus_pr(labels, np.exp(3 * scores), 25) == pytest.approx(vus_pr(labels, scores, 25))


def test_25_000_rows_take_less_than_two_seconds() -> None:
    labels, scores = formula(25_000, 6)
    began = perf_counter()
    vus_pr(labels, scores, 500)
    assert perf_counter() - began < 2.0


@pytest.mark.parametrize("period", [6, 24, 100])
def test_the_window_is_the_season_where_there_is_one(period: int) -> None:
    values = np.sin(np.arange(4000) * 2 * np.pi / period)
    assert dominant_window(values) == period


@pytest.mark.parametrize("values", [
    np.empty(0),
    np.ones(1),
    np.ones(500),
    np.arange(4.0),
    np.full(50, NAN),
    np.sin(np.arange(4000) * 2 * np.pi / 350),
    np.arange(300.0),
])  # fmt: skip
def test_the_window_is_125_where_no_lag_within_reach_stands_out(values) -> None:
    assert dominant_window(values) == 125


def test_gaps_do_not_hide_the_window() -> None:
    values = np.sin(np.arange(2000) * 2 * np.pi / 48)
    values[np.random.default_rng(0).random(2000) < 0.2] = NAN
    assert abs(dominant_window(values) - 48) <= 1
