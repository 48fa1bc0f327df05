"""Methods weighed by what they did from earlier origins, and intervals that held the truth."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from seqtune.baselines.forecast import arima, ces, combination, scum
from seqtune.baselines.forecast._alone import Alone, by_ridge, of_logarithms
from seqtune.baselines.forecast._widths import widened, width_factors
from seqtune.baselines.forecast.combination import Combination
from seqtune.baselines.method import Floats, Levels, Periods

LEVELS = (0.1, 0.5, 0.9)


def above(by: float) -> Alone:
    """A member that goes on by a step of one, and says so much too much of every step."""

    def forecast(history: Floats, horizon: int, periods: Periods, levels: Levels) -> Floats:
        steps = history[-1] + np.arange(1.0, horizon + 1.0) + by
        return np.tile(steps[:, None], (1, 1 + len(levels)))

    return forecast


def silent(history: Floats, horizon: int, periods: Periods, levels: Levels) -> Floats:
    return np.full((horizon, 1 + len(levels)), np.nan)


def among(monkeypatch: pytest.MonkeyPatch, **members: Alone) -> None:
    monkeypatch.setattr(combination, "MEMBERS", members)
    combination._voices.cache_clear()


LINE = np.arange(1.0, 41.0)


def test_a_member_counts_by_the_fourth_power_of_its_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    among(monkeypatch, good=above(1.0), bad=above(2.0))
    weights = Combination.of(LINE, 4, (), ()).weights
    assert weights == pytest.approx({"good": 16 / 17, "bad": 1 / 17})
    (found,) = combination.forecast([LINE], 4, (), ())
    np.testing.assert_allclose(found[:, 0], [41 + 18 / 17 + step for step in range(4)])


def test_the_last_origins_count_most() -> None:
    assert combination.faded([1.0, 2.0, 4.0]) == pytest.approx((1 + 1.8 + 3.24) / 2.71)


@pytest.mark.parametrize(("steps", "expected"), [(15, []), (16, [12]), (20, [16, 14, 12])])
def test_origins_leave_enough_to_learn_from(steps: int, expected: list[int]) -> None:
    assert combination.origins(steps, 4, ()) == expected


def test_no_more_origins_than_twelve() -> None:
    found = combination.origins(400, 12, (12,))
    assert len(found) == 12 and found[:2] == [384, 378]


def test_without_origins_all_count_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    among(monkeypatch, one=above(0.0), two=above(2.0))
    (found,) = combination.forecast([LINE[:10]], 2, (), LEVELS)
    np.testing.assert_allclose(found, [[12.0] * 4, [13.0] * 4])


def test_who_is_silent_has_no_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    among(monkeypatch, one=above(0.0), none=silent)
    (found,) = combination.forecast([LINE], 3, (), LEVELS)
    np.testing.assert_allclose(found[:, 0], [41.0, 42.0, 43.0])
    among(monkeypatch, none=silent)
    assert np.isnan(combination.forecast([LINE], 3, (), LEVELS)).all()


def test_origins_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(history: Floats, horizon: int, periods: Periods, levels: Levels) -> Floats:
        asked.append(len(history))
        return above(0.0)(history, horizon, periods, levels)

    among(monkeypatch, one=counted)
    combination.forecast([LINE[:38], LINE[:40], LINE[:38]], 4, (), LEVELS)
    assert len(asked) == len(set(asked))


def test_windows_of_a_series_share_their_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(history: Floats, horizon: int, periods: Periods, levels: Levels) -> Floats:
        asked.append(len(history))
        return above(0.0)(history, horizon, periods, levels)

    among(monkeypatch, one=counted)
    ends = range(60, 72)
    combination.forecast([np.arange(1.0, end + 1.0) for end in ends], 12, (12,), LEVELS)
    assert {*asked} == {*ends, 54, 48, 42, 36, 30} and len(asked) == len({*asked})


def test_long_histories_are_cut_where_windows_share_origins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    longest: list[int] = []

    def counted(history: Floats, horizon: int, periods: Periods, levels: Levels) -> Floats:
        longest.append(len(history))
        return above(0.0)(history, horizon, periods, levels)

    among(monkeypatch, one=counted)
    combination.forecast([np.arange(650.0), np.arange(699.0)], 4, (), ())
    assert max(longest) == 499 and longest[0] == 450  # both from step 200


@pytest.mark.parametrize("method", [arima, ces, combination])
def test_what_takes_long_is_meant_for_short_series(method: ModuleType) -> None:
    assert method.suits([LINE]) and method.suits([LINE] * 60) and not method.suits([LINE] * 61)
    assert not method.suits([])
    assert not method.suits([np.ones(1001)])
    assert not method.suits([np.array([0.0, 0.0, 3.0, 0.0])])


def test_scum_runs_where_it_is_named_alone() -> None:
    assert not scum.suits([LINE])


def test_factors_by_hand() -> None:
    said = np.tile([10.0, 9.0, 10.0, 12.0], (20, 1))
    errors = np.array([*np.linspace(0.0, 6.0, 11), *np.linspace(-0.1, -2.7, 9)])
    truth = 10.0 + errors
    # errors in units of the bound on their side: 0, 0.3, … 3.0 above, 0.1 … 2.7 below
    ratios = [*np.linspace(0.0, 3.0, 11), *np.linspace(0.1, 2.7, 9)]
    factor = np.quantile(ratios, 0.8)
    np.testing.assert_allclose(width_factors(said, truth, LEVELS), [factor, 1.0, factor])
    np.testing.assert_allclose(
        widened(said[:1], np.array([2.0, 1.0, 2.0])), [[10.0, 8.0, 10.0, 14.0]]
    )


@pytest.mark.parametrize(("error", "factor"), [(0.1, 1.0), (2.0, 2.0), (100.0, 3.0)])
def test_intervals_grow_within_bounds(error: float, factor: float) -> None:
    said = np.tile([10.0, 9.0, 10.0, 11.0], (20, 1))
    found = width_factors(said, np.full(20, 10.0 + error), LEVELS)
    np.testing.assert_allclose(found, [factor, 1.0, factor])


def test_few_cases_leave_intervals_as_they_are() -> None:
    said = np.tile([10.0, 9.0, 10.0, 11.0], (19, 1))
    np.testing.assert_array_equal(width_factors(said, np.full(19, 99.0), LEVELS), [1.0, 1.0, 1.0])


def test_levels_without_a_mirror_are_left() -> None:
    said = np.tile([10.0, 9.0, 11.0], (20, 1))
    np.testing.assert_array_equal(width_factors(said, np.full(20, 99.0), (0.1, 0.8)), [1.0, 1.0])


def test_on_logarithms_growth_by_a_factor_goes_on() -> None:
    doubling = 2.0 ** np.arange(30)
    found = of_logarithms(by_ridge)(doubling, 2, (), ())
    np.testing.assert_allclose(found[:, 0], [2.0**30, 2.0**31], rtol=0.02)
    assert np.isnan(of_logarithms(by_ridge)(np.array([1.0, 0.0] * 15), 2, (), ())).all()


def test_a_regression_needs_windows() -> None:
    assert np.isnan(by_ridge(np.arange(11.0), 2, (), LEVELS)).all()
    assert np.isfinite(by_ridge(np.arange(12.0), 2, (), LEVELS)).all()


def test_scum_is_the_median_of_those_that_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def member(level: float) -> object:
        class Module:
            @staticmethod
            def forecast(histories: list[Floats], horizon: int, *rest: object) -> Floats:
                return np.full((len(histories), horizon, 2), level)

        return Module

    monkeypatch.setattr(scum, "MEMBERS", [member(each) for each in (1.0, np.nan, 5.0, 2.0)])
    assert (scum.forecast([LINE], 3, (), (0.5,)) == 2.0).all()


def test_it_is_what_an_ensemble_takes_in() -> None:
    from seqtune.baselines.runner import BaselineResult
    from seqtune.tasks.forecast.simple_methods import with_one_to_blend

    def result(name: str, score: float) -> BaselineResult:
        return BaselineResult(name, {"mase": score}, predictions={"test": LINE})

    def kept(*results: BaselineResult) -> list[str]:
        return [each.name for each in with_one_to_blend(results, "mase") if each.predictions]

    assert kept(result("theta", 0.5), result("combination", 0.6)) == ["combination"]
    assert kept(result("theta", 0.5), result("combination", np.nan)) == ["theta"]
    assert kept(result("ets", 0.6), result("theta", 0.5), result("naive", 0.1)) == ["theta"]


@pytest.mark.parametrize("period", [1, 12])
def test_intervals_of_ces_are_those_that_its_library_simulates(period: int) -> None:
    from statsforecast.models import AutoCES

    month = np.arange(96)
    noise = np.random.default_rng(2).normal(0.0, 30.0, 96)
    history = 700.0 + month + 50.0 * np.sin(2 * np.pi * month / 12) + noise  # as the library has it
    theirs = AutoCES(season_length=period).forecast(history, 6, level=[80])
    (ours,) = ces.forecast([history], 6, () if period == 1 else (period,), LEVELS)
    np.testing.assert_allclose(ours[:, 0], theirs["mean"])
    width = theirs["hi-80"] - theirs["lo-80"]
    np.testing.assert_allclose(ours[:, 3] - ours[:, 1], width, rtol=0.05)  # 5,000 draws
    (flat,) = ces.forecast([np.full(30, 7.0)], 2, (), LEVELS)
    np.testing.assert_allclose(flat, np.full((2, 4), 7.0))


def test_the_real_members_answer_for_a_season() -> None:
    months = np.arange(72)
    history = 100.0 + months + 20.0 * np.sin(2 * np.pi * months / 12)
    weights = Combination.of(history, 6, (12,), ()).weights
    assert weights.keys() == combination.MEMBERS.keys()
    assert sum(weights.values()) == pytest.approx(1.0)
    (found,) = combination.forecast([history], 6, (12,), LEVELS)
    ahead = np.arange(72, 78)
    truth = 100.0 + ahead + 20.0 * np.sin(2 * np.pi * ahead / 12)
    assert np.abs(found[:, 0] - truth).max() < 1.5
    assert (found[:, 1] <= found[:, 2]).all() and (found[:, 2] <= found[:, 3]).all()
