"""A run of detectors whose row `joined` joins networks and simple methods."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import command_line
import numpy as np
import pandas as pd
import pytest
from command_line import TINY_ANOMALY

from seqtune.run.members import read_members
from seqtune.run.run import Run
from seqtune.tasks.anomaly.calibration import ScoreCalibration
from seqtune.tasks.anomaly.events import find_events
from seqtune.tasks.anomaly.known_rows import known_rows
from seqtune.tasks.anomaly.score_parts import combined_score

METHODS = ("k_means", "moving_deviation")
WEIGHTS = {"t001": 1 / 3, **dict.fromkeys(METHODS, 1 / 3)}
NETWORK = "stacked-gru-t001"
NAMES = ("joined", NETWORK, *METHODS)


def table(rows: int, start: str) -> pd.DataFrame:
    """Hours of two channels with a daily season."""
    times = pd.date_range(start, periods=rows, freq="h")
    angle = np.asarray(times.hour) * 2 * np.pi / 24
    noise = np.random.default_rng(0).normal(0, 0.1, (rows, 2))
    load, heat = np.sin(angle) + noise[:, 0], np.cos(angle) + noise[:, 1]
    return pd.DataFrame({"time": times, "load": load, "heat": heat})


def fit(folder: Path, rows: pd.DataFrame, *words: str) -> Path:
    """Fit a small network and the methods, and return the run folder."""
    rows.to_csv(folder / "data.csv", index=False)
    flags = (*TINY_ANOMALY, "--trials", "1", "--set", "network.units=4", "--lookback", "8")
    methods = ("--set", f"baselines.methods=[{','.join((*METHODS, 'moving_z_score'))}]")
    out = ("--quiet", "--out", folder / "run")
    command_line.seqtune(
        "fit", folder / "data.csv", "--task", "anomaly", *flags, *methods, *words, *out
    )
    return folder / "run"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run without labels."""
    return fit(tmp_path_factory.mktemp("joined"), table(300, "2024-01-01"))


@pytest.fixture
def new(tmp_path: Path) -> str:
    """Newer rows with one spike."""
    rows = table(40, "2024-01-13 12:00")
    rows.loc[20, "heat"] = 9.0
    rows.to_csv(tmp_path / "new.csv", index=False)
    return str(tmp_path / "new.csv")


def board_of(run: Path) -> dict[str, Any]:
    return dict(json.loads((run / "leaderboard.json").read_text(encoding="utf-8")))


def row_of(run: Path, name: str) -> dict[str, Any]:
    (row,) = [each for each in board_of(run)["leaderboard"] if each["name"] == name]
    return dict(row)


def test_it_comes_first_whatever_the_figures_say_and_says_what_is_in_it(run: Path) -> None:
    board, row = board_of(run), row_of(run, "joined")
    assert board["winner"] == board["leaderboard"][0]["name"] == board["joined"] == "joined"
    assert row["kind"] == "ensemble"
    assert row["detail"] == f"0.33 {NETWORK} + " + " + ".join(f"0.33 {name}" for name in METHODS)
    assert {"separation", "auc_pr", "event_recall"} <= row["validation"].keys() & row["test"].keys()
    members = read_members(run)["joined"]
    assert {each.method or each.trial: each.weight for each in members} == pytest.approx(WEIGHTS)
    assert Run(run).predictor.name_of(None) == "joined"
    assert Run(run).predictor.name_of("network") == NETWORK


@pytest.mark.parametrize("part", ["validation", "test"])
def test_its_figures_are_those_of_the_mean_of_parts(run: Path, part: str) -> None:
    opened = Run(run)
    task, prepared, kept = opened.task, opened.prepared, opened.predictor.calibrations
    file = {"validation": "t001.npy", "test": "t001-test.npy"}[part]
    mean = kept["t001"].apply(np.load(run / "trials" / file)) / 3
    for name in METHODS:
        made = np.load(run / "trials" / f"baseline_{name}_{part}.npy")
        mean = mean + kept[name].apply(made) / 3
    scores = task.score(prepared, prepared.encoded(part), kept["joined"].apply(mean))
    assert scores == pytest.approx(row_of(run, "joined")[part])


@pytest.mark.parametrize("noncausal", [False, True])
def test_new_rows_get_the_mean_logarithm_of_what_its_members_say(
    run: Path, new: str, noncausal: bool
) -> None:
    opened = Run(run)
    opened.predictor.change([f"score.noncausal={str(noncausal).lower()}"])
    predictor = opened.predictor
    tables = [opened.predict(new, use=name) for name in NAMES]
    joined, network, *methods = (each["score"].to_numpy() for each in tables)
    known = next(iter(predictor._on_known_rows.values()))
    levels = [np.maximum(known.networks["t001"].tail.level(network), 0.0), *methods]
    mean = np.expm1(np.mean([np.log1p(each) for each in levels], axis=0))
    np.testing.assert_allclose(joined, np.maximum(known.average.tail.level(mean), 0.0), rtol=1e-5)


