"""Intervals that hold: factors by hand, and coverage on data drawn for it."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import pytest

from seqtune.tasks.forecast import conformal
from seqtune.tasks.forecast.conformal import ConformalFactors, measure_factors
from seqtune.tasks.forecast.task import TASK

LEVELS = (0.1, 0.5, 0.9)


def measured(quantiles: Any, actual: Any, observed: Any, levels: Any) -> ConformalFactors:
    """Return the factors of data of which enough is known."""
    factors = measure_factors(quantiles, actual, observed, levels)
    assert factors is not None
    return factors


def around(median: Any, lower: float, upper: float) -> Any:
    """Return quantiles at fixed distances from a median (windows, horizon)."""
    return np.stack([median - lower, median, median + upper], axis=-1)


def test_a_factor_is_the_ranked_score_in_predicted_distances(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of the errors 1 … 19, that of rank ceil(20 x 0.8) is 16; the distance is 4, the factor 4.

    The level 0.75 stands alone: its rank is 15, its distance 3, its factor 5.
    """
    monkeypatch.setattr(conformal, "MIN_SCORES", 1)
    monkeypatch.setattr(conformal, "BEYOND", 1)
    levels = (0.1, 0.5, 0.75, 0.9)
    actual = np.arange(1.0, 20.0)[:, None]
    quantiles = np.tile([-9.0, 0.0, 3.0, 4.0], (19, 1, 1))
    everywhere = np.ones((19, 1), bool)
    factors = measured(quantiles, actual, everywhere, levels)
    assert factors.levels == levels
    assert factors.factors.tolist() == [[4.0, 1.0, 5.0, 4.0]]  # the median stays
    assert factors.apply(quantiles)[0, 0].tolist() == [-36.0, 0.0, 15.0, 16.0]
    # below the median too, the farther side counts
    below = measured(quantiles, -2.25 * actual, everywhere, levels)
    assert below.factors.tolist() == [[4.0, 1.0, conformal.MIN_FACTOR, 4.0]]


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
    factors = measured(quantiles, actual, everywhere, LEVELS)
    quantiles, actual = noise(4000, 6, 1)
    assert (actual <= quantiles[..., 2]).mean() < 0.7
    moved = factors.apply(quantiles)
    inside = (moved[..., 0] <= actual) & (actual <= moved[..., 2])
    assert np.abs(inside.mean(axis=0) - 0.8).max() < 0.04  # at every step ahead
    assert np.array_equal(moved[..., 1], quantiles[..., 1])


def test_few_windows_are_pooled_over_neighbouring_steps() -> None:
    """Twenty windows tell little of an interval of 80 % by themselves; those of three steps do."""
    quantiles, actual = noise(20, 9, 2)
    everywhere = np.ones(actual.shape, bool)
    factors = measured(quantiles, actual, everywhere, LEVELS)
    scores = np.maximum(actual / quantiles[..., 2], actual / quantiles[..., 0])
    near = np.sort(scores[:, 3:6].ravel())
    rank = int(np.ceil((len(near) + 1) * 0.8))
    # the fifth step, of the level 0.9
    assert factors.factors[4, 2] == pytest.approx(np.clip(near[rank - 1], 0.05, 20))


def test_what_was_not_observed_does_not_count() -> None:
    quantiles, actual = noise(300, 2, 3)
    observed = np.ones(actual.shape, bool)
    expected = measured(quantiles[:200], actual[:200], observed[:200], LEVELS)
    observed[200:] = False
    actual[200:] = np.nan
    found = measured(quantiles, actual, observed, LEVELS)
    assert np.array_equal(found.factors, expected.factors)


@pytest.mark.parametrize("windows", [0, 1, 9])
def test_of_too_little_there_are_no_factors(windows: int) -> None:
    quantiles, actual = noise(max(1, windows), 2, 4)
    observed = np.zeros(actual.shape, bool)
    observed[:windows] = True
    assert measure_factors(quantiles, actual, observed, LEVELS) is None


def test_quantiles_without_any_width_give_numbers() -> None:
    actual = np.ones((30, 2))
    observed = np.ones(actual.shape, bool)
    flat = np.zeros((30, 2, 3))
    for truth in (actual, 0 * actual):
        factors = measured(flat, truth, observed, LEVELS)
        assert np.isfinite(factors.factors).all()
        assert np.isfinite(factors.apply(flat)).all()


def test_quantiles_ascend_after_any_factors() -> None:
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    draw = np.random.default_rng(5)
    quantiles = np.sort(draw.normal(size=(50, 3, 5)), axis=2)
    moved = ConformalFactors(levels, draw.uniform(0.05, 20, (3, 5))).apply(quantiles)
    assert (np.diff(moved, axis=2) >= 0).all()
    assert np.array_equal(moved[..., 2], quantiles[..., 2])


def test_the_median_alone_stays() -> None:
    quantiles, actual = noise(100, 2, 6)
    only = quantiles[..., 1:2]
    factors = measured(only, actual, np.ones(actual.shape, bool), (0.5,))
    assert factors.factors.tolist() == [[1.0], [1.0]]
    assert np.array_equal(factors.apply(only), only)


