"""What is fitted on training rows: nothing else enters it, and it survives as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.panel.build import build_panel
from seqtune.data.panel.panel import Panel, PanelRoles
from seqtune.data.panel.split import Split
from seqtune.data.reading.source import Source
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.standard import Standard


def panel_of(**columns: Any) -> Panel:
    frame = pd.DataFrame(columns)
    roles = PanelRoles(
        targets=tuple(name for name in ("y", "z") if name in frame),
        series="id" if "id" in frame else None,
        past=("p",) if "p" in frame else (),
        future=("f",) if "f" in frame else (),
        static=("s",) if "s" in frame else (),
    )
    return build_panel(Source.from_frame(frame), roles)


def split_at(panel: Panel, *rows: int) -> Split:
    """End the training of each series after so many of its rows."""
    begin, end = panel.offsets[:-1], panel.offsets[1:]
    last = begin + np.array(rows)
    return Split(begin, last, last + 1, end)


def fit(panel: Panel, split: Split, periods: tuple[int, ...] = (2,)) -> Codec:
    return Codec.fit(
        panel,
        split,
        roles={"targets": list(panel.target_names), "time": None, "series": "id"},
        horizon=2,
        periods=periods,
        levels=(0.1, 0.5, 0.9),
        categories={"s": ["x", "y"]},
    )


TABLE = {
    "id": list("aaaaaaaabbbbbb"),
    "y": [1.0, 5, 2, 8, 3, 9, 70, 80, 4, 4, 6, 10, 90, 60],
    "z": [2.0, 2, 2, 2, 2, 2, 2, 2, 1, 3, 1, 3, 1, 3],
    "p": [1.0, 3, 1, 3, 1, 3, 50, 50, 3, 1, 3, 1, 50, 50],
    "f": [7.0] * 14,
    "s": [0.0] * 8 + [2.0] * 6,
}


def test_scales_by_hand() -> None:
    codec = fit(panel_of(**TABLE), split_at(panel_of(**TABLE), 6, 4))
    # a: 1 5 2 8 3 9; b: 4 4 6 10
    assert codec.center[:, 0] == pytest.approx([28 / 6, 6])
    assert codec.spread[1, 0] == pytest.approx(np.sqrt((4 + 4 + 0 + 16) / 4))
    # a season of 2: |2 - 1|, |8 - 5|, |3 - 2|, |9 - 8|; and |6 - 4|, |10 - 4|
    assert codec.error_scale[:, 0].tolist() == [6 / 4, 4]
    # a constant has the spread 1
    assert (codec.center[0, 1], codec.spread[0, 1]) == (2, 1)
    assert codec.past == Standard(("p",), (2.0,), (1.0,), (0,))
    # that of a covariate is its size
    assert codec.future == Standard(("f",), (7.0,), (7.0,), (0,))
    # labels of codes 0 and 1, of which the series have 0 and none
    assert codec.static == Standard(("s",), (0.5, 0.0), (0.5, 1.0), (2,))


def test_words_are_a_feature_for_each_label() -> None:
    codes = np.array([[0.0, 5.0], [1.0, 5.0], [0.0, 5.0], [0.0, np.nan], [np.nan, 5.0]])
    standard = Standard.fit(("mode", "p"), codes, {"mode": ("idle", "run")})
    assert standard.features == ("mode", "mode", "p")
    # three of the four that are known are idle, one runs; sqrt(0.75 * 0.25) is the deviation
    assert standard.center == (0.75, 0.25, 5.0) and standard.labels == (2, 0)
    assert standard.spread == pytest.approx((0.4330127, 0.4330127, 5))
    scaled = standard.apply(np.array([[1.0, 6.0], [-1.0, 5.0], [np.nan, 5.0]]))
    np.testing.assert_allclose(scaled[0], [-0.75 / 0.4330127, 0.75 / 0.4330127, 0.2], rtol=1e-6)
    # a word that training does not know stands at the mean of all, as what is missing
    assert not scaled[1:].any()


def test_covariates_are_scaled_by_column() -> None:
    standard = Standard(("p", "q"), (2.0, 0.0), (1.0, 10.0), (0, 0))
    scaled = standard.apply(np.array([[[3.0, 20.0]]]))
    assert scaled.tolist() == [[[1, 2]]]
    assert scaled.dtype == np.float32


def test_rows_after_training_change_nothing() -> None:
    before, after = panel_of(**TABLE), panel_of(**TABLE)
    split = split_at(before, 6, 4)
    for series in (0, 1):
        later = slice(split.train_end[series], split.end[series])
        for values in (after.target, after.past, after.future):
            values[later] = 1e30 * (-1) ** np.arange(len(values[later]))[:, None]
        after.observed[later] = False
    assert fit(before, split).to_dict() == fit(after, split).to_dict()
    # and the rows of training do enter it
    after.target[split.train_end - 1] += 1
    assert fit(before, split).to_dict() != fit(after, split).to_dict()


@pytest.mark.parametrize("periods", [(), (4,), (4, 8)])
def test_a_codec_survives_as_json(periods: tuple[int, ...]) -> None:
    codec = fit(panel_of(**TABLE), split_at(panel_of(**TABLE), 6, 4), periods)
    again = Codec.from_dict(json.loads(json.dumps(codec.to_dict(), allow_nan=False)))
    arrays = ("error_scale", "center", "spread", "constant", "effects")
    for name in arrays:
        assert np.array_equal(getattr(codec, name), getattr(again, name))
    bare = {name: np.zeros(0) for name in arrays}
    assert (
        vars(replace(again, **bare)).items()
        >= {name: value for name, value in vars(codec).items() if name not in arrays}.items()
    )
    assert again.axis() == panel_of(**TABLE).grid


def test_a_codec_without_covariates_survives_as_json() -> None:
    panel = panel_of(y=[1.0, 2, 4, 8, 16])
    codec = fit(panel, split_at(panel, 3))
    again = Codec.from_dict(json.loads(json.dumps(codec.to_dict())))
    assert again.to_dict() == codec.to_dict()
    assert again.encode(panel).static.shape == (1, 0)


def test_the_period_is_the_first_season_or_one_step() -> None:
    panel = panel_of(y=[1.0, 2, 4, 8, 16, 32])
    assert fit(panel, split_at(panel, 5), (3, 6)).period == 3
    assert fit(panel, split_at(panel, 5), ()).period == 1


def test_known_series_keep_their_scales_on_new_rows() -> None:
    codec = fit(panel_of(**TABLE), split_at(panel_of(**TABLE), 6, 4))
    changed = {**TABLE, "id": list("bbbbbbbbaaaaaa"), "y": [1000.0 * row for row in range(14)]}
    coded = codec.encode(panel_of(**changed))
    assert coded.identity.tolist() == [2, 1]
    for name in ("center", "spread", "error_scale"):
        assert np.array_equal(getattr(coded, name), getattr(codec, name)[[1, 0]])


def test_an_unknown_series_is_measured_on_its_own_rows() -> None:
    codec = fit(panel_of(**TABLE), split_at(panel_of(**TABLE), 6, 4))
    panel = panel_of(**{**TABLE, "id": ["a"] * 8 + ["new"] * 6})
    coded = codec.encode(panel)
    assert coded.identity.tolist() == [1, 0]
    assert coded.center[:, 0] == pytest.approx([28 / 6, 174 / 6])
    # up to a known end alone: 4, 4, 6 and |6 - 4|
    coded = codec.encode(panel, np.array([8, 11]))
    assert coded.center[1, 0] == pytest.approx(14 / 3)
    assert coded.error_scale[1, 0] == 2


@pytest.mark.parametrize("empty", [0, 1, 2])
def test_a_series_without_rows_is_measured_as_nothing(empty: int) -> None:
    rows = np.full(3, 4)
    rows[empty] = 0
    panel = panel_of(id=list("aaaabbbb"), y=[1.0, 3, 1, 3, 5, 7, 5, 7])
    codec = fit(panel, split_at(panel, 3, 3))
    offsets = np.concatenate([[0], np.cumsum(rows)])
    names = ["u", "v"]
    names.insert(empty, "none")
    gaping = replace(
        panel,
        series=tuple(names),
        offsets=offsets,
        starts=np.zeros(3, np.int64),
        static=np.zeros((3, 0)),
        ahead=np.zeros((3, 0, 0)),
    )
    coded = codec.encode(gaping)
    others = np.delete(np.arange(3), empty)
    assert coded.center[others, 0].tolist() == [2, 6]
    assert coded.spread[others, 0].tolist() == [1, 1]
    assert (coded.center[empty, 0], coded.spread[empty, 0]) == (0, 1)


def test_the_calendar_reaches_a_horizon_past_the_last_row() -> None:
    days = pd.date_range("2024-01-01", periods=6, freq="D")
    frame = pd.DataFrame({"t": [*days, *days[2:5]], "id": list("aaaaaabbb"), "y": range(9)})
    roles = PanelRoles(("y",), time="t", series="id")
    panel = build_panel(Source.from_frame(frame), roles)
    coded = fit(panel, split_at(panel, 4, 2)).encode(panel)
    assert (coded.calendar.begins.tolist(), coded.calendar.offsets.tolist()) == ([0], [0, 6 + 2])


@pytest.mark.parametrize("column", ["sales", "visitors", "price"])
def test_preparing_looks_at_no_later_value(
    column: str, tiny: Any, prepare: Callable[..., Any]
) -> None:
    frame = tiny.frame.copy()
    split, panel = tiny.prepared.split, tiny.prepared.panel
    for series, name in enumerate(panel.series):
        days = panel.grid.times(np.arange(split.train_end[series] - split.begin[series], 40))
        frame.loc[(frame["shop"] == name) & frame["day"].isin(days), column] *= -50
    overrides = ["horizon=3", "lookback=9", "validation.steps=5", "test.steps=5"]
    roles = ["data.target=sales", "data.past=[visitors]", "data.future=[price]"]
    found = [
        prepare(table, [*overrides, *roles, "data.static=[region]", "data.series=shop"])
        for table in (tiny.frame, frame)
    ]
    codecs = [each.prepared.codec.to_dict() for each in found]
    assert codecs[0] == codecs[1]
    assert found[0].recipe.to_yaml() == found[1].recipe.to_yaml()
    before, after = (each.prepared.panel for each in found)
    assert not all(
        np.array_equal(getattr(before, name), getattr(after, name))
        for name in ("target", "past", "future")
    )
