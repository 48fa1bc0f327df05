"""One false value decides neither scales nor choices, and throws no forecast off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import TINY, seqtune

from seqtune.data.reading.source import Source
from seqtune.progress import Assumption, Event, Note
from seqtune.recipe.load import Recipe
from seqtune.tasks.forecast.inference import window_histories
from seqtune.tasks.forecast.preprocessing import actual_values, preprocess
from seqtune.tasks.forecast.task import TASK

FLAGS = ("data.target=y", "horizon=4", "lookback=8", "seasonality=4", "test.steps=20")
ROWS = 120  # training until 80, validation until 100
FALSE = 350_000.0


def frame(spoiled: tuple[int, ...] = (), value: float = FALSE) -> pd.DataFrame:
    """Return days with a season of four; rows that say something else."""
    draw = np.random.default_rng(1)
    y = 20 + np.array([0.0, 4.0, 8.0, 3.0])[np.arange(ROWS) % 4] + draw.normal(0, 0.5, ROWS)
    y[list(spoiled)] = value
    return pd.DataFrame({"day": pd.date_range("2024-01-01", periods=ROWS), "y": np.round(y, 2)})


def ready(prepare: Callable[..., Any], *spoiled: int, more: tuple[str, ...] = ()) -> Any:
    return prepare(frame(spoiled), (*FLAGS, "validation.steps=20", *more))


def test_scales_hardly_change(prepare: Callable[..., Any]) -> None:
    clean, spoiled = ready(prepare).prepared.codec, ready(prepare, 50).prepared.codec
    for name in ("error_scale", "center", "spread"):
        assert getattr(spoiled, name) == pytest.approx(getattr(clean, name), rel=0.1)
    kept = ready(prepare, 50, more=("data.outliers=keep",)).prepared.codec
    assert kept.error_scale > 100 * clean.error_scale


def test_models_are_chosen_without_it_and_judged_with_it(prepare: Callable[..., Any]) -> None:
    prepared = ready(prepare, 90, 110).prepared
    assert prepared.encoded("validation").truth[0].max() < 40
    assert prepared.encoded("test").truth[0].max() == FALSE
    learnt, _ = actual_values(prepared.coded, prepared.windows["test"], 4)
    assert learnt.max() < 40


@pytest.mark.parametrize("place", [-1, -2, -5])
def test_a_history_with_it_is_as_one_with_a_usual_value(
    prepare: Callable[..., Any], place: int
) -> None:
    tiny = ready(prepare, 105)
    windows = tiny.prepared.windows["test"]
    window = windows[np.flatnonzero(windows.cut == 105 - place)]
    assert len(window) == 1
    inputs = preprocess(tiny.prepared.coded, window, tiny.prepared.codec, tiny.values)
    assert np.abs(inputs.inputs["history"][..., 0]).max() < 6
    assert inputs.base.max() < 40
    (history,) = window_histories(tiny.prepared.coded, window)
    assert history.max() < 40 and len(history) == window.cut[0]


def test_a_new_level_is_believed_from_its_third_row_on(prepare: Callable[..., Any]) -> None:
    prepared = ready(prepare, *range(101, ROWS)).prepared
    windows = prepared.windows["test"]
    for cut, highest in ((102, 40.0), (103, 40.0), (104, FALSE), (110, FALSE)):
        window = windows[np.flatnonzero(windows.cut == cut)]
        (history,) = window_histories(prepared.coded, window)
        assert (history.max() <= highest) and (highest < FALSE or history.max() == FALSE), cut
        rows = np.arange(cut - 8, cut)[None]
        gathered = prepared.coded.gather(window, rows, window.cut)[0]
        assert gathered.tolist() == history[-8:].tolist()


def test_outliers_are_told_with_their_times_and_the_flag(prepare: Callable[..., Any]) -> None:
    heard: list[Event] = []
    recipe = Recipe.load(None, "forecast", [*FLAGS, "validation.steps=20"])
    TASK.prepare(Source.from_frame(frame((50, 90, 110))), recipe, heard.append)
    (told,) = [each for each in heard if isinstance(each, Assumption) and each.what == "outliers"]
    assert told.taken == "2 values: 350000 at 2024-02-20, 350000 at 2024-03-31"
    assert told.flag == "--set data.outliers=keep"
    (note,) = [each.text for each in heard if isinstance(each, Note) and "test part" in each.text]
    assert "1 value: 350000 at 2024-04-20" in note


def test_nothing_is_told_where_nothing_is_found_or_all_is_kept() -> None:
    for rows, more in (((), ()), ((50, 90), ("data.outliers=keep",))):
        heard: list[Event] = []
        recipe = Recipe.load(None, "forecast", [*FLAGS, "validation.steps=20", *more])
        TASK.prepare(Source.from_frame(frame(rows)), recipe, heard.append)
        assert not any("outlier" in str(each) for each in heard)


def test_a_false_value_among_new_rows_throws_no_forecast_off(tmp_path: Path) -> None:
    frame().to_csv(tmp_path / "days.csv", index=False)
    run = tmp_path / "run"
    words = ("--horizon", 4, "--set", "seasonality=4", "--out", run)
    seqtune("fit", tmp_path / "days.csv", "--task", "forecast", *words, *TINY)
    for name, value in (("usual.csv", 27.0), ("false.csv", FALSE)):
        new = pd.DataFrame({"day": ["2024-04-30"], "y": [value]})
        new.to_csv(tmp_path / name, index=False)
    for use in ("network", "seasonal_naive", "naive"):
        usual, false = (
            seqtune("predict", run, tmp_path / name, "--use", use)
            for name in ("usual.csv", "false.csv")
        )
        assert "1 value: 350000 at 2024-04-30" in false.err and "outlier" not in usual.err
        numbers = [done.table.iloc[:, 1:].to_numpy() for done in (usual, false)]
        np.testing.assert_allclose(*numbers, atol=6.0)
