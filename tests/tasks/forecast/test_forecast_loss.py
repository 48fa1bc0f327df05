"""The quantile loss by hand."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from seqtune.tasks.forecast.loss import quantile_loss

LEVELS = (0.1, 0.5, 0.9)


def loss(
    target: list[list[float]],
    weight: list[list[float]],
    forecast: Any,
    levels: tuple[float, ...] = LEVELS,
) -> list[float]:
    truth = np.stack([target, weight], axis=-1).astype(np.float32)
    value = quantile_loss(levels)(truth, np.asarray(forecast, np.float32))
    return keras.ops.convert_to_numpy(value).tolist()


def test_each_level_by_hand() -> None:
    # errors of 1, 0.5 and -1: 2 * 0.1 * 1, 2 * 0.5 * 0.5 and 2 * 0.1 * 1, on average 0.3
    assert loss([[1.0]], [[1.0]], [[[0.0, 0.5, 2.0]]]) == [pytest.approx(0.3)]


def test_an_outer_quantile_on_the_wrong_side_costs_the_most() -> None:
    # at 0.9, being 1 too low costs 1.8 and 1 too high 0.2
    assert loss([[1.0]], [[1.0]], [[[1.0, 1.0, 0.0]]]) == [pytest.approx(0.6)]
    assert loss([[1.0]], [[1.0]], [[[1.0, 1.0, 2.0]]]) == [pytest.approx(0.2 / 3)]


def test_the_median_alone_is_the_absolute_error() -> None:
    forecast = [[[3.0], [0.0]], [[1.0], [5.0]]]
    assert loss([[1.0, 1.0], [1.0, 1.0]], [[1.0, 1.0]] * 2, forecast, (0.5,)) == [1.5, 2.0]


def test_steps_count_by_their_weight() -> None:
    forecast = [[[3.0], [0.0]]]
    assert loss([[1.0, 1.0]], [[2.0, 0.5]], forecast, (0.5,)) == [(2 * 2 + 0.5 * 1) / 2]


def test_steps_that_were_not_observed_weigh_nothing() -> None:
    forecast = [[[0.0, 0.5, 2.0], [9.0, 10.0, 11.0]]]
    one, other = (loss([[1.0, unseen]], [[1.0, 0.0]], forecast) for unseen in (0.0, 1e6))
    assert one == other == [pytest.approx(0.15)]


def test_a_perfect_forecast_costs_nothing() -> None:
    assert loss([[1.0, -2.0]], [[1.0, 3.0]], [[[1.0] * 3, [-2.0] * 3]]) == [0]
