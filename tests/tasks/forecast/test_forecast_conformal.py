"""Intervals that hold: factors by hand, and coverage on data drawn for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.progress import silent
from seqtune.tasks.forecast import conformal
from seqtune.tasks.forecast import predict as prediction
from seqtune.tasks.forecast.conformal import apply_factors, factor_name, measure_factors
from seqtune.tasks.forecast.task import TASK

LEVELS = (0.1, 0.5, 0.9)


def around(median: Any, lower: float, upper: float) -> Any:
    """Return quantiles at fixed distances from a median (windows, horizon)."""
    return np.stack([median - lower, median, median + upper], axis=-1)


def test_a_factor_is_the_ranked_score_in_predicted_distances(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of the errors 1 … 19, that of rank ceil(20 x 0.8) is 16; the distance is 4, the factor 4.

    The level 0.75 stands alone: its rank is 15, its distance 3, its factor 5.
    """
    monkeypatch.setattr(conformal, "FEWEST", 1)
    monkeypatch.setattr(conformal, "BEYOND", 1)
    levels = (0.1, 0.5, 0.75, 0.9)
    actual = np.arange(1.0, 20.0)[:, None]
    quantiles = np.tile([-9.0, 0.0, 3.0, 4.0], (19, 1, 1))
    factors = measure_factors(quantiles, actual, np.ones((19, 1), bool), levels)
    assert factors == {"q0.1:1": 4.0, "q0.9:1": 4.0, "q0.75:1": 5.0}
    moved = apply_factors(quantiles, levels, factors)
    assert moved[0, 0].tolist() == [-36.0, 0.0, 15.0, 16.0]
    # below the median too, the farther side counts
    assert measure_factors(quantiles, -2.25 * actual, np.ones((19, 1), bool), levels) == {
        "q0.1:1": 4.0, "q0.9:1": 4.0, "q0.75:1": conformal.SMALLEST,
    }  # fmt: skip


def noise(windows: int, horizon: int, seed: int) -> Any:
    """Return windows of many magnitudes whose errors grow with each step ahead."""
    draw = np.random.default_rng(seed)
    scale = 10.0 ** draw.uniform(-3, 6, (windows, 1))
    spread = 1.0 + np.arange(horizon)
    actual = scale * spread * draw.standard_normal((windows, horizon))
    quantiles = np.zeros((windows, horizon, 3))
    quantiles[..., 0], quantiles[..., 2] = -0.5 * scale, 0.8 * scale
    return quantiles, actual


def test_intervals_hold_on_windows_that_were_not_measured() -> None:
    quantiles, actual = noise(1000, 6, 0)
    everywhere = np.ones(actual.shape, bool)
    factors = measure_factors(quantiles, actual, everywhere, LEVELS)
    quantiles, actual = noise(4000, 6, 1)
    assert (actual <= quantiles[..., 2]).mean() < 0.7
    moved = apply_factors(quantiles, LEVELS, factors)
    inside = (moved[..., 0] <= actual) & (actual <= moved[..., 2])
    assert np.abs(inside.mean(axis=0) - 0.8).max() < 0.04  # at every step ahead
    assert np.array_equal(moved[..., 1], quantiles[..., 1])


def test_few_windows_are_pooled_over_neighbouring_steps() -> None:
    """Twenty windows tell little of an interval of 80 % by themselves; those of three steps do."""
    quantiles, actual = noise(20, 9, 2)
    everywhere = np.ones(actual.shape, bool)
    factors = measure_factors(quantiles, actual, everywhere, LEVELS)
    scores = np.maximum(actual / quantiles[..., 2], actual / quantiles[..., 0])
    near = np.sort(scores[:, 3:6].ravel())
    rank = int(np.ceil((len(near) + 1) * 0.8))
    assert factors["q0.9:5"] == pytest.approx(np.clip(near[rank - 1], 0.05, 20))


def test_what_was_not_observed_does_not_count() -> None:
    quantiles, actual = noise(300, 2, 3)
    observed = np.ones(actual.shape, bool)
    expected = measure_factors(quantiles[:200], actual[:200], observed[:200], LEVELS)
    observed[200:] = False
    actual[200:] = np.nan
    assert measure_factors(quantiles, actual, observed, LEVELS) == expected


