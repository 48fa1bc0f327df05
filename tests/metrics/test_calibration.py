"""Temperature scaling: what it must find, and what it must never change."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seqtune.metrics.calibration import fit_temperature, scaled
from seqtune.metrics.classify import calibration_error, log_loss

BOTH_KINDS = pytest.mark.parametrize("is_multi", [False, True])
TEMPERATURES = pytest.mark.parametrize("temperature", [0.05, 0.3, 0.999, 1.001, 3.0, 20.0])


def always(sure: float, right: int, cases: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two classes' probabilities that are all as sure, the first `right` of them right."""
    probabilities = np.tile([sure, 1 - sure], (cases, 1))
    return probabilities, np.eye(2)[np.where(np.arange(cases) < right, 0, 1)]


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


@pytest.mark.parametrize(("sure", "right"), [(0.9, 0.7), (0.7, 0.9), (0.99, 0.6), (0.8, 0.8)])
def test_many_cases_become_as_sure_as_they_are_right(sure: float, right: float) -> None:
    probabilities, targets = always(sure, round(right * 100_000), 100_000)
    temperature = fit_temperature(probabilities, targets, is_multi=False)
    assert temperature == pytest.approx(logit(sure) / logit(right), rel=5e-3)
    calibrated = scaled(probabilities, temperature, is_multi=False)
    assert calibrated[0, 0] == pytest.approx(right, abs=1e-3)
    assert calibration_error(calibrated, targets) < 1e-3


@pytest.mark.parametrize(("sure", "right", "cases"), [(0.9, 12, 12), (0.9, 6, 9), (0.6, 30, 33)])
def test_the_slopes_of_loss_and_prior_cancel(sure: float, right: int, cases: int) -> None:
    temperature = fit_temperature(*always(sure, right, cases), is_multi=False)
    scaled_logit = logit(sure) / temperature
    says = 1 / (1 + math.exp(-scaled_logit))
    of_loss = -scaled_logit * (cases * says - right)
    of_prior = math.log(temperature) / 0.5**2
    assert of_loss + of_prior == pytest.approx(0.0, abs=1e-3)
    assert abs(of_prior) > 0.1


def test_labels_of_their_own_count_each_in_full() -> None:
    """One label of a yes and a no is the same as one label out of two, each once."""
    probabilities, targets = always(0.9, 14, 20)
    two = fit_temperature(probabilities, targets, is_multi=False)
    own = fit_temperature(probabilities[:, :1], targets[:, :1], is_multi=True)
    assert own == pytest.approx(two, rel=1e-4)
    twice = fit_temperature(probabilities, targets, is_multi=True)
    double = fit_temperature(*always(0.9, 28, 40), is_multi=False)
    assert twice == pytest.approx(double, rel=1e-4)
    assert abs(twice - two) > 0.01


@BOTH_KINDS
def test_a_dozen_cases_that_are_all_right_ask_for_nothing_absurd(is_multi: bool) -> None:
    temperature = fit_temperature(*always(0.9, 12, 12), is_multi=is_multi)
    assert 0.3 < temperature < 1.0


@BOTH_KINDS
def test_the_temperature_stays_within_its_bounds(is_multi: bool) -> None:
    surest = fit_temperature(*always(0.51, 100_000, 100_000), is_multi=is_multi)
    least = fit_temperature(*always(0.999, 0, 100_000), is_multi=is_multi)
    assert 0.05 <= surest < 0.051
    assert 19.9 < least <= 20.0


@BOTH_KINDS
def test_without_a_case_nothing_is_changed(is_multi: bool) -> None:
    nothing = np.empty((0, 3))
    assert fit_temperature(nothing, nothing, is_multi=is_multi) == 1.0
    assert scaled(nothing, 2.0, is_multi=is_multi).shape == (0, 3)


@BOTH_KINDS
def test_what_is_fitted_is_better_than_what_was(is_multi: bool) -> None:
    generator = np.random.default_rng(3)
    truth = generator.integers(0, 4, 400)
    logits = 6 * generator.normal(size=(400, 4)) + 4 * np.eye(4)[truth]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    targets = np.eye(4)[truth]
    temperature = fit_temperature(probabilities, targets, is_multi=is_multi)
    after = scaled(probabilities, temperature, is_multi=is_multi)
    loss = log_loss(after, targets, is_multi=is_multi)
    assert loss < log_loss(probabilities, targets, is_multi=is_multi) - 0.05
    for other in (0.8 * temperature, 1.25 * temperature):
        assert loss < log_loss(
            scaled(probabilities, other, is_multi=is_multi), targets, is_multi=is_multi
        )


