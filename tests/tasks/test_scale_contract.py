"""The unit of numbers, and where their zero lies, change no prediction but its own unit and zero.

Numbers times a power of two hold the same digits, so that predictions must be the same to the last
bit but for single precision. An offset of 2**30 deviations costs nine digits of sixteen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import TINY, TINY_ANOMALY, TINY_TAG, weekly
from task_samples import settings
from tiny_runs import hours

from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.runtime.network import KerasNetwork
from seqtune.search.space import complete
from seqtune.tasks import load_task


def _shops() -> pd.DataFrame:
    draw = np.random.default_rng(1)
    one = weekly(140)
    one["promotion"] = 3.0 * (np.arange(140) % 5 == 0) + draw.normal(0, 0.1, 140)
    one["heat"] = draw.normal(0, 1, 140).cumsum()
    one.loc[50, "y"] = np.nan
    return pd.concat([one.assign(shop="a"), one.assign(shop="b", y=3 * one["y"] + 5)])


def _machines() -> pd.DataFrame:
    rows = hours(400, "2024-01-01")
    rows.loc[250:262, "load"] = rows.loc[250, "load"]
    return rows


def _waves() -> pd.DataFrame:
    draw, step = np.random.default_rng(0), np.arange(20)
    cases = [
        pd.DataFrame(
            {
                "case": f"c{number}", "step": step, "label": "ab"[number % 2],
                "v": np.sin(step * (0.3 + 0.4 * (number % 2))) + draw.normal(0, 0.1, 20),
                "w": draw.normal(0, 1, 20),
            }
        )
        for number in range(40)
    ]  # fmt: skip
    return pd.concat(cases)


def _wearers() -> pd.DataFrame:
    """Steps that are tagged by the level that they vary about; one value is missing."""
    draw, step = np.random.default_rng(0), np.arange(20)
    cases = [
        pd.DataFrame(
            {
                "wearer": f"w{number}", "step": step,
                "label": np.where((step + number) // 5 % 2, "up", "down"),
                "v": (step + number) // 5 % 2 + draw.normal(0, 0.2, 20),
                "w": draw.normal(0, 1, 20),
            }
        )
        for number in range(40)
    ]  # fmt: skip
    rows = pd.concat(cases, ignore_index=True)
    rows.loc[33, "v"] = np.nan
    return rows


@dataclass(frozen=True)
class Numbers:
    """Data of a task that takes numbers.

    Args:
        rows: The table.
        columns: Those of numbers whose unit is nobody's business.
        flags: Of a small search.
        methods: Simple methods that take a moment.
        in_its_unit: Whether predictions are in the unit of the first column.
    """

    rows: pd.DataFrame
    columns: Sequence[str]
    flags: Sequence[str]
    methods: Sequence[str]
    in_its_unit: bool = False


def _sets(*keys: str) -> tuple[str, ...]:
    return tuple(word for key in keys for word in ("--set", key))


SAMPLES: Mapping[str, Numbers] = {
    "forecast": Numbers(
        _shops(),
        ("y", "promotion", "heat"),
        (
            *TINY,
            *_sets(
                "horizon=7",
                "lookback=14",
                "seasonality=7",
                "data.target=y",
                "data.series=shop",
                "data.future=[promotion]",
            ),
            *_sets("data.past=[heat]", "preprocessing.base=blend", "training.loss=quantile"),
        ),
        ("naive", "drift", "seasonal_naive", "ridge"),
        in_its_unit=True,
    ),
    "anomaly": Numbers(
        _machines(),
        ("load", "heat"),
        (*TINY_ANOMALY, *_sets("lookback=8")),
        ("moving_z_score", "seasonal_residual", "sub_pca"),
    ),
    "classify": Numbers(
        _waves(),
        ("v", "w"),
        (
            *TINY,
            *_sets("baselines.methods=[majority]", "network.segment.length=2"),
            *_sets("data.series=case", "data.time=step", "data.label=label"),
        ),
        ("nearest_neighbour", "random_convolutions"),
    ),
    "tag": Numbers(
        _wearers(),
        ("v", "w"),
        (*TINY_TAG, *_sets("baselines.methods=[majority]", "data.kind=steps")),
        ("previous_tag", "window_trees"),
    ),
}
UNITLESS = {
    "forecast": {"mase", "mase_deviation", "smape", "coverage80"},
    "anomaly": {"separation"},
    "classify": {"accuracy", "log_loss"},
    "tag": {"accuracy", "log_loss", "edit_score"},
}
"""Metrics that no unit changes."""


@cache
def network(name: str) -> Any:
    """One network for all: its shapes do not depend on units."""
    import keras

    prepared, values = data(name)
    keras.utils.set_random_seed(0)
    task = load_task(name)
    return KerasNetwork(task.build(prepared, values), task.network_facts)


def data(task: str, scale: float = 1.0, offset: float = 0.0) -> tuple[Any, Mapping[str, Any]]:
    sample = SAMPLES[task]
    rows = sample.rows.copy()
    for column in sample.columns:
        rows[column] = rows[column] * scale + offset * scale
    recipe = Recipe.load(None, task, settings(tuple(sample.flags)))
    prepared, recipe = load_task(task).prepare(Source.from_frame(rows), recipe, silent)
    return prepared, complete(recipe.dimensions(), {})


def predicted(name: str, scale: float = 1.0, offset: float = 0.0) -> dict[str, Any]:
    """What the network and simple methods predict of the test part, in the first unit and zero."""
    task, sample = load_task(name), SAMPLES[name]
    prepared, values = data(name, scale, offset)
    validation, test = prepared.encoded("validation"), prepared.encoded("test")
    made = task.forward(network(name), prepared, validation, values)
    calibration = task.calibrate(prepared, validation, made)
    every = {"network": task.forward(network(name), prepared, test, values, calibration)}
    every |= {each: task.by_method(prepared, test, each, 0) for each in sample.methods}
    scores = {each: task.score(prepared, test, found) for each, found in every.items()}
    if sample.in_its_unit:
        every = {each: found / scale - offset for each, found in every.items()}
    elif name == "anomaly":  # what was expected follows the score parts
        every = {each: found[:, :3] for each, found in every.items()}
    inputs, truth, *_ = task.batches(prepared, values, 3, steps=1)[0]
    return {"predictions": every, "scores": scores, "inputs": inputs, "truth": truth}


first = cache(predicted)


def assert_alike(name: str, found: Mapping[str, Any], tolerance: float, unitless: set[str]) -> None:
    expected = first(name)
    for method, before in expected["predictions"].items():
        after = found["predictions"][method]
        np.testing.assert_allclose(after, before, tolerance, tolerance, err_msg=method)
        for metric in unitless:
            score = pytest.approx(expected["scores"][method][metric], rel=20 * tolerance)
            assert found["scores"][method][metric] == score, (method, metric)
    for key, before in expected["inputs"].items():
        np.testing.assert_allclose(found["inputs"][key], before, tolerance, 10 * tolerance)


@pytest.mark.parametrize("task", SAMPLES)
@pytest.mark.parametrize("scale", [2.0**-40, 1e30])
def test_no_unit_changes_a_prediction(task: str, scale: float) -> None:
    found = predicted(task, scale)
    assert_alike(task, found, 1e-4 if scale == 1e30 else 1e-9, UNITLESS[task])
    np.testing.assert_allclose(found["truth"], first(task)["truth"], 1e-4, 1e-4)


@pytest.mark.parametrize("task", SAMPLES)
def test_no_zero_changes_a_prediction(task: str) -> None:
    unitless = UNITLESS[task] - {"smape"}  # of which a far zero makes nothing, by its definition
    assert_alike(task, predicted(task, 1.0, 2.0**30), 2e-3, unitless)


EDGES = {
    "the smallest numbers": lambda values: values * 1e-300,
    "denormal numbers": lambda values: np.round(10 * values) * 5e-324,
    "one enormous value": lambda values: np.where(np.arange(len(values)) == 20, 1e60, values),
    "the largest numbers": lambda values: values * 1e97,
    "large and small numbers": lambda values: (
        values * np.where(np.arange(len(values)) % 3, 1e30, 1e-300)
    ),
}


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("task", SAMPLES)
def test_no_number_is_too_small_or_too_large(
    task: str, edge: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = SAMPLES[task]
    network(task)
    rows = sample.rows.assign(**{each: EDGES[edge](sample.rows[each]) for each in sample.columns})
    monkeypatch.setitem(SAMPLES, task, Numbers(rows, *list(vars(sample).values())[1:]))
    found = predicted(task)
    for method, made in found["predictions"].items():
        assert np.isfinite(made).all(), method
    arrays = [*found["inputs"].values(), found["truth"]]
    assert all(np.isfinite(each).all() and np.abs(each).max() <= 1e6 for each in arrays)


@pytest.mark.parametrize("value", [1e30, 1e-300, 0.1])
@pytest.mark.parametrize("task", ["anomaly", "classify", "tag"])
def test_a_constant_column_of_any_size_says_nothing(
    task: str, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = SAMPLES[task]
    network(task)
    rows = sample.rows.assign(**{sample.columns[1]: value})
    monkeypatch.setitem(SAMPLES, task, Numbers(rows, *list(vars(sample).values())[1:]))
    inputs = predicted(task)["inputs"]["sequence" if task == "anomaly" else "series"]
    assert np.abs(inputs[..., 1]).max() < 1e-9


@pytest.mark.parametrize("value", [1e30, 1e-300, 0.1])
def test_nothing_but_a_constant_cannot_be_forecast(value: float) -> None:
    rows = weekly().assign(y=value)
    recipe = Recipe.load(None, "forecast", settings((*TINY, "--set", "horizon=7")))
    with pytest.raises(DataError, match="there is nothing to forecast"):
        load_task("forecast").prepare(Source.from_frame(rows), recipe, silent)
