"""What covariates known ahead bring is in the base forecast before a network is trained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.tasks.forecast.preprocessing import preprocess

ROLES = ("data.target=y", "data.future=[promo]", "horizon=3", "lookback=6", "seasonality=1")


def promotions(effects: dict[str, float], rows: int = 60) -> pd.DataFrame:
    draw = np.random.default_rng(5)
    parts = []
    for name, effect in effects.items():
        promo = draw.random(rows) < 0.4
        parts.append(
            pd.DataFrame(
                {
                    "id": name,
                    "step": range(rows),
                    "y": 20 + effect * promo,
                    "promo": np.where(promo, "yes", "no"),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def two(prepare: Callable[..., Any]) -> Any:
    """Two series, in which the same promotion brings 6, or takes 3."""
    return prepare(promotions({"a": 6.0, "b": -3.0}), (*ROLES, "data.series=id"))


def base_of(data: Any, **changes: Any) -> tuple[np.ndarray, np.ndarray]:
    """The base forecasts of the test windows, and what came."""
    prepared = data.prepared
    examples = prepared.encoded("test")
    values = data.values | {"preprocessing.base": "naive"} | changes
    made = preprocess(examples.coded, examples.windows, prepared.codec, values)
    return made.base, examples.truth[0]


def test_the_base_of_each_series_holds_its_own_effect(two: Any) -> None:
    base, truth = base_of(two)
    assert np.abs(base - truth).max() < 1.5
    without, _ = base_of(two, **{"preprocessing.effects": False})
    assert np.abs(without - truth).max() >= 3


def test_effects_by_hand(prepare: Callable[..., Any]) -> None:
    """A single series: ridge regression of differences on differences, with a penalty of 1."""
    data = prepare(promotions({"a": 6.0}), ROLES)
    codec, panel = data.prepared.codec, data.prepared.panel
    rows = slice(0, int(data.prepared.split.train_end[0]))
    x = (panel.future[rows, 0] - codec.future.center[0]) / codec.future.spread[0]
    y = panel.target[rows, 0] / codec.spread[0, 0]
    expected = (np.diff(x) @ np.diff(y)) / (np.diff(x) @ np.diff(x) + 1.0)
    assert codec.effects.shape == (1, 1, 1)
    assert codec.effects[0, 0, 0] == pytest.approx(expected, rel=1e-5)


def test_effects_are_measured_on_training_rows_alone(prepare: Callable[..., Any]) -> None:
    frame = promotions({"a": 6.0})
    before = prepare(frame, ROLES).prepared
    frame.loc[int(before.split.train_end[0]) :, "y"] *= 7
    np.testing.assert_array_equal(
        prepare(frame, ROLES).prepared.codec.effects, before.codec.effects
    )


def test_a_season_of_the_covariate_alone_has_no_effect(prepare: Callable[..., Any]) -> None:
    frame = promotions({"a": 6.0})
    frame["promo"] = np.where(frame["step"] % 3 == 0, "yes", "no")
    data = prepare(frame, (*ROLES[:-1], "seasonality=3"))
    assert not data.prepared.codec.effects.any()


def test_a_new_series_has_the_mean_effect(two: Any) -> None:
    prepared = two.prepared
    spread = prepared.codec.spread[:, 0]
    coded = prepared.codec.encode(prepared.panel)
    np.testing.assert_allclose(coded.effects[:, 0, 0], prepared.codec.effects[:, 0, 0] * spread)
    fresh = prepared.codec.encode(replace(prepared.panel, series=("c", "d")))
    mean = prepared.codec.effects[:, 0, 0].mean()
    np.testing.assert_allclose(fresh.effects[:, 0, 0] / fresh.spread[:, 0], [mean, mean])


def test_nothing_known_ahead_changes_nothing(prepare: Callable[..., Any]) -> None:
    roles = ("data.target=y", "data.past=[promo]", *ROLES[2:])
    data = prepare(promotions({"a": 6.0}), roles)
    base, _ = base_of(data)
    without, _ = base_of(data, **{"preprocessing.effects": False})
    np.testing.assert_array_equal(base, without)
    assert data.prepared.codec.effects.shape == (1, 1, 0)
