"""An ensemble of detectors that takes in a simple method joins what both say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import command_line
import numpy as np
import pandas as pd
import pytest
from command_line import TINY_ANOMALY

from seqtune.run.run import Run
from seqtune.tasks.anomaly.calibration import ScoreCalibration
from seqtune.tasks.anomaly.score_parts import combined_score

METHOD = "moving_z_score"
WEIGHTS = {"t001": 0.25, METHOD: 0.75}


def table(rows: int, start: str) -> pd.DataFrame:
    """Hours of two channels with a daily season."""
    times = pd.date_range(start, periods=rows, freq="h")
    angle = np.asarray(times.hour) * 2 * np.pi / 24
    noise = np.random.default_rng(0).normal(0, 0.1, (rows, 2))
    load, heat = np.sin(angle) + noise[:, 0], np.cos(angle) + noise[:, 1]
    return pd.DataFrame({"time": times, "load": load, "heat": heat})


def fit(folder: Path, *words: str) -> Path:
    """Fit two small networks and the method, and return the run folder."""
    table(300, "2024-01-01").to_csv(folder / "data.csv", index=False)
    flags = (*TINY_ANOMALY, "--trials", "2", "--set", "network.units=[4,6]", "--lookback", "8")
    out = ("--quiet", "--out", folder / "run")
    command_line.seqtune("fit", folder / "data.csv", "--task", "anomaly", *flags, *words, *out)
    return folder / "run"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose ensemble holds the first network and the method, whatever they are worth."""

    def chosen(predictions: Mapping[str, Any], *_: object) -> dict[str, float]:
        assert predictions.keys() == {"t001", "t002", METHOD}
        assert len({each.shape[0] for each in predictions.values()}) == 1
        return WEIGHTS

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("seqtune.run.ensemble_choice.select_members", chosen)
        return fit(tmp_path_factory.mktemp("blend"), "--set", "baselines.blend=true")


def row_of(run: Path, name: str) -> dict[str, Any]:
    board = json.loads((run / "leaderboard.json").read_text(encoding="utf-8"))["leaderboard"]
    (row,) = [each for each in board if each["name"] == name]
    return dict(row)


def test_the_blend_is_a_row_that_says_what_is_in_it(run: Path) -> None:
    row = row_of(run, "blend")
    assert row["kind"] == "ensemble"
    assert row["detail"] == f"0.25 stacked-gru-t001 + 0.75 {METHOD}"
    assert {"separation", "auc_pr", "event_recall"} <= row["validation"].keys() & row["test"].keys()


@pytest.mark.parametrize("part", ["validation", "test"])
def test_its_figures_are_those_of_the_mean_of_parts(run: Path, part: str) -> None:
    opened = Run(run)
    task, prepared = opened.task, opened.prepared
    kept = {"validation": "t001.npy", "test": "t001-test.npy"}
    network = np.load(run / "trials" / kept[part])
    rare = opened.predictor.calibrations["t001"].apply(network)
    method = np.load(run / "trials" / f"baseline_{METHOD}_{part}.npy")
    assert method.shape == rare.shape == (int(prepared.held_out[part].offsets[-1]), 5)
    scores = task.score(prepared, prepared.encoded(part), 0.25 * rare + 0.75 * method)
    assert scores == pytest.approx(row_of(run, "blend")[part])


def test_new_rows_get_the_mean_of_squares_of_what_its_members_say(
    run: Path, tmp_path: Path
) -> None:
    new = table(40, "2024-01-13 12:00")
    new.loc[20, "heat"] = 9.0
    path = tmp_path / "new.csv"
    new.to_csv(path, index=False)
    opened = Run(run)
    names = ("blend", "stacked-gru-t001", METHOD)
    tables = [opened.predict(str(path), use=name) for name in names]
    blend, network, method = (each["score"] for each in tables)
    assert blend.notna().all() and not np.allclose(network, method)
    mean = np.sqrt(0.25 * network**2 + 0.75 * method**2)
    stands = np.maximum(network, method) > tables[0]["threshold"]  # an alarm of one of them
    assert stands[20] and not stands[:20].any()
    np.testing.assert_allclose(blend[~stands], mean[~stands], rtol=1e-9)
    assert tables[0]["anomaly"].iloc[20] == 1


def test_alarms_of_members_are_blended_by_their_weights(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = table(40, "2024-01-13 12:00")
    new.loc[20, "heat"] = 9.0
    path = tmp_path / "new.csv"
    new.to_csv(path, index=False)
    heard: list[np.ndarray] = []

    def listening(parts: np.ndarray, *rest: Any) -> np.ndarray:
        heard.append(parts.copy())
        return combined_score(parts, *rest)

    monkeypatch.setattr("seqtune.tasks.anomaly.tables.combined_score", listening)
    for name in ("blend", "stacked-gru-t001", METHOD):
        Run(run).predict(str(path), use=name)
    blend, network, method = heard
    np.testing.assert_allclose(blend, 0.25 * network + 0.75 * method, rtol=1e-6)
    assert network[20, 1] == method[20, 1] == 1.0
    assert blend[20, 2] > 4.0


def test_what_was_measured_of_the_mean_and_of_the_method_lifts_new_rows(
    run: Path, tmp_path: Path
) -> None:
    path = tmp_path / "new.csv"
    table(40, "2024-01-13 12:00").to_csv(path, index=False)
    names = ("stacked-gru-t001", METHOD)
    network, method = (Run(run).predict(str(path), use=name)["score"] for name in names)
    opened = Run(run)
    kept, prepared = opened.predictor.calibrations, opened.prepared
    assert kept["blend"].to_dict() == kept[METHOD].to_dict() == {"scales": {}, "lift": 1.0}
    kept["blend"] = ScoreCalibration(prepared, lift=1.5)
    kept[METHOD] = ScoreCalibration(prepared, lift=1.25)
    lifted = opened.predict(str(path), use="blend")["score"]
    expected = 1.5 * np.sqrt(0.25 * network**2 + 0.75 * (1.25 * method) ** 2)
    np.testing.assert_allclose(lifted, expected, rtol=1e-9)


@pytest.mark.parametrize("lift", [0.5, -1.0, 1e6, True, "1"])
def test_a_lift_that_none_can_have_measured_is_refused(run: Path, lift: Any) -> None:
    with pytest.raises(ValueError, match="lift"):
        ScoreCalibration.from_dict(Run(run).prepared, {"scales": {}, "lift": lift})


def test_unless_it_is_asked_for_no_method_is_kept_or_blended(tmp_path: Path) -> None:
    run = fit(tmp_path)
    assert not list((run / "trials").glob("baseline_*_validation.npy"))
    board = json.loads((run / "leaderboard.json").read_text(encoding="utf-8"))["leaderboard"]
    assert "blend" not in [row["name"] for row in board]


@pytest.mark.parametrize("use", ["blend", "stacked-gru-t001", METHOD])
def test_it_is_told_how_many_rows_are_done(run: Path, tmp_path: Path, use: str) -> None:
    path = tmp_path / "new.csv"
    table(40, "2024-01-13 12:00").to_csv(path, index=False)
    opened = Run(run)
    heard = command_line.advances(opened, lambda: opened.predict(str(path), use=use))
    assert {each.total for each in heard} == {80 if use == "blend" else 40}
    assert {each.unit for each in heard} == {"rows"}
