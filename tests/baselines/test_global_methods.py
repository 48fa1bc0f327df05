"""Regressions on all series: they learn what covariates bring, and in which series."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from seqtune.baselines.forecast import boosted_trees, ridge
from seqtune.baselines.forecast._regression import Design, reach_of
from seqtune.baselines.forecast._series_effects import SeriesEffects, halves_of
from seqtune.baselines.method import Floats
from seqtune.baselines.window_batch import WindowBatch

LEVELS = (0.1, 0.5, 0.9)
REACH, HORIZON = 32, 4
METHODS = [ridge, boosted_trees]


def promotions(
    effects: list[float], steps: int = 160, noise: float = 1.0
) -> tuple[WindowBatch, Floats]:
    """Every window of series about 100 whose promotions bring a number of their own."""
    draw = np.random.default_rng(3)
    cuts = np.arange(REACH, steps - HORIZON)
    rows = cuts[:, None] + np.arange(-REACH, HORIZON)
    batches, truths = [], []
    for number, effect in enumerate(effects):
        promotion = (draw.random(steps) < 0.3).astype(np.float32)
        values = 100 + effect * promotion + draw.normal(0, noise, steps)
        batch = WindowBatch.of_values(values[rows[:, :REACH]], HORIZON)
        known = promotion[rows][..., None] - np.float32(0.3)
        own = np.full(len(cuts), number), np.full(len(cuts), values.std())
        batches.append(replace(batch, known=known, series=own[0], unit=own[1]))
        truths.append(values[rows[:, REACH:]])
    return joined(batches), np.concatenate(truths)


def joined(batches: list[WindowBatch]) -> WindowBatch:
    return WindowBatch(
        *(np.concatenate(each) for each in zip(*(vars(b).values() for b in batches), strict=True))
    )


def with_promotion_at(batch: WindowBatch, step: int, given: bool) -> WindowBatch:
    known = batch.known.copy()
    known[:, REACH + step] = given - 0.3
    return replace(batch, known=known)


@pytest.mark.parametrize("method", METHODS)
def test_a_promotion_that_is_known_ahead_is_forecast(method: object) -> None:
    batch, truth = promotions([60.0])
    predict = method.fit(batch[:100], truth[:100], (), LEVELS, seed=0)
    asked = batch[110:]
    for step in range(HORIZON):
        brought = (
            predict(with_promotion_at(asked, step, True))
            - predict(with_promotion_at(asked, step, False))
        )[..., 0]
        assert abs(brought[:, step].mean() - 60) < 6
        others = np.delete(brought, step, axis=1)
        assert abs(others.mean()) < 3
    error = np.abs(predict(asked)[..., 0] - truth[110:]).mean()
    assert error < 4


@pytest.mark.parametrize("method", METHODS)
def test_quantiles_cover_what_they_promise(method: object) -> None:
    batch, truth = promotions([20.0], steps=400, noise=3.0)
    made = method.fit(batch[:240], truth[:240], (), LEVELS, seed=0)(batch[240:])
    inside = (truth[240:] >= made[..., 1]) & (truth[240:] <= made[..., 3])
    assert 0.7 < inside.mean() < 0.92


@pytest.mark.parametrize("method", METHODS)
def test_each_series_has_its_own_effect(method: object) -> None:
    batch, truth = promotions([60.0, 10.0, -30.0])
    predict = method.fit(batch, truth, (), LEVELS, seed=0)
    brought = (
        predict(with_promotion_at(batch, 1, True)) - predict(with_promotion_at(batch, 1, False))
    )[:, 1, 0]
    for number, effect in enumerate([60.0, 10.0, -30.0]):
        assert abs(brought[batch.series == number].mean() - effect) < 12


def test_series_effects_by_hand() -> None:
    """Two series, a covariate of -1 and 1, errors of 2 and of -2 times it."""
    ahead = np.tile([[-1.0], [1.0]], (40, 1)).reshape(40, 2, 1)
    series = np.repeat([0, 1], 20)
    batch = WindowBatch.of_values(np.zeros((40, 1)), 2)
    known = np.concatenate([np.zeros((40, 1, 1)), ahead], axis=1).astype(np.float32)
    batch = replace(batch, known=known, series=series)
    errors = np.where(series == 0, 2.0, -2.0)[:, None] * ahead[..., 0]
    found = SeriesEffects.fit(batch, errors)
    # 20 windows and a penalty of 3: 2 * 20 / (20 + 3)
    np.testing.assert_allclose(found.effects, [[40 / 23], [-40 / 23]])
    fresh = replace(batch, series=np.full(40, -1))
    assert not found.predict(fresh).any()


def test_noise_is_no_effect() -> None:
    draw = np.random.default_rng(0)
    batch = WindowBatch.of_values(np.zeros((300, 1)), 2)
    known = draw.normal(0, 1, (300, 3, 1)).astype(np.float32)
    batch = replace(batch, known=known, series=np.arange(300) % 30)
    found = SeriesEffects.fit(batch, draw.normal(0, 1, (300, 2)))
    assert np.abs(found.effects).max() < 0.2


def test_halves_are_those_of_each_series() -> None:
    assert halves_of(np.array([0, 1, 0, 1, 0, 0])).tolist() == [0, 0, 0, 1, 1, 1]


def test_seasonal_lags_are_before_the_origin() -> None:
    batch, _ = promotions([60.0])
    design = Design(batch, (7,))
    assert design.features(HORIZON - 1).shape == design.features(0).shape
    # a season of 3 is shorter than the horizon: the nearest known value is two seasons back
    values = np.arange(REACH, dtype=np.float64)[None]
    few = Design(WindowBatch.of_values(values, HORIZON), (3,))
    at_last = few.restore(few.at_step(3).astype(np.float64))[0]
    np.testing.assert_allclose(at_last, [REACH - 3, REACH - 6], atol=1e-4)


def test_the_reach_holds_two_of_the_longest_seasons() -> None:
    assert [reach_of(1, ()), reach_of(48, (24, 168)), reach_of(12, (12,))] == [32, 336, 32]
