"""Rolled origins: after the search on new rows, and within it on the validation part."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.panel.window import rolled_windows
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.tasks._contract import Context, Evaluation
from seqtune.tasks.forecast.prepared import Prepared
from seqtune.tasks.forecast.task import TASK

LAST = {"a": "2024-02-03", "b": "2024-01-30", "c": "2024-01-26"}


def new_rows(rows: int, shops: str = "ab") -> pd.DataFrame:
    """Rows that follow those of the tiny data; each shop counts up from 100."""
    parts = [
        pd.DataFrame(
            {
                "shop": shop,
                "day": pd.date_range(LAST[shop], periods=rows + 1, freq="D")[1:],
                "sales": 100.0 + np.arange(rows),
                "visitors": 100.0,
                "price": 2.0,
                "region": "x",
            }
        )
        for shop in shops
    ]
    return pd.concat(parts, ignore_index=True)


@dataclass
class Backtest:
    """A model that says that the last known value stays, and how many windows it was asked."""

    tiny: Any
    asked: list[int] = field(default_factory=list)

    def __call__(self, rows: pd.DataFrame, folds: int, step: int | None = None) -> Evaluation:
        """Score the model on new rows from rolled origins."""
        prepared, context = self.tiny.prepared, Context(self.tiny.recipe, "run")
        encoded = TASK.encode_folds(prepared, Source.from_frame(rows), folds, step, context)
        windows = encoded.windows
        self.asked.append(len(encoded))
        last = encoded.coded.panel.target[windows.cut - 1, windows.target]
        naive = np.repeat(np.repeat(last[:, None, None], 3, axis=1), 3, axis=2)
        return TASK.evaluation(prepared, encoded, {"naive": naive}, context)


@pytest.fixture
def backtest(tiny: Any) -> Backtest:
    """Scores the last known value from rolled origins."""
    return Backtest(tiny)


def test_folds_end_with_the_rows_and_lie_a_step_apart(backtest: Backtest) -> None:
    found = backtest(new_rows(9), 3, 2)
    assert [fold.examples for fold in found.parts[0].folds] == [2, 2, 2]
    # the last origin of shop a: 2024-02-03 + 9 days less the horizon of 3 steps, and its next day
    assert [fold.origin for fold in found.parts[0].folds] == [
        "2024-02-02 to 2024-02-06", "2024-02-04 to 2024-02-08", "2024-02-06 to 2024-02-10",
    ]  # fmt: skip
    # values rise by one a day: the last known value is 1, 2 and 3 off
    assert [fold.scores["naive"]["mae"] for fold in found.parts[0].folds] == [2.0, 2.0, 2.0]
    assert found.scores["naive"]["mae"] == 2.0
    assert found.examples == 6
    assert backtest.asked == [6]  # one prediction for all folds


def test_a_step_is_the_horizon_where_none_is_said(backtest: Backtest) -> None:
    found = backtest(new_rows(9, "a"), 3)
    assert [fold.origin for fold in found.parts[0].folds] == [
        "2024-02-04",
        "2024-02-07",
        "2024-02-10",
    ]


def test_no_fold_predicts_a_row_that_the_run_was_fitted_on(backtest: Backtest) -> None:
    """Show it with a table in which the old rows stand too."""
    old = new_rows(9, "a")
    old["day"] -= pd.Timedelta(days=9)
    both = pd.concat([old, new_rows(7, "a")])
    found = backtest(both, 2, 4)
    assert [fold.origin for fold in found.parts[0].folds] == ["2024-02-04", "2024-02-08"]
    with pytest.raises(DataError, match=r"2 folds of 3 steps, 5 apart, need 8 rows.*has 7") as told:
        backtest(both, 2, 5)
    assert told.value.hint == "--folds 1"


def test_too_few_rows_for_any_fold(backtest: Backtest) -> None:
    with pytest.raises(DataError, match="need 3 rows") as told:
        backtest(new_rows(2), 1)
    assert told.value.hint == "give more rows, or leave out --folds"


def test_a_series_that_is_too_short_takes_part_in_the_later_folds(backtest: Backtest) -> None:
    rows = pd.concat([new_rows(9, "a"), new_rows(3, "b")])
    found = backtest(rows, 2)
    assert [fold.examples for fold in found.parts[0].folds] == [1, 2]


def test_a_fold_of_which_nothing_is_known_has_no_figures(backtest: Backtest) -> None:
    rows = new_rows(9, "a")
    rows.loc[6:7, "sales"] = np.nan
    rows.loc[3:5, "sales"] = np.nan
    found = backtest(rows, 3)
    figures = [fold.scores["naive"]["mase"] for fold in found.parts[0].folds]
    assert np.isfinite(figures).tolist() == [True, False, True]
    assert np.isfinite(found.scores["naive"]["mase"])


def test_rolled_windows_have_a_whole_horizon_in_each_series() -> None:
    windows = rolled_windows(np.array([4, 20]), np.array([10, 30]), 3, 4, 2)
    assert windows.series.tolist() == [1, 1]
    assert windows.target.tolist() == [0, 1]
    assert windows.cut.tolist() == [23, 23]
    assert windows.limit.tolist() == [30, 30]


def roles(*more: str) -> tuple[str, ...]:
    """Return roles of the tiny data, other steps of validation."""
    given = (
        *("data.target=sales", "data.past=[visitors]", "data.future=[price]"),
        *("data.static=[region]", "data.series=shop", "horizon=3", "lookback=9"),
        *("seasonality=4", "test.steps=5", "network.segment.length=4"),
    )
    return (*given, *more)


def test_validation_folds_are_horizons_apart(tiny: Any, prepare: Any, tmp_path: Path) -> None:
    data = prepare(tiny.frame, roles("validation.folds=3"))
    prepared = data.prepared
    assert data.recipe.get("validation.steps") == 9
    cuts = prepared.windows["validation"].cut.reshape(3, 3)  # (origins, series)
    begin, end = prepared.split.bounds("validation")
    assert (cuts[0] == begin).all()
    assert (np.diff(cuts, axis=0) == 3).all()
    assert (cuts[-1] + 3 == end).all()
    assert (prepared.split.train_end == begin).all()
    prepared.save(tmp_path)
    loaded = Prepared.load(tmp_path)
    assert np.array_equal(loaded.windows["validation"].cut, cuts.ravel())
    assert TASK.score(loaded, loaded.encoded("validation"), np.zeros((9, 3, 3)))["mase"] > 0


def test_validation_folds_spread_over_the_steps_that_are_given(tiny: Any, prepare: Any) -> None:
    data = prepare(tiny.frame, roles("validation.folds=3", "validation.steps=8"))
    cuts = data.prepared.windows["validation"].cut.reshape(3, 3)
    assert (np.diff(cuts, axis=0) == 2).all()  # (8 - 3) // 2
    one = prepare(tiny.frame, roles("validation.folds=1", "validation.steps=8")).prepared
    assert (one.windows["validation"].cut == one.split.validation_end - 3).all()


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["folds=4", "steps=5"], "4 folds of 3 steps do not fit into validation.steps=5",
         "--set validation.steps=12"),
        (["folds=10"], "10 folds of 3 steps and a test part of 5 leave nothing to train on",
         "--set validation.folds=4"),
    ],
)  # fmt: skip
def test_folds_that_do_not_fit(
    tiny: Any, prepare: Any, words: list[str], message: str, hint: str
) -> None:
    with pytest.raises(DataError, match=message) as told:
        prepare(tiny.frame, roles(*(f"validation.{word}" for word in words)))
    assert told.value.hint == hint


def test_a_codec_from_a_stranger_has_no_million_origins(tiny: Any, tmp_path: Path) -> None:
    tiny.prepared.save(tmp_path)
    path = tmp_path / "codec.json"
    values = json.loads(path.read_text())
    assert values["origins"] == 0
    for origins in (10**6, -1, "3", 1.5, None):
        path.write_text(json.dumps({**values, "origins": origins}))
        with pytest.raises(Exception, match="origins"):
            Prepared.load(tmp_path)
