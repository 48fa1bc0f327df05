"""What a covariate may say of the target, and what is told where it says too much."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.baselines.pace import ALL_THE_TIME
from seqtune.data.reading.source import Source
from seqtune.progress import Note, silent
from seqtune.tasks.forecast.task import TASK
from seqtune.workflow.options import FitOptions, load_recipe

SERIES, ROWS, HELD, HORIZON = 20, 60, 9, 3
LEAST = math.sqrt(2 / math.pi)
"""Mean absolute error of the mean of normal numbers of deviation 1."""
ERROR = math.sqrt((1 - 2 / math.pi) / (SERIES * HELD))


def noise(lead: int, covariate: str = "c", seed: int = 5) -> pd.DataFrame:
    """Normal numbers, and a column that says each of them so many steps before."""
    values = np.random.default_rng(seed).normal(0, 1, (SERIES, ROWS + lead))
    return pd.DataFrame(
        {
            "shop": np.repeat(np.arange(SERIES), ROWS),
            "step": np.tile(np.arange(ROWS), SERIES),
            "y": values[:, :ROWS].ravel(),
            covariate: 3 + 2 * values[:, lead:].ravel(),
        }
    )


def told_of(table: pd.DataFrame, role: str, *settings: str) -> tuple[Any, Any, list[str]]:
    """Prepare a table; return data, recipe, and what was told of the covariate."""
    heard: list[Any] = []
    sets = (
        *("data.target=y", "data.series=shop", "data.time=step", f"data.{role}=[c]"),
        *(f"horizon={HORIZON}", f"validation.steps={HELD}", f"test.steps={HELD}"),
        *("seasonality=1", "baselines.methods=[ridge]", *settings),
    )
    recipe = load_recipe("forecast", FitOptions(set=sets))
    prepared, recipe = TASK.prepare(Source.from_frame(table), recipe, heard.append)
    told = [each.text for each in heard if isinstance(each, Note) and "'c'" in each.text]
    return prepared, recipe, told


def of(table: pd.DataFrame, role: str) -> tuple[dict[str, float], list[str]]:
    """Return the test MAE of methods that use covariates, and what was told."""
    prepared, recipe, told = told_of(table, role)
    results = TASK.baselines(prepared, recipe, ALL_THE_TIME, silent)
    figures = {each.name: each.test["mae"] for each in results if each.test}
    assert "ridge" in figures
    return figures, told


def test_a_past_covariate_that_is_the_target_helps_nothing() -> None:
    figures, told = of(noise(0), "past")
    assert min(figures.values()) > LEAST - 3 * ERROR and told == []


def test_a_past_covariate_helps_no_further_than_its_lead() -> None:
    figures, (told,) = of(noise(1), "past")
    known = 1 / HORIZON  # the first of three steps is in the last known row
    assert abs(figures["ridge"] - (1 - known) * LEAST) < 3 * ERROR
    assert told.startswith("column 'c' says 'y' of the next step, which nobody knows yet")


def test_a_future_covariate_that_is_the_target_is_used_and_told() -> None:
    figures, (told,) = of(noise(0), "future")
    assert figures["ridge"] < 0.1
    assert told == (
        "column 'c' says 'y' of the same step: forecasts rest on it. If it is not known ahead, it "
        "is a past covariate: --past c"
    )


@pytest.mark.parametrize("role", ["past", "future"])
def test_noise_of_its_own_is_not_told(role: str) -> None:
    table = noise(0).assign(c=np.random.default_rng(0).normal(size=SERIES * ROWS))
    assert told_of(table, role)[2] == []


def test_what_a_season_says_anyway_is_not_told() -> None:
    table = noise(0)
    table["y"] = np.tile([0.0, 3.0, 1.0, 7.0], SERIES * ROWS // 4) + table["step"]
    table["c"] = table["y"].shift(-1).ffill()
    assert told_of(table, "past", "seasonality=4")[2] == []
    assert told_of(table, "past")[2] != []