def test_a_spike_that_its_networks_find_is_found(run: Path, new: str) -> None:
    joined, network = (Run(run).predict(new, use=name) for name in ("joined", NETWORK))
    assert network["anomaly"].iloc[20] == joined["anomaly"].iloc[20] == 1
    assert not joined["anomaly"].iloc[:20].any()


@pytest.mark.parametrize("noncausal", [False, True])
def test_of_the_rows_that_it_knows_it_marks_about_as_many_as_are_promised(
    run: Path, noncausal: bool
) -> None:
    opened = Run(run)
    prepared = opened.prepared
    made = opened.predictor.predictions("joined", known_rows(prepared, noncausal=noncausal))
    scores = combined_score(made, prepared.codec.threshold, np.zeros(len(made)))
    assert 1 <= len(find_events(scores, prepared.codec.threshold)) <= 8  # 3 are promised
    assert prepared.codec.false_alarms == 0.01 and len(made) == 300


def test_a_bundle_of_it_predicts_the_same(run: Path, new: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    command_line.seqtune("export", run, "-o", bundle)
    import seqtune

    one, other = (each.predict(new)["score"] for each in (Run(run), seqtune.load(str(bundle))))
    np.testing.assert_allclose(one, other, rtol=2e-5, atol=1e-4)  # levels are up to 300


def test_a_refit_of_it_joins_again(run: Path, tmp_path: Path) -> None:
    data, out = tmp_path / "newer.csv", tmp_path / "newer"
    table(420, "2024-01-01").to_csv(data, index=False)
    command_line.seqtune("refit", run, data, "--out", out, "--quiet")
    board = board_of(out)
    assert board["winner"] == board["chosen"] == "joined"
    alone = tmp_path / "alone"
    command_line.seqtune("refit", run, data, "--out", alone, "--use", "network", "--quiet")
    assert board_of(alone)["winner"] == NETWORK


def test_where_labels_choose_it_is_one_row_of_several(tmp_path: Path) -> None:
    rows = table(300, "2024-01-01")
    rows["label"] = 0
    for start in (190, 250):
        rows.loc[start : start + 4, "label"] = 1
        rows.loc[start : start + 4, "heat"] += 3.0
    board = board_of(fit(tmp_path, rows))
    assert board["metric"] == "vus_pr" and not board["joined_leads"]
    best = max(board["leaderboard"], key=lambda row: row["validation"]["vus_pr"])
    assert board["winner"] == best["name"]
    assert "joined" in [row["name"] for row in board["leaderboard"]]


def test_unless_it_is_wanted_no_method_is_kept_or_joined(tmp_path: Path) -> None:
    run = fit(tmp_path, table(300, "2024-01-01"), "--set", "baselines.blend=false")
    assert not list((run / "trials").glob("baseline_*_validation.npy"))
    assert "joined" not in [row["name"] for row in board_of(run)["leaderboard"]]


def test_a_board_that_names_no_row_as_joined_is_refused(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    path = copy / "leaderboard.json"
    board = board_of(copy) | {"joined": "nobody"}
    path.write_text(json.dumps(board), encoding="utf-8")
    with pytest.raises(Exception, match="joined is no row"):
        Run(copy).predictor.choose()


def test_it_is_said_which_member_does_its_work(run: Path) -> None:
    carried = board_of(run)["carried"]
    assert carried.keys() == {NETWORK, *METHODS}
    assert sum(carried.values()) == pytest.approx(1.0) and min(carried.values()) >= 0.0
    (most,) = [name for name, share in carried.items() if share == max(carried.values())]
    said = command_line.seqtune("report", run, "--json").json["verdict"]
    assert f"comes from {most} (" in said


@pytest.mark.parametrize("name", NAMES)
def test_networks_and_what_joins_them_have_a_tail_of_their_own(run: Path, name: str) -> None:
    kept = Run(run).predictor.calibrations
    calibration = kept["t001" if name == NETWORK else name]
    assert isinstance(calibration, ScoreCalibration)
    assert (calibration.tail is None) == (name in METHODS)


@pytest.mark.parametrize("tail", [0.5, {}, {"scores": [1.0], "levels": [1.0], "independent": None}])
def test_a_tail_that_none_can_have_measured_is_refused(run: Path, tail: Any) -> None:
    with pytest.raises(ValueError, match="tail"):
        ScoreCalibration.from_dict(Run(run).prepared, {"scales": {}, "tail": tail})


@pytest.mark.parametrize("use", ["joined", NETWORK, METHODS[0]])
def test_it_is_told_how_many_rows_are_done(run: Path, new: str, use: str) -> None:
    opened = Run(run)
    heard = command_line.advances(opened, lambda: opened.predict(new, use=use))
    assert {each.total for each in heard} == {120 if use == "joined" else 40}
    assert {each.unit for each in heard} == {"rows"}