def test_one_class_has_no_temperature_to_find() -> None:
    one = np.ones((5, 1))
    assert fit_temperature(one, one, is_multi=False) == pytest.approx(1.0)
    assert scaled(one, 3.0, is_multi=False).tolist() == one.tolist()


def test_scaled_is_the_renormalised_power() -> None:
    probabilities = np.array([[0.64, 0.32, 0.04]])
    total = 0.8 + math.sqrt(0.32) + 0.2
    expected = [0.8 / total, math.sqrt(0.32) / total, 0.2 / total]
    assert scaled(probabilities, 2.0, is_multi=False)[0] == pytest.approx(expected)


def test_scaled_labels_of_their_own_divide_their_log_odds() -> None:
    probabilities = np.array([[0.9, 0.5, 0.2]])  # odds 9, 1, 1/4; their roots 3, 1, 1/2
    expected = [3 / 4, 1 / 2, 1 / 3]
    assert scaled(probabilities, 2.0, is_multi=True)[0] == pytest.approx(expected)


@BOTH_KINDS
def test_a_temperature_of_one_returns_the_same_values_in_a_new_array(is_multi: bool) -> None:
    probabilities = np.array([[0.0, 1.0], [1 / 3, 2 / 3], [1e-300, 1.0]])
    same = scaled(probabilities, 1.0, is_multi=is_multi)
    assert same.tolist() == probabilities.tolist()
    same[0, 0] = 0.5
    assert probabilities[0, 0] == 0.0


@BOTH_KINDS
@TEMPERATURES
def test_zeros_and_ones_have_a_finite_result(temperature: float, is_multi: bool) -> None:
    probabilities = np.array([[0.0, 1.0, 0.0], [0.0, 0.5, 0.5], [1e-320, 1e-200, 1.0]])
    result = scaled(probabilities, temperature, is_multi=is_multi)
    assert np.isfinite(result).all()
    assert ((result >= 0) & (result <= 1)).all()
    if not is_multi:
        assert result.sum(axis=1) == pytest.approx(np.ones(3))


@TEMPERATURES
def test_what_is_most_probable_never_changes(temperature: float) -> None:
    half = 0.5
    close = [
        [np.nextafter(half, 0.0), half],  # one rounding step apart
        [half, np.nextafter(half, 0.0)],
        [half, half],
        [0.2, np.nextafter(0.4, 0.0), 0.4],
        [0.1, 0.7, 0.2],
    ]
    for row in close:
        before = np.array([row])
        after = scaled(before, temperature, is_multi=False)
        assert after.argmax() == before.argmax()
    drawn = np.random.default_rng(1).dirichlet(np.full(6, 0.1), 500)
    after = scaled(drawn, temperature, is_multi=False)
    assert after.argmax(axis=1).tolist() == drawn.argmax(axis=1).tolist()


@TEMPERATURES
def test_which_labels_reach_a_half_never_changes(temperature: float) -> None:
    half = 0.5
    before = np.array([[np.nextafter(half, 0.0), half, np.nextafter(half, 1.0), 0.0, 1.0, 0.3]])
    after = scaled(before, temperature, is_multi=True)
    assert (after >= half).tolist() == (before >= half).tolist()


@BOTH_KINDS
def test_nan_stays_nan_and_is_never_fitted(is_multi: bool) -> None:
    faulty = np.array([[math.nan, 0.5], [0.25, 0.75]])
    result = scaled(faulty, 2.0, is_multi=is_multi)
    assert math.isnan(result[0, 0])
    assert np.isfinite(result[1]).all()
    with pytest.raises(ValueError, match="NaN"):
        fit_temperature(faulty, np.eye(2), is_multi=is_multi)


def test_a_case_without_one_label_is_refused() -> None:
    with pytest.raises(ValueError, match="exactly one label"):
        fit_temperature(np.full((1, 2), 0.5), np.ones((1, 2)), is_multi=False)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
def test_a_temperature_is_a_number_above_zero(temperature: float) -> None:
    with pytest.raises(ValueError, match="finite number above 0"):
        scaled(np.full((1, 2), 0.5), temperature, is_multi=False)
