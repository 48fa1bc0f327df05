"""Every anomaly baseline: what all of them promise, then what each computes, worked by hand."""

from __future__ import annotations

import math
from time import perf_counter

import numpy as np
import pytest

from seqtune.baselines.anomalies import fit_detector
from seqtune.baselines.anomaly import (
    isolation_forest,
    moving_z_score,
    seasonal_residual,
    sub_pca,
)
from seqtune.baselines.anomaly._units import center_and_unit, largest, stacked
from seqtune.baselines.anomaly._windows import Windows
from seqtune.metrics.anomaly import auc_pr
from seqtune.registry import baselines

NAN = math.nan
PERIOD = 24
METHODS = sorted(baselines("anomaly"))


def season(rows: int, channels: int = 1, seed: int = 0):
    random = np.random.default_rng(seed)
    wave = 10 + np.sin(np.arange(rows) * 2 * np.pi / PERIOD)[:, None]
    return wave + random.normal(scale=0.1, size=(rows, channels))


def column(*values: float):
    return np.array(values, np.float64)[:, None]


def scores_of(name: str, train, values, period: int | None = PERIOD):
    return fit_detector(name, train, period, 0)(values)


def test_the_methods_are_those_that_the_pages_name() -> None:
    assert METHODS == ["isolation_forest", "moving_z_score", "seasonal_residual", "sub_pca"]
    for name in METHODS:
        assert baselines("anomaly").summary(name)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("period", [None, 1, 2, PERIOD, 5000])
@pytest.mark.parametrize("rows", [0, 1, 2, 7, 100])
def test_a_stretch_of_any_length_gets_a_score_or_nan_per_row(name, period, rows) -> None:
    scores = scores_of(name, [season(300, 2)], season(rows, 2), period)
    assert scores.shape == (rows,) and scores.dtype == np.float64
    assert not np.isinf(scores).any()


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("train", [[], [0], [1], [2], [3, 0, 1], [200, 5]])
def test_training_may_be_as_short_as_nothing(name, train) -> None:
    parts = [season(rows, 2) for rows in train]
    scores = scores_of(name, parts, season(50, 2)) if parts else None
    if scores is None:
        scorer = fit_detector(name, [np.empty((0, 2))], PERIOD, 0)
        scores = scorer(season(50, 2))
    assert scores.shape == (50,) and not np.isinf(scores).any()


@pytest.mark.parametrize("name", METHODS)
def test_a_large_disturbance_has_the_highest_scores(name: str) -> None:
    values = season(600, 2, seed=1)
    values[400:410, 1] += 8.0
    labels = np.zeros(600)
    labels[400:410] = 1
    scores = scores_of(name, [season(1000, 2)], values)
    assert 400 <= np.nanargmax(scores) < 400 + PERIOD
    assert auc_pr(labels, scores) > 0.2


@pytest.mark.parametrize("name", METHODS)
def test_a_score_depends_on_no_later_row(name: str) -> None:
    values, other = season(300, 2, seed=1), season(300, 2, seed=2)
    other[:200] = values[:200]
    scorer = fit_detector(name, [season(500, 2)], PERIOD, 0)
    before, after = scorer(values), scorer(other)
    np.testing.assert_array_equal(before[:200], after[:200])
    assert (before[200:] != after[200:]).any()
    np.testing.assert_allclose(scorer(values[:200]), before[:200], rtol=1e-9)


