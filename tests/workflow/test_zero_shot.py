"""Forecasts without a run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from seqtune.baselines.pace import ALL_THE_TIME
from seqtune.cli.predict import _without_run
from seqtune.errors import RecipeError, UsageError
from seqtune.progress import Event
from seqtune.tasks._info import info_of
from seqtune.workflow.options import FitOptions
from seqtune.workflow.zero_shot import zero_shot

MONTHS = pd.date_range("2015-01-01", periods=72, freq="MS")
SALES = pd.DataFrame(
    {"month": MONTHS, "sales": 50.0 + np.arange(72) + 9.0 * np.sin(2 * np.pi * np.arange(72) / 12)}
)


def test_a_table_is_forecast_at_once_and_what_was_assumed_is_told() -> None:
    heard: list[Event] = []
    settings = FitOptions(set=("horizon=6", "quantiles=[0.05, 0.5, 0.95]"))
    table = zero_shot(SALES, settings, listener=heard.append)
    assert list(table) == ["month", "mean", "q0.05", "q0.5", "q0.95"]
    assert table["month"].tolist() == list(pd.date_range("2021-01-01", periods=6, freq="MS"))
    assert (table["q0.05"] < table["mean"]).all() and (table["mean"] < table["q0.95"]).all()
    truth = 50.0 + np.arange(72, 78) + 9.0 * np.sin(2 * np.pi * np.arange(72, 78) / 12)
    assert np.abs(table["mean"] - truth).max() < 6.0  # seasonal naive is 12 too low
    assert any("--set data.target=COLUMN" in str(event) for event in heard)


def test_a_key_of_no_recipe_is_refused() -> None:
    with pytest.raises(RecipeError):
        zero_shot(SALES, FitOptions(set=("horizons=6",)))


def test_no_run_and_no_row_go_with_it() -> None:
    with pytest.raises(UsageError, match="--zero-shot takes one table") as caught:
        _without_run("sales.csv", "more.csv", None, (), None)
    assert caught.value.hint == "seqtune predict --zero-shot sales.csv"


def test_the_network_can_be_left_out_of_the_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    from seqtune.data.reading.source import Source
    from seqtune.progress import silent
    from seqtune.recipe.load import Recipe
    from seqtune.tasks import load_task
    from seqtune.tasks.forecast import global_methods

    task = load_task("forecast")
    tried: list[str] = []

    def run(problem: object, names: list[str], *_: object, **__: object) -> list[object]:
        tried.extend(names)
        return []

    monkeypatch.setattr(global_methods, "run_simple_methods", run)
    for choice in ("true", "false"):
        recipe = Recipe.load("default", "forecast", ["horizon=3", f"baselines.pretrained={choice}"])
        prepared, recipe = task.prepare(Source.from_frame(SALES), recipe, silent)
        task.baselines(prepared, recipe, ALL_THE_TIME, silent)
    assert tried.count("seasonal_naive") == 2 and tried.count(info_of("forecast").zero_shot) == 1
