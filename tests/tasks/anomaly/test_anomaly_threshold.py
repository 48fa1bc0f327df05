"""The tail and its threshold: what it is, and what it withstands."""

from __future__ import annotations

import math
from time import perf_counter

import numpy as np
import pytest

from seqtune.tasks.anomaly.peaks import cluster_peaks
from seqtune.tasks.anomaly.threshold import default_rate, fit_tail

NAN = math.nan


def noise(rows: int, seed: int = 0):
    return np.abs(np.random.default_rng(seed).normal(size=rows))


def events_above(scores, threshold: float) -> int:
    above = scores > threshold
    return int(above[0]) + int((above[1:] & ~above[:-1]).sum())


@pytest.mark.parametrize("scores", [np.empty(0), np.full(3, NAN), np.array([1.0, math.inf])])
def test_without_scores_there_is_no_tail(scores) -> None:
    with pytest.raises(ValueError, match="at least one score, none of them infinite"):
        fit_tail(scores, 1e-3)


@pytest.mark.parametrize("rate", [0.0, -1e-3, 1.5, NAN])
def test_a_rate_is_a_share_of_the_rows(rate: float) -> None:
    with pytest.raises(ValueError, match="found a rate of"):
        fit_tail(noise(100), rate)


@pytest.mark.parametrize("scores", [np.array([3.0]), np.full(50, 3.0), np.array([NAN, 3.0, NAN])])
def test_of_constant_scores_any_higher_one_is_strange(scores) -> None:
    tail = fit_tail(scores, 1e-3)
    assert (tail.threshold, tail.scale, tail.share) == (3.0, 0.0, 0.0)


@pytest.mark.parametrize("rows", [2, 3, 5, 10, 30])
def test_few_rows_have_a_threshold_beyond_almost_all_of_them(rows: int) -> None:
    tail = fit_tail(noise(rows), 1e-4)
    assert math.isfinite(tail.threshold)
    assert tail.threshold >= np.sort(noise(rows))[-2]


def test_a_run_of_high_scores_is_one_event() -> None:
    scores = np.array([0, 2, 3, 2, 0, 0, 0, 0, 0, 0, 5, 0.0])
    assert cluster_peaks(scores, 1.0).tolist() == [3.0, 5.0]
    assert cluster_peaks(scores, 9.0).tolist() == []
    assert cluster_peaks(scores, 4.0).tolist() == [5.0]
    scores[5:7] = NAN
    assert cluster_peaks(scores, 1.0).tolist() == [3.0, 5.0]


def test_rows_side_by_side_are_never_two_events() -> None:
    assert cluster_peaks(np.array([0.0, 2, 3, 0]), 1.0).tolist() == [3.0]
    assert cluster_peaks(np.arange(2.0, 30.0), 1.0).tolist() == [29.0]


def test_of_times_that_are_equal_all_divide_or_none() -> None:
    scores = np.zeros(60)
    scores[5::10] = np.arange(1.0, 7.0)
    assert cluster_peaks(scores, 0.5).tolist() in ([6.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])


def test_independent_scores_are_events_of_their_own_and_repeated_ones_are_not() -> None:
    scores = noise(20_000)
    single = cluster_peaks(scores, 2.0)
    fourfold = cluster_peaks(np.repeat(scores, 4), 2.0)
    above = int((scores > 2.0).sum())
    assert 0.85 * above < len(single) <= above
    assert 0.85 * above < len(fourfold) <= above


def test_a_rate_above_all_events_gives_the_start() -> None:
    tail = fit_tail(noise(5000), 0.5)
    assert tail.threshold == tail.start


def test_later_scores_pass_the_threshold_about_as_often_as_was_asked() -> None:
    tail = fit_tail(noise(20_000), 1e-3)
    assert events_above(noise(200_000, seed=1), tail.threshold) == pytest.approx(200, rel=0.3)


def test_a_rarer_rate_gives_a_higher_threshold() -> None:
    tails = [fit_tail(noise(1000), rate) for rate in (1e-2, 1e-3, 1e-4, 1e-6)]
    thresholds = [tail.threshold for tail in tails]
    assert thresholds == sorted(set(thresholds))
    assert thresholds[-1] > noise(1000).max()


def test_smooth_scores_are_judged_by_events_not_by_rows() -> None:
    def smooth(rows: int, seed: int):
        return np.convolve(noise(rows, seed), np.ones(10) / 10, "valid")

    tail = fit_tail(smooth(20_000, 0), 1e-3)
    assert tail.share < 0.6 * 0.02
    later = smooth(200_000, 1)
    assert 80 < events_above(later, tail.threshold) < 400
    assert (later > tail.threshold).sum() > 1.5 * events_above(later, tail.threshold)


@pytest.mark.parametrize("length", [1, 20, 100])
def test_anomalies_among_the_scores_hardly_move_the_threshold(length: int) -> None:
    scores = noise(5000)
    clean = fit_tail(scores, 1e-3).threshold
    for start in (700, 2000, 4400):
        scores[start : start + length] = 40.0 + np.arange(length)
    tail = fit_tail(scores, 1e-3)
    assert tail.threshold == pytest.approx(clean, rel=0.1)


def test_one_long_anomaly_does_not_hide_behind_itself() -> None:
    scores = noise(3000)
    scores[1000:1120] = 30.0 + noise(120, seed=2)  # four in a hundred rows
    assert fit_tail(scores, 1e-3).threshold < 6.0


def test_ties_are_no_harm() -> None:
    scores = np.round(noise(5000) * 2) / 2
    tail = fit_tail(scores, 1e-3)
    assert 2.5 <= tail.threshold <= 5.0
    mostly_zero = np.where(np.arange(5000) % 100 == 7, 1.0, 0.0)
    assert fit_tail(mostly_zero, 1e-3).threshold < 2.0


def test_rows_without_a_score_are_left_out() -> None:
    scores = noise(5000)
    scores[:500] = NAN
    tail = fit_tail(scores, 1e-3)
    assert tail.threshold == pytest.approx(fit_tail(scores[500:], 1e-3).threshold)


def test_scores_in_another_unit_have_the_same_tail() -> None:
    tail, thousandfold = fit_tail(noise(3000), 1e-4), fit_tail(1000 * noise(3000), 1e-4)
    assert thousandfold.threshold == pytest.approx(1000 * tail.threshold)
    assert thousandfold.shape == tail.shape


def test_many_rows_take_seconds() -> None:
    began = perf_counter()
    tail = fit_tail(noise(1_000_000), 1e-5)
    assert perf_counter() - began < 5.0
    assert tail.threshold == pytest.approx(4.42, abs=0.15)  # of the normal distribution


def test_the_default_rate_is_three_false_events_in_what_is_known_or_one_a_year() -> None:
    hour, day, year = 3600.0, 86_400.0, 365.25 * 86_400.0
    assert default_rate(100_000, hour) == pytest.approx(hour / year)
    assert default_rate(2000, day) == pytest.approx(day / year)
    assert default_rate(1000, day) == 3e-3
    assert default_rate(3000, 60.0) == default_rate(3000, None) == default_rate(3000, 0.0) == 1e-3
    assert default_rate(10, None) == default_rate(0, 100 * year) == 0.01
