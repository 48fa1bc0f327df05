"""Logarithms of windows, by hand, and the way back."""

from __future__ import annotations

import numpy as np
import pytest
from test_forecast_preprocessing import at, code, window

from seqtune.tasks.forecast.preprocessing import actual_values, step_weights

DOUBLING = {"y": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]}


def test_what_doubles_grows_by_the_same_step() -> None:
    coded = code(DOUBLING, horizon=2)
    made = at(coded, window(4), transform="log", base="naive", scaling="none")
    level = 3.75  # of 1, 2, 4, 8
    history = made.inputs["history"][0, :, 0]
    np.testing.assert_allclose(np.diff(history), level * np.log(2.0), rtol=1e-6)
    np.testing.assert_allclose(history[-1], level * (1.0 + np.log(8.0 / level)), rtol=1e-6)
    output = np.array([[[level * np.log(2.0)], [level * np.log(4.0)]]])
    np.testing.assert_allclose(made.restore(output)[..., 0], [[16.0, 32.0]])


def test_truth_there_and_back() -> None:
    coded = code(DOUBLING, horizon=2)
    made = at(coded, window(4), transform="log")
    actual, _ = actual_values(coded[0], window(4), 2)
    np.testing.assert_allclose(made.restore(made.reduce(actual)[..., None])[..., 0], actual)


def test_about_the_level_the_unit_is_that_of_the_target() -> None:
    coded = code({"y": [100.0, 101.0, 99.0, 100.0, 100.0, 100.0]}, horizon=2)
    plain, logs = (at(coded, window(4), transform=kind) for kind in ("none", "log"))
    np.testing.assert_allclose(logs.inputs["history"], plain.inputs["history"], atol=0.02)
    np.testing.assert_allclose(logs.unit, plain.unit, rtol=0.02)


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_series_that_is_not_above_zero_is_left_as_it_is(value: float) -> None:
    coded = code({"y": [value, 2.0, 4.0, 8.0, 16.0, 32.0]}, horizon=2)
    plain, logs = (at(coded, window(4), transform=kind) for kind in ("none", "log"))
    np.testing.assert_array_equal(logs.inputs["history"], plain.inputs["history"])
    np.testing.assert_array_equal(logs.base, plain.base)


def test_what_comes_later_does_not_say_whether_logarithms_are_taken() -> None:
    coded = code({"y": [1.0, 2.0, 4.0, 8.0, 0.0, -3.0]}, horizon=2)
    made = at(coded, window(4), transform="log")
    assert made.transform.level.tolist() == [3.75]
    assert np.isfinite(made.reduce(np.array([[0.0, -3.0]]))).all()


def test_an_error_weighs_what_it_is_in_the_target() -> None:
    """At a base of eight, of a level of 3.75, a step of one is worth 8 / 3.75."""
    coded = code(DOUBLING, horizon=2, train_rows=4)
    made = at(coded, window(4), transform="log", base="naive", scaling="none")
    truth = actual_values(coded[0], window(4), 2)
    weights = step_weights(coded[0], window(4), made, truth, "scaled_quantile")
    usual = (1.0 + 2.0 + 4.0) / 3.0
    np.testing.assert_allclose(weights, [[8.0 / 3.75 / usual] * 2], rtol=1e-6)


def test_no_forecast_is_beyond_all_measure() -> None:
    coded = code(DOUBLING, horizon=2)
    made = at(coded, window(4), transform="log")
    assert np.isfinite(made.restore(np.full((1, 2, 1), 1e9))).all()
