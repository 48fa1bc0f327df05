"""What a pre-trained network is shown of a history, and what it forecasts without training."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from seqtune.baselines.forecast import pretrained
from seqtune.pretrained.autoregression import paths, seasonal_paths
from seqtune.pretrained.levels import PLACES, at_levels
from seqtune.pretrained.lines import MEMORIES, foretold, lines
from seqtune.pretrained.network import recurrence, shipped
from seqtune.pretrained.reading import Reading, read
from seqtune.pretrained.zero_shot import Histories, forecast

STEPS = 64
YEARS = 20.0 + 0.25 * np.arange(48) + np.tile([3.0, -1.0, -4.0, 2.0], 12)
"""A line and a season of four steps."""

ROUGH = np.cumsum(np.random.default_rng(3).normal(0.2, 1.0, 60)) + np.tile([5.0, 0.0, -5.0], 20)
AHEAD = np.arange(1, 9)


def reading_of(history: np.ndarray, period: int, steps: int = STEPS) -> Reading:
    values = np.zeros((1, steps))
    values[0, steps - len(history) :] = history
    known = np.arange(steps)[None] >= steps - len(history)
    return read(values, known, np.array([len(history)]), np.array([period]), AHEAD[None])


def test_a_line_has_one_slope_for_every_memory() -> None:
    values = np.arange(1.0, 41.0)[None]
    levels, slopes = lines(values, np.ones_like(values, bool), np.array([0, 10]))
    np.testing.assert_allclose(slopes, 1.0)
    ends = levels[..., 1 + len(MEMORIES) :]
    np.testing.assert_allclose(ends, [[[40.0] * len(MEMORIES), [30.0] * len(MEMORIES)]])
    assert levels[0, :, len(MEMORIES)].tolist() == pytest.approx([20.5, 15.5])  # the plain means


def test_what_foretold_a_line_is_trusted() -> None:
    values = np.arange(1.0, 41.0)[None]
    errors = foretold(values, np.ones_like(values, bool), np.array([40])).reshape(2, -1)
    excess = errors[:, 1:]
    assert (excess[:, 1 + len(MEMORIES) :] < 0.1).all() and (excess[:, : len(MEMORIES)] > 1.0).all()


def test_an_autoregression_goes_on_with_the_drift() -> None:
    values = np.arange(0.0, 200.0)[None]
    found, unexplained = paths(values, np.ones_like(values, bool), AHEAD[None])
    np.testing.assert_allclose(found[0, :, 1], 199.0 + AHEAD, rtol=0.01)
    assert (unexplained < -3.0).all()


def test_a_drift_may_be_steeper_than_the_noise() -> None:
    noise = np.random.default_rng(0).normal(0.0, 0.3, 200)
    values = (20.0 * np.arange(200.0) + noise)[None]
    found, _ = paths(values, np.ones_like(values, bool), AHEAD[None])
    np.testing.assert_allclose(found[0, :, 1], 3980.0 + 20.0 * AHEAD, rtol=0.005)


def test_changes_over_a_season_go_on_where_each_step_was() -> None:
    season = np.resize([3.0, -1.0, -4.0, 2.0], 80)
    shifted = season + np.where(np.arange(80) >= 77, 6.0, 0.0)  # the last three steps are higher
    args = np.ones((1, 80), bool), np.array([4]), AHEAD[None]
    found, _ = seasonal_paths(season[None], *args)
    np.testing.assert_allclose(found[0, :, 0], season[:8], atol=1e-9)
    found, _ = seasonal_paths(shifted[None], *args)
    above = found[0, :, 0] - season[:8]
    assert above[3] > 0.5 and above[0] < 6.5  # the change is believed, and fades


def test_the_season_of_a_line_and_a_season_is_found() -> None:
    found = reading_of(YEARS, 4)
    season = np.resize([3.0, -1.0, -4.0, 2.0], 8)
    middle = found.seasons[0, :, 1:3] * found.unit[0]  # of whole seasons, by a moving average
    np.testing.assert_allclose(middle, np.stack([season] * 2, 1), atol=1e-4)
    np.testing.assert_allclose(found.slopes[0] * found.unit[0], 0.25, atol=0.02)


def test_a_reading_knows_no_unit() -> None:
    here, there = reading_of(ROUGH, 3), reading_of(1e6 - 50.0 * ROUGH, 3)
    mirrored = ("levels", "slopes", "seasons", "lags", "paths")
    for name in mirrored:
        np.testing.assert_allclose(getattr(there, name), -getattr(here, name), atol=2e-3)
    for name in ("there", "trust", "habit"):
        np.testing.assert_allclose(getattr(there, name), getattr(here, name), atol=2e-3)


def test_what_is_before_a_series_is_not_read() -> None:
    here, there = reading_of(ROUGH, 3), reading_of(ROUGH, 3, 2 * STEPS)
    for name, each in here.inputs().items():
        other = there.inputs()[name]
        other = other[:, -each.shape[1] :] if name == "patches" else other
        np.testing.assert_allclose(other, each, atol=1e-5, err_msg=name)


def test_a_recurrence_by_hand() -> None:
    weights = {
        "r/kernel": np.array([[0.0, 0.0, 1.0]], np.float32),
        "r/recurrent_kernel": np.array([[0.0, 0.0, 2.0]], np.float32),
        "r/bias": np.zeros((2, 3), np.float32),
    }
    found = recurrence(weights, "r", np.array([[[1.0], [0.5]]], np.float32))
    first = 0.5 * np.tanh(1.0)  # both gates are half open
    second = 0.5 * first + 0.5 * np.tanh(0.5 + 0.5 * 2.0 * first)
    np.testing.assert_allclose(found[0, :, 0], [first, second], rtol=1e-6)


def test_quantiles_between_and_past_deciles() -> None:
    deciles = 10.0 + 2.0 * PLACES
    found = at_levels(deciles, [0.05, 0.25, 0.5, 0.975])
    np.testing.assert_allclose(
        found, 10.0 + 2.0 * np.array([-1.64485, -0.67449, 0, 1.95996]), atol=1e-4
    )


def test_a_forecast_is_in_the_unit_of_its_history() -> None:
    deciles = forecast(shipped(), [ROUGH - 500.0], 6, (3,))
    other = forecast(shipped(), [8.0 * (ROUGH - 500.0)], 6, (3,))
    np.testing.assert_allclose(other, 8.0 * deciles, rtol=1e-4)
    assert (np.diff(deciles, axis=-1) > 0).all()


def test_a_forecast_does_not_depend_on_its_neighbours() -> None:
    alone = pretrained.forecast([ROUGH], 6, (3,), (0.1, 0.5, 0.9))
    among = pretrained.forecast([YEARS[:9], ROUGH, YEARS], 6, (3,), (0.1, 0.5, 0.9))
    np.testing.assert_allclose(among[1:2], alone, rtol=1e-4)
    np.testing.assert_array_equal(alone[..., 0], alone[..., 2])


def test_it_knows_a_line_and_a_season() -> None:
    (found,) = pretrained.forecast([YEARS], 8, (4,), (0.5,))
    truth = 20.0 + 0.25 * np.arange(48, 56) + np.tile([3.0, -1.0, -4.0, 2.0], 2)
    naive = np.abs(np.resize(YEARS[-4:], 8) - truth).mean()
    assert np.abs(found[:, 0] - truth).mean() < 0.5 * naive


@pytest.mark.parametrize(
    "history",
    [[5.0], [5.0, 6.0], [7.0] * 30, [0.0] * 30, [1e300, -1e300, 1e300, 0.0], [1e-300] * 9],
)
def test_any_history_has_a_forecast(history: list[float]) -> None:
    found = pretrained.forecast([np.array(history)], 400, (12, 168), (0.1, 0.5, 0.9))
    assert np.isfinite(found).all()


def test_histories_are_filled_up_on_the_left() -> None:
    batch = Histories.of([np.arange(70.0), np.ones(3)], longest=66)
    assert batch.values.shape == (2, 128) and batch.lengths.tolist() == [66, 3]
    assert batch.values[0, -66] == 4.0 and batch.there.sum(axis=1).tolist() == [66, 3]


def test_the_weights_fit_into_a_wheel() -> None:
    path = files("seqtune.pretrained").joinpath("weights.npz")
    assert len(path.read_bytes()) < 2_000_000
    assert all(np.isfinite(each).all() for each in shipped().values())
