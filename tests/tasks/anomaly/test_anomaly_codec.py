"""The codec of a detector: what is measured on training rows, and what is believed of a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.errors import RunError
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.separation import widened
from seqtune.tasks.anomaly.settle import settle_cycles, settle_lookback, settle_season
from seqtune.tasks.anomaly.task import TASK

ROWS = 300


def frame(**columns: Any) -> pd.DataFrame:
    hours = pd.date_range("2024-01-01", periods=ROWS, freq="h")
    draw = np.random.default_rng(0)
    load = np.sin(np.asarray(hours.hour) * 2 * np.pi / 24) + draw.normal(0, 0.1, ROWS)
    return pd.DataFrame({"time": hours, "load": load, **columns})


def prepare(table: pd.DataFrame, *overrides: str) -> Prepared:
    recipe = Recipe.load(None, "anomaly", overrides)
    prepared: Prepared = TASK.prepare(Source.from_frame(table), recipe, silent)[0]
    return prepared


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return prepare(frame())


def test_what_is_saved_is_read_again(prepared: Prepared, tmp_path: Path) -> None:
    prepared.save(tmp_path)
    again = Prepared.load(tmp_path)
    assert again.codec.to_dict() == prepared.codec.to_dict()
    np.testing.assert_array_equal(again.labels, prepared.labels)
    assert again.metric == "separation"


def test_only_training_rows_are_measured() -> None:
    usual = prepare(frame())
    table = frame()
    table.loc[200:, "load"] = 1e6
    other = prepare(table)
    assert int(usual.split.train_end[0]) == 180
    for name in ("center", "spread", "low", "high", "activity_center"):
        np.testing.assert_array_equal(getattr(usual.codec, name), getattr(other.codec, name))


def test_labels_change_nothing_that_is_learnt_from() -> None:
    labels = np.zeros(ROWS, int)
    labels[[20, 200, 280]] = 1
    bare, labelled = prepare(frame()), prepare(frame(label=labels))
    assert labelled.metric == "vus_pr"
    np.testing.assert_array_equal(bare.panel.target, labelled.panel.target)
    np.testing.assert_array_equal(bare.coded.watched, labelled.coded.watched)
    ours, theirs = (each.held_out["validation"] for each in (bare, labelled))
    np.testing.assert_array_equal(ours.kinds, theirs.kinds)
    scores = np.random.default_rng(0).random(len(ours.scored))
    assert ours.separation(scores) == theirs.separation(scores)


def test_planted_anomalies_are_held_out_rows_alone(prepared: Prepared) -> None:
    held = prepared.held_out["validation"]
    begin = int(prepared.split.train_end[0])
    for segment in held.segments[: held.clean + held.copies]:
        assert segment.step + segment.first >= begin
    assert held.planted
    assert not held.kinds[: held.clean_rows].any()


def test_a_detector_that_knows_separates_and_one_that_guesses_does_not(prepared: Prepared) -> None:
    held = prepared.held_out["validation"]
    knows = (held.kinds > 0).astype(float)
    assumptions = np.random.default_rng(0).random(len(knows))
    assert held.separation(knows) > 0.6
    assert held.separation(assumptions) < 0.5 * held.separation(knows)


def test_a_tenth_of_the_error_on_clean_rows_is_taken_off_the_separation(prepared: Prepared) -> None:
    held = prepared.held_out["validation"]
    scores = (held.kinds > 0).astype(float)
    spread = held.segments[0].spread
    assert held.error(held.values) == 0.0
    half, far = held.values - 0.5 * spread, held.values + 1000 * spread
    assert held.error(half) == pytest.approx(0.5)
    assert held.error(far) == 5.0, "no value counts for more"
    planted = half.copy()
    planted[held.clean_rows :] = 1e9
    assert held.error(planted) == pytest.approx(0.5), "rows with planted anomalies do not count"
    bare = held.separation(scores)
    assert held.separation(scores, half) == pytest.approx(bare - 0.05)
    assert held.separation(scores, far) == pytest.approx(bare - 0.1), "an error of 1 is the most"


def test_labels_are_widened_within_their_series() -> None:
    labels = np.array([False, True, False, False, False])
    assert widened(labels, np.array([0, 3, 5]), 5).tolist() == [True, True, True, False, False]


def test_a_season_counts_rows(prepared: Prepared) -> None:
    assert settle_season((24, 168), 5000) == 24
    assert settle_season((2,), 5000) == 64
    assert settle_season((), 100) == 10
    assert settle_season((), 3) == 1
    assert settle_lookback("auto", 288, 5000) == 96
    assert settle_lookback(7, 288, 5000) == 7
    grid = prepared.panel.grid
    assert settle_cycles(grid, (24,), 400) == (24.0,)
    assert settle_cycles(grid, (24,), 600) == (24.0, 168.0)


ATTACKS: list[Callable[[dict[str, Any]], object]] = [
    lambda values: values.update(season=0),
    lambda values: values.update(season=10**9),
    lambda values: values.update(context=-1),
    lambda values: values.update(bridge="many"),
    lambda values: values.update(cycles=[0.0]),
    lambda values: values.update(cycles=[float(n + 2) for n in range(1000)]),
    lambda values: values.update(periods=[24.5]),
    lambda values: values.update(false_alarms=0.0),
    lambda values: values.update(center=[[float("nan")]]),
    lambda values: values.update(spread=[[0.0]]),
    lambda values: values.update(low=values["high"]),
    lambda values: values.update(series=["other"]),
    lambda values: values["roles"].update(targets=["other"]),
    lambda values: values["roles"].update(time=3),
    lambda values: values["scorers"].update(smoothing=[1e9]),
    lambda values: values["scorers"].update(offsets=["eval"]),
    lambda values: values["scorers"].update(noncausal="yes"),
    lambda values: values["scorers"].update(state=1),
    lambda values: values.pop("scorers"),
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_codec_from_a_stranger_is_refused(
    attack: Callable[[dict[str, Any]], object], prepared: Prepared, tmp_path: Path
) -> None:
    prepared.save(tmp_path)
    path = tmp_path / "codec.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    attack(values)
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(RunError, match="damaged"):
        Prepared.load(tmp_path)


@pytest.mark.parametrize("labels", [np.zeros(3, np.int8), np.full(ROWS, 7, np.int8)])
def test_labels_from_a_stranger_are_refused(
    labels: Any, prepared: Prepared, tmp_path: Path
) -> None:
    prepared.save(tmp_path)
    np.save(tmp_path / "data" / "labels.npy", labels)
    with pytest.raises(RunError, match="damaged"):
        Prepared.load(tmp_path)


def test_a_recipe_can_do_without_states() -> None:
    scorers = prepare(frame(), "score.state=false").codec.scorers
    assert not scorers.state and all(each.of != "state" for each in scorers.all())


def test_the_codec_is_plain_json(prepared: Prepared) -> None:
    text = json.dumps(prepared.codec.to_dict(), allow_nan=False)
    assert Codec.from_dict(json.loads(text)).to_dict() == prepared.codec.to_dict()
