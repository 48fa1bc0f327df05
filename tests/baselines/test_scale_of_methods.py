"""Simple methods in any unit: numbers times a power of two hold the same digits, and so do answers.

Counts are left out: whole numbers are counted, not measured.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from test_method_contract import (
    EVERY,
    FITTINGS,
    baselines,
    fitted,
    paths,
    scaled,
    season,
    small,
    windows,
)

__all__ = ["small"]  # costly methods are small here, too

SLOW = (
    "arima",
    "boosted_trees",
    "ces",
    "combination",
    "ets",
    "isolation_forest",
    "nearest_neighbour_dtw",
    "random_convolutions",
    "scum",
    "window_trees",
)
EXPONENTS = some.integers(-150, 150).map(lambda half: 2 * half)  # 1e-90 to 1e90; roots stay exact
HISTORY = 10 + season(48)[:, 0]
TARGETS = np.eye(2)[np.arange(8) % 2]


@cache
def answer(form: str, name: str, factor: float) -> np.ndarray:
    """What a method says of numbers times a factor, forecasts divided by it."""
    known: Any = None
    if form == "forecast":
        made, _ = fitted(form, name, None)([factor * HISTORY])
        return np.asarray(made) / factor
    if form == "forecast of all":
        (batch, truth), (asked, _) = (
            windows(10 + season(90)[:, 0], 40),
            windows(season(60)[:, 0], 5),
        )
        made, _ = fitted(form, name, (scaled(batch, factor), factor * truth))(
            [scaled(asked, factor)]
        )
        return np.asarray(made) / factor
    if form == "anomaly":
        known, asked = [factor * season(200)], [factor * season(60, seed=1)]
        return np.concatenate(fitted(form, name, known)(asked))
    if form == "steps":
        known, asked = paths(factor * season(200)), paths(factor * season(60, seed=1))
        return np.asarray(fitted(form, name, (known, np.arange(200) // 10 % 3))(asked))
    cases = [factor * season(20 + number % 3, seed=number) for number in range(8)]
    return np.asarray(fitted(form, name, (cases, TARGETS))(cases[::-1]))


IN_UNITS = [
    each
    for each in EVERY
    if each[0] in ("forecast", "forecast of all", "series", "anomaly", "steps")
]


def check(form: str, name: str, exponent: int) -> None:
    found, expected = (answer(form, name, factor) for factor in (2.0**exponent, 1.0))
    np.testing.assert_allclose(found, expected, 1e-9, 1e-12)


@pytest.mark.parametrize(("form", "name"), [each for each in IN_UNITS if each[1] not in SLOW])
def test_no_unit_changes_an_answer(form: str, name: str) -> None:
    @settings(max_examples=6, deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(EXPONENTS)
    def in_any_unit(exponent: int) -> None:
        check(form, name, exponent)

    in_any_unit()


@pytest.mark.parametrize(("form", "name"), [each for each in IN_UNITS if each[1] in SLOW])
@pytest.mark.parametrize("exponent", [-40, 100])
def test_no_unit_changes_the_answer_of_a_slow_method(form: str, name: str, exponent: int) -> None:
    check(form, name, exponent)


def test_every_method_that_takes_numbers_is_among_them() -> None:
    assert {name for form, name in IN_UNITS if form.startswith("forecast")} == {
        *baselines("forecast")
    }
    assert set(FITTINGS) >= {form for form, _ in IN_UNITS}