def test_factors_come_back_from_their_file() -> None:
    factors = ConformalFactors(LEVELS, np.array([[2.0, 1.0, 2.0], [0.05, 1.0, 20.0]]))
    values = json.loads(json.dumps(factors.to_dict()))
    again = ConformalFactors.from_dict(values, 2, LEVELS)
    assert again.levels == LEVELS and np.array_equal(again.factors, factors.factors)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"levels": [0.1, 0.5]}, "found other levels than [0.1, 0.5, 0.9]"),
        ({"levels": None}, "found other levels"),
        ({"factors": [[1.0, 1.0, 1.0]]}, "expected 2 rows of 3 factors"),
        ({"factors": [[1.0, 1.0], [1.0, 1.0]]}, "expected 2 rows"),
        ({"factors": [[1.0, 1.0, "1"], [1.0, 1.0, 1.0]]}, "expected 2 rows"),
        ({"factors": [[1.0, 1.0, True], [1.0, 1.0, 1.0]]}, "expected 2 rows"),
        ({"factors": {"q0.1:1": 1.0}}, "expected 2 rows"),
        ({"factors": [[1.0, 1.0, 0.04], [1.0, 1.0, 1.0]]}, "found factors beyond 0.05 to 20"),
        ({"factors": [[1.0, 1.0, 20.1], [1.0, 1.0, 1.0]]}, "found factors beyond"),
        ({"factors": [[1.0, 1.0, -1.0], [1.0, 1.0, 1.0]]}, "found factors beyond"),
        ({"factors": [[1.0, 1.0, math.nan], [1.0, 1.0, 1.0]]}, "found factors beyond"),
        ({"factors": [[1.0, 1.0, 10**400], [1.0, 1.0, 1.0]]}, "found factors beyond"),
        ({"more": 1}, "expected levels and factors"),
    ],
    ids=str,
)  # fmt: skip
def test_what_no_validation_part_gives_is_refused(change: dict[str, Any], said: str) -> None:
    sound = {"levels": list(LEVELS), "factors": [[1.0, 1.0, 1.0]] * 2}
    with pytest.raises(ValueError, match=re.escape(said)):
        ConformalFactors.from_dict({**sound, **change}, 2, LEVELS)


@pytest.mark.parametrize("values", [None, [], "text", 7, {}, {"q0.1:1": 2.0}])
def test_what_is_no_factors_at_all_is_refused(values: Any) -> None:
    with pytest.raises(ValueError, match="expected levels and factors"):
        ConformalFactors.from_dict(values, 2, LEVELS)


def test_the_task_measures_on_the_validation_part(tiny: Any) -> None:
    prepared = tiny.prepared
    actual, observed = prepared.encoded("validation").truth
    # the truth is always as far above the median as five times the upper quantile
    near = around(np.where(observed, actual, 0.0) - 0.25, 0.05, 0.05)
    factors = TASK.calibrate(prepared, prepared.encoded("validation"), near)
    assert factors is not None
    assert factors.factors == pytest.approx(np.tile([5.0, 1.0, 5.0], (3, 1)))
    test, observed = prepared.encoded("test").truth
    # and there fifteen times: of both parts the larger errors decide
    off = around(np.where(observed, test, 0.0) - 0.75, 0.05, 0.05)
    both = TASK.recalibration(prepared, near, off)
    assert both is not None and both.factors[1, 2] == pytest.approx(15.0)
    assert factors.apply(near)[0, 0, 2] == pytest.approx(near[0, 0, 1] + 0.25)
    again = TASK.read_calibration(prepared, factors.to_dict())
    assert np.array_equal(again.factors, factors.factors)


def test_of_few_horizons_the_task_narrows_nothing(tiny: Any) -> None:
    prepared = tiny.prepared
    assert TASK.hedges(prepared)
    wide = {
        part: around(np.where(observed, actual, 0.0), 9.0, 9.0)
        for part in ("validation", "test")
        for actual, observed in [prepared.encoded(part).truth]
    }
    for factors in (
        TASK.calibrate(prepared, prepared.encoded("validation"), wide["validation"]),
        TASK.recalibration(prepared, wide["validation"], wide["test"]),
    ):
        assert factors is not None and factors.factors.tolist() == [[1.0] * 3] * 3


def test_a_network_forecasts_after_its_factors(tiny: Any) -> None:
    prepared, windows = tiny.prepared, tiny.prepared.encoded("test")

    def network(inputs: Any) -> Any:
        return np.tile(np.float32([-1, 0, 1]), (len(inputs["history"]), 3, 1))

    raw = TASK.forward(network, prepared, windows, tiny.values)
    doubled = ConformalFactors(prepared.codec.levels, np.full((3, 3), 2.0))
    made = TASK.forward(network, prepared, windows, tiny.values, doubled)
    np.testing.assert_allclose(made, doubled.apply(raw))
    assert (made[..., 2] - made[..., 0]) == pytest.approx(2 * (raw[..., 2] - raw[..., 0]))