@pytest.mark.parametrize("windows", [0, 1, 9])
def test_too_little_changes_nothing(windows: int) -> None:
    quantiles, actual = noise(max(1, windows), 2, 4)
    observed = np.zeros(actual.shape, bool)
    observed[:windows] = True
    assert measure_factors(quantiles, actual, observed, LEVELS) == {}
    assert apply_factors(quantiles, LEVELS, {}) is quantiles


def test_quantiles_without_any_width_give_numbers() -> None:
    actual = np.ones((30, 2))
    observed = np.ones(actual.shape, bool)
    flat = np.zeros((30, 2, 3))
    for truth in (actual, 0 * actual):
        factors = measure_factors(flat, truth, observed, LEVELS)
        assert np.isfinite(list(factors.values())).all()
        assert np.isfinite(apply_factors(flat, LEVELS, factors)).all()


def test_quantiles_ascend_after_any_factors() -> None:
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    draw = np.random.default_rng(5)
    quantiles = np.sort(draw.normal(size=(50, 3, 5)), axis=2)
    factors = {
        factor_name(level, step): float(draw.uniform(0.05, 20))
        for level in levels
        for step in (1, 2, 3)
    }
    moved = apply_factors(quantiles, levels, factors)
    assert (np.diff(moved, axis=2) >= 0).all()
    assert np.array_equal(moved[..., 2], quantiles[..., 2])


def test_the_median_alone_has_no_factors() -> None:
    quantiles, actual = noise(100, 2, 6)
    only = quantiles[..., 1:2]
    assert measure_factors(only, actual, np.ones(actual.shape, bool), (0.5,)) == {}


def test_the_task_measures_on_the_validation_part(tiny: Any) -> None:
    prepared = tiny.prepared
    actual, observed = prepared.encoded("validation").truth
    wide = around(np.where(observed, actual, 0.0), 1.0, 1.0)
    wide[..., 1] -= 0.25  # the truth is always a fifth of the way to the upper quantile
    factors = TASK.calibration(prepared, wide)
    assert {factor_name(level, step) for level in (0.1, 0.9) for step in (1, 2, 3)} == set(factors)
    assert factors["q0.9:2"] == factors["q0.1:2"] == pytest.approx(0.2)
    test, observed = prepared.encoded("test").truth
    off = around(np.where(observed, test, 0.0), 1.0, 1.0)
    off[..., 1] -= 0.75  # and there three sevenths: of both parts the larger errors decide
    both = TASK.recalibration(prepared, wide, off)
    assert both["q0.9:2"] == pytest.approx(0.75 / 1.75)
    assert TASK.calibrated(prepared, wide, factors)[0, 0, 2] == pytest.approx(wide[0, 0, 1] + 0.25)


def test_a_run_gives_out_members_and_ensemble_after_their_factors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two members of equal weight, 2 and 4 wide; the first is doubled, the mean halved."""
    wide = {"t001": 2.0, "t002": 4.0}
    monkeypatch.setattr(
        prediction, "forecast_windows",
        lambda network, *_: around(np.zeros((1, 1)), wide[network], wide[network]),
    )  # fmt: skip
    monkeypatch.setattr(prediction, "floored", lambda forecast, *_: forecast)
    members = [
        SimpleNamespace(trial=name, weight=0.5, values={}, baseline="") for name in ("t001", "t002")
    ]
    run = SimpleNamespace(
        prepared=SimpleNamespace(codec=SimpleNamespace(horizon=1, levels=LEVELS)),
        choose=lambda name: SimpleNamespace(kind="ensemble"),
        listener=silent,
        members={"ensemble": members},
        network=lambda member: member.trial,
        calibrations={"t001": {"q0.9:1": 2.0}, "ensemble": {"q0.9:1": 0.5, "q0.1:1": 1.0}},
    )
    found = prediction.forecast_with(run, "ensemble", None, [0])  # type: ignore[arg-type]
    assert found[0, 0].tolist() == [-3.0, 0.0, 2.0]
