"""The synthetic series that the pre-trained network learns from."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    from pretraining import accidents, arima, counts, cycles, draws, series, structural, windows

ALL = pytest.mark.parametrize("process", series.SHARES, ids=lambda each: each.__name__)
PERIODS = np.array([1, 1, 4, 7, 7, 12, 24])


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(5)


@ALL
def test_a_process_gives_a_finite_series_for_each_season(process: ModuleType) -> None:
    made = process.draw(np.random.default_rng(1), PERIODS, 50)
    assert made.shape == (7, 50)
    assert np.isfinite(made).all()
    assert (made.std(axis=1) > 0).mean() > 0.5
    assert np.array_equal(made, process.draw(np.random.default_rng(1), PERIODS, 50))
    assert not np.array_equal(made, process.draw(np.random.default_rng(2), PERIODS, 50))


def test_shares_of_the_processes_sum_to_one() -> None:
    assert sum(series.SHARES.values()) == pytest.approx(1.0)


def test_series_of_every_kind_are_finite_and_the_same_for_a_seed() -> None:
    made = series.draw(np.random.default_rng(7), 300, 40)
    again = series.draw(np.random.default_rng(7), 300, 40)
    other = series.draw(np.random.default_rng(8), 300, 40)
    assert made.values.shape == made.known.shape == (300, 40)
    assert np.isfinite(made.values).all()
    assert made.known.dtype == bool
    assert 0 < (~made.known).sum() < 300 * 40 * 0.06
    assert set(made.periods.tolist()) <= set(draws.PERIODS)
    for name in ("values", "known", "periods"):
        assert np.array_equal(getattr(made, name), getattr(again, name))
        assert not np.array_equal(getattr(made, name), getattr(other, name))


def test_counts_are_whole_and_never_negative(generator: np.random.Generator) -> None:
    made = counts.draw(generator, np.repeat(PERIODS, 30), 60)
    assert (made >= 0).all()
    assert (made == made.round()).all()
    assert (made == 0).any()


def test_a_season_has_mean_zero_and_unit_deviation_and_repeats(
    generator: np.random.Generator,
) -> None:
    shapes = draws.profiles(generator, PERIODS)
    assert shapes.shape == (7, 24)
    assert (shapes[PERIODS == 1] == 0).all()
    for period, shape in zip(PERIODS[2:], shapes[2:], strict=True):
        assert shape[:period].mean() == pytest.approx(0.0, abs=1e-9)
        assert shape[:period].std() == pytest.approx(1.0)
        np.testing.assert_allclose(shape[period:], shape[: 24 - period])


@pytest.mark.parametrize("made", [draws.noise, draws.slow])
def test_noise_and_wandering_have_unit_deviation(made, generator: np.random.Generator) -> None:
    assert made(generator, 300, 300).std() == pytest.approx(1.0, abs=0.1)


def test_log_uniform_draws_have_their_ends_and_the_middle_of_their_logarithms(
    generator: np.random.Generator,
) -> None:
    drawn = draws.log_uniform(generator, 0.01, 100.0, 4000)
    assert 0.01 <= drawn.min() < 0.0105
    assert 95.0 < drawn.max() <= 100.0
    assert np.median(drawn) == pytest.approx(1.0, rel=0.2)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """What is as likely as not happens, a number is the largest it may be, none is multiplied."""
    monkeypatch.setattr(structural, "chance", lambda _, share, shape: np.full(shape, share >= 0.5))
    monkeypatch.setattr(structural, "log_uniform", lambda _, low, high, shape: np.full(shape, high))
    monkeypatch.setattr(structural, "multiplied", lambda _, values, share: values)
    monkeypatch.setattr(structural, "noise", lambda *_: np.array([[1.0, 0.0, 0.0]]))
    return monkeypatch


class Ones:
    """Chance that always draws 1."""

    def standard_normal(self, shape):
        return np.ones(shape)

    def random(self, shape):
        return np.ones(shape)

    def uniform(self, low, high, shape):
        return np.ones(shape)


def test_a_level_and_a_slope_are_moved_by_a_surprise(settled: pytest.MonkeyPatch) -> None:
    """alpha is 1, beta 0.8, the slope 0.5: 0.5 + 1, then a slope of 0.5 + 0.8."""
    settled.setattr(structural, "profiles", lambda _, periods: np.zeros((1, 1)))
    made = structural.draw(Ones(), np.array([1]), 3)
    np.testing.assert_allclose(made, [[1.5, 2.8, 4.1]])


def test_a_season_is_moved_by_a_surprise(settled: pytest.MonkeyPatch) -> None:
    """It is 15 large; gamma is 0.4: its first phase is 15 at first, then 15.4."""
    settled.setattr(structural, "profiles", lambda _, periods: np.array([[1.0, -1.0]]))
    made = structural.draw(Ones(), np.array([2]), 3)
    np.testing.assert_allclose(made, [[1.5 + 15, 2.8 - 15, 4.1 + 15.4]])


def test_multiplied_series_are_exponentials_about_a_hundred(
    generator: np.random.Generator,
) -> None:
    plain = np.array([[3.0, -1.0, 1.0, 5.0]])
    assert structural.multiplied(generator, plain, 0.0).tolist() == plain.tolist()
    logs = np.log(structural.multiplied(generator, plain, 1.0) / 100.0)
    assert logs.mean() == pytest.approx(0.0)
    assert 0.03 <= logs.std() <= 1.0
    np.testing.assert_allclose(logs / logs.std(), (plain - 2.0) / plain.std())


def test_a_seasonal_sum_adds_the_same_phases() -> None:
    ones = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [4.0, 4.0], [5.0, 5.0]])
    summed = arima._seasonal_sum(ones, np.array([2, 3]))
    assert summed.T.tolist() == [[1, 2, 1 + 3, 2 + 4, 1 + 3 + 5], [1, 2, 3, 1 + 4, 2 + 5]]


def test_autoregressions_are_stationary(generator: np.random.Generator) -> None:
    for first, second, third in arima._coefficients(generator, 200).T:
        roots = np.roots([1.0, -first, -second, -third])
        assert (np.abs(roots) < 1).all()


def test_the_logistic_map_stays_between_its_bounds(generator: np.random.Generator) -> None:
    made = cycles._logistic(generator, 20, 80)
    assert made.shape == (20, 80)
    assert -0.2 < made.min() < made.max() < 1.2


def test_where_nothing_happens_series_stay_as_they_are(
    generator: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accidents, "chance", lambda _, share, shape: np.zeros(shape, bool))
    values = np.arange(24.0).reshape(2, 12)
    made, known = accidents.befall(generator, values)
    assert made.tolist() == values.tolist()
    assert known.all()


@pytest.mark.parametrize(
    ("share", "befallen"),
    [
        (0.08, "outliers and steps"),
        (0.05, "noise and averages"),
        (0.025, "bounds"),
        (0.15, "rounding"),
        (0.03, "standstills"),
    ],
)
def test_an_accident_changes_values_and_leaves_those_given(
    share: float, befallen: str, generator: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accidents, "chance", lambda _, own, shape: np.full(shape, own == share))
    values = np.sin(np.arange(300.0)).reshape(3, 100)
    before = values.copy()
    made, known = accidents.befall(generator, values)
    assert values.tolist() == before.tolist()
    assert not np.array_equal(made, before), befallen
    assert np.isfinite(made).all()
    assert known.all()
    if befallen == "bounds":  # a seventh of the values is at either of them
        low, high = np.quantile(before, 0.15, axis=1), np.quantile(before, 0.85, axis=1)
        np.testing.assert_allclose((made.min(axis=1), made.max(axis=1)), (low, high), atol=0.02)


def test_gaps_keep_their_values_and_are_said(
    generator: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accidents, "chance", lambda _, share, shape: np.full(shape, share == 0.06))
    values = np.arange(600.0).reshape(2, 300)
    made, known = accidents.befall(generator, values)
    assert made.tolist() == values.tolist()
    assert (known.mean(axis=1) > 0.65).all()
    assert (known.mean(axis=1) < 1).all()


def test_gaps_are_filled_with_the_last_known_value() -> None:
    values = np.array([[1.0, 9.0, 9.0, 4.0], [5.0, 6.0, 9.0, 9.0]])
    known = np.array([[True, False, False, True], [True, True, False, False]])
    assert windows.filled(values, known)[0].tolist() == [[1, 1, 1, 4], [5, 6, 6, 6]]


def test_examples_have_a_truth_for_every_step_that_is_asked() -> None:
    span = windows.Span(history=32, horizon=8, asked=4)
    made = series.draw(np.random.default_rng(3), 50, 64)
    reading, truth, naive = windows.examples(np.random.default_rng(4), made, span)
    _, again, _ = windows.examples(np.random.default_rng(4), made, span)
    assert truth.shape == naive.shape == (50, 4)
    assert truth.dtype == np.float32
    assert np.isfinite(truth).all()
    assert np.isfinite(naive).all()
    assert np.array_equal(truth, again)
    assert len(reading.center) == 50