@pytest.mark.parametrize("name", METHODS)
def test_fitting_again_gives_the_same_scores_and_changes_no_input(name: str) -> None:
    train, values = season(500, 2), season(300, 2, seed=1)
    copies = train.copy(), values.copy()
    first, second = (scores_of(name, [train], values) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert (train == copies[0]).all() and (values == copies[1]).all()


@pytest.mark.parametrize("name", METHODS)
def test_a_constant_channel_is_no_harm_and_its_change_is_strange(name: str) -> None:
    train, values = season(500, 2), season(300, 2, seed=1)
    train[:, 1] = values[:, 1] = 4.0
    scorer = fit_detector(name, [train], PERIOD, 0)
    calm = scorer(values)
    assert np.isfinite(calm[PERIOD + 8 :]).all()
    values[200:, 1] = 5.0
    if name == "isolation_forest":  # it makes no cut where training never moved
        np.testing.assert_array_equal(scorer(values), calm)
        return
    assert scorer(values)[200] > np.nanmax(calm[150:])


@pytest.mark.parametrize("name", METHODS)
def test_rows_where_nothing_was_observed_have_no_score(name: str) -> None:
    train, values = season(500, 2), season(300, 2, seed=1)
    train[::7] = values[100:110] = NAN
    values[150:160, 0] = NAN  # the other channel is known
    scores = scores_of(name, [train], values)
    assert np.isnan(scores[100:110]).all()
    assert np.isfinite(scores[150:160]).all() and np.isfinite(scores[200:]).all()
    nothing = np.full((300, 2), NAN)
    assert np.isnan(scores_of(name, [nothing], nothing)).all()


@pytest.mark.parametrize("name", METHODS)
def test_anomalies_in_training_do_not_hide_a_new_one(name: str) -> None:
    train, values = season(2000), season(600, seed=1)
    train[700:710] += 30.0
    values[400:410] += 30.0
    scores = scores_of(name, [train], values)
    assert 400 <= np.nanargmax(scores) < 400 + PERIOD


@pytest.mark.parametrize("name", METHODS)
def test_25_000_rows_take_seconds(name: str) -> None:
    values = season(25_000, 2)
    began = perf_counter()
    scores_of(name, [values], values)
    assert perf_counter() - began < 10.0


def test_center_and_unit_are_robust_and_never_zero() -> None:
    values = np.array(
        [[1.0, 5, 0, NAN, 0], [2, 5, 0, NAN, 0], [3, 5, 0, NAN, 0], [99, 5, 0, NAN, 1]]
    )
    center, unit = center_and_unit(values)
    assert center.tolist() == [2.5, 5.0, 0.0, 0.0, 0.0]
    expected = [1.4826 * 1.0, 0.05, 1.0, 1.0, np.std([0, 0, 0, 1])]
    np.testing.assert_allclose(unit, expected)
    assert center_and_unit(np.empty((0, 2)))[1].tolist() == [1.0, 1.0]


def test_of_several_channels_the_largest_known_error_counts() -> None:
    errors = np.array([[1.0, 2.0], [NAN, 3.0], [NAN, NAN]])
    np.testing.assert_array_equal(largest(errors), [2.0, 3.0, NAN])
    assert largest(np.empty((0, 2))).shape == (0,)


def test_windows_end_at_their_row_and_hold_all_channels() -> None:
    windows = Windows(2, np.zeros(2), np.ones(2))
    values = np.array([[1.0, 10.0], [2.0, 20.0], [NAN, 30.0], [4.0, NAN]])
    seen = []
    scorer = windows.scorer(lambda flat: seen.append(flat.copy()) or flat.sum(axis=1))
    np.testing.assert_array_equal(scorer(values), [NAN, 33.0, 54.0, 66.0])
    assert seen[0].tolist() == [[1, 2, 10, 20], [2, 2, 20, 30], [2, 4, 30, 30]]
    assert windows.training([values, values[:1]]).shape == (3, 4)


def test_a_chunk_border_changes_no_score(monkeypatch: pytest.MonkeyPatch) -> None:
    values = season(500, 2)
    whole = scores_of("sub_pca", [values], values)
    monkeypatch.setattr("seqtune.baselines.anomaly._windows.CHUNK", 1000)
    np.testing.assert_allclose(scores_of("sub_pca", [values], values), whole, rtol=1e-9)


@pytest.mark.parametrize(("period", "channels", "rows"), [
    (None, 1, 32),
    (1, 1, 32),
    (24, 1, 24),
    (288, 1, 100),
    (100, 20, 30),
    (24, 1000, 1),
])  # fmt: skip
def test_a_window_is_a_season_within_bounds(period, channels, rows) -> None:
    train = [np.zeros((400, channels))]
    assert Windows.fitted(train, period).rows == rows


def test_the_moving_z_score_is_worked_by_hand() -> None:
    train = column(*[-1.0, 0.0, 1.0] * 10)  # median 0, unit 1.4826 * 1
    scorer = moving_z_score.fit([train], None, seed=0)
    values = column(*[0.0, 2.0] * 4, 5.0)
    # before the last row: mean 1, deviation 1; the first eight rows have too few before them
    np.testing.assert_allclose(scorer(values), [NAN] * 8 + [4.0])
    calm = column(*[3.0] * 8, 4.0)  # deviation 0: a tenth of the channel's unit counts
    np.testing.assert_allclose(scorer(calm)[8], 1.0 / (0.1 * 1.4826))


def test_one_enormous_value_does_not_spoil_the_moving_sums() -> None:
    train, values = season(500), season(1000, seed=1)
    scorer = moving_z_score.fit([train], None, seed=0)
    before = scorer(values)
    values[100] = 1e15
    np.testing.assert_allclose(scorer(values)[200:], before[200:], rtol=1e-4)


def test_the_seasonal_residual_is_worked_by_hand() -> None:
    # a season of 2 rows; noise in the second one alone
    train = column(*[1.0, 5.0, 1.0, 7.0, 1.0, 5.0, 1.0, 7.0] * 5)
    scorer = seasonal_residual.fit([train], 2, seed=0)
    values = column(1.0, 6.0, 1.0, 6.0, 1.0, 6.0, 1.0, 6.0, 9.0, 6.0, 1.0, 6.0)
    scores = scorer(values)
    assert np.isnan(scores[:2]).all()
    assert scores[2:8].tolist() == [0.0] * 6
    assert scores[8] > 0
    assert scores[10] == scores[6] == 0.0  # the anomaly does not come back a season later


def test_without_a_season_the_residual_is_the_step() -> None:
    train = column(*np.cumsum([1.0, -1.0, 2.0, -2.0] * 10))
    scorer = seasonal_residual.fit([train], None, seed=0)
    scores = scorer(column(0.0, 1.0, 5.0, 5.0))
    assert np.isnan(scores[0])
    assert scores[1] > 0 and scores[2] == pytest.approx(4 * scores[1]) and scores[3] == 0.0


def test_the_row_before_is_followed_where_the_level_wanders() -> None:
    random = np.random.default_rng(0)
    walk = np.cumsum(random.normal(size=2000))[:, None]
    wander = season(2000) + walk
    scorer = seasonal_residual.fit([wander[:1000]], PERIOD, seed=0)
    assert 0.5 < np.median(scorer(wander[1000:])[PERIOD:]) < 1.0  # 0.67 of a normal's deviation


def test_sub_pca_is_its_formula() -> None:
    train, values = season(300), season(40, seed=1)
    scores = sub_pca.fit([train], 4, seed=0)(values)
    center, unit = center_and_unit(train)

    def windows(rows):
        scaled = ((rows - center) / unit)[:, 0]
        return np.array([scaled[end - 3 : end + 1] for end in range(3, len(scaled))])

    learnt = windows(train)
    mean, deviation = learnt.mean(axis=0), learnt.std(axis=0)
    covariance = np.cov(((learnt - mean) / deviation).T, bias=True)
    variances, vectors = np.linalg.eigh(covariance)
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), range(4)])
    shares = variances / variances.sum()
    standard = (windows(values) - mean) / deviation
    distances = np.linalg.norm(standard[:, None, :] - (vectors * signs).T[None], axis=2)
    expected = (distances / shares).sum(axis=1) / (1 / shares).sum()
    np.testing.assert_allclose(scores[3:], expected)
    assert np.isnan(scores[:3]).all()


def test_another_seed_grows_another_forest() -> None:
    train, values = [season(500)], season(100, seed=1)
    one, other = (isolation_forest.fit(train, PERIOD, seed=seed)(values) for seed in (0, 1))
    assert (one[PERIOD:] != other[PERIOD:]).any()
    assert ((one[PERIOD:] > 0) & (one[PERIOD:] < 1)).all()


def test_stretches_stand_under_each_other() -> None:
    assert stacked([]).shape == (0, 0)
    assert stacked([season(3, 2), season(0, 2), season(2, 2)]).shape == (5, 2)
