"""Finding anomalies as a user types it: fit, predict, evaluate, and every refusal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import TINY_ANOMALY, seqtune

TINY = (
    *TINY_ANOMALY,
    *("--lookback", "8", "--set", "preprocessing.activity=true", "--quiet"),
    *("--set", "preprocessing.calendar=true", "--set", "refit=true"),
    *("--set", "training.steps=20", "--set", "training.steps_per_epoch=10"),
)
"""Flags of `fit` for a search of one network that learns a little."""

ROWS = 400
SPIKE = 370


def table(rows: int = ROWS, start: str = "2024-01-01") -> pd.DataFrame:
    """Hours of two channels with a daily season, and one that never moves."""
    hours = pd.date_range(start, periods=rows, freq="h")
    angle = np.asarray(hours.hour) * 2 * np.pi / 24
    draw = np.random.default_rng(len(start))
    return pd.DataFrame(
        {
            "time": hours.strftime("%Y-%m-%d %H:%M"),
            "load": (np.sin(angle) + draw.normal(0, 0.05, rows)).round(3),
            "heat": (2 * np.cos(angle) + draw.normal(0, 0.05, rows)).round(3),
            "valve": np.full(rows, 5.0),
        }
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run without labels."""
    folder: Path = tmp_path_factory.mktemp("anomaly")
    table().to_csv(folder / "data.csv", index=False)
    seqtune("fit", folder / "data.csv", "--task", "anomaly", *TINY, "--out", folder / "run")
    return folder / "run"


NETWORK = ("--use", "network")
"""A simple method may have the star: these tests are about the network."""


def scored(
    run: Path, frame: pd.DataFrame, tmp_path: Path, *flags: str, use: Sequence[str] = NETWORK
) -> pd.DataFrame:
    path, out = tmp_path / "new.csv", tmp_path / "scored.csv"
    frame.to_csv(path, index=False)
    seqtune("predict", run, path, "-o", out, *flags, *use)
    return pd.read_csv(out)


def test_a_run_selects_by_separation_where_nothing_is_labelled(run: Path) -> None:
    report = seqtune("report", run, "--json").json
    assert report["metric"] == "separation"
    assert report["direction"] == "max"
    kinds = {row["kind"] for row in report["leaderboard"]}
    assert kinds == {"network", "baseline"}
    shown = seqtune("report", run).out
    assert "of the test part. The threshold is" in shown
    assert "expected" in shown and "actual" in shown


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_the_table_is_the_same_in_every_form(run: Path, tmp_path: Path, ending: str) -> None:
    frame = table(30, "2025-06-01")  # far from the run's rows: the first have no score
    frame["load"] = frame["load"].astype(object)
    frame.loc[20, "load"] = "?"
    path, out = tmp_path / "new.csv", tmp_path / f"scored.{ending}"
    frame.to_csv(path, index=False)
    seqtune("predict", run, path, "-o", out, *NETWORK)
    if ending == "jsonl":
        lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        assert lines[0]["score"] is None and lines[0]["event"] is None
        assert lines == seqtune("predict", run, path, "--json", *NETWORK).json["predictions"]
        found = pd.DataFrame(lines)
    else:
        is_csv = ending == "csv"
        found = pd.read_csv(out, dtype={"load": str}) if is_csv else pd.read_parquet(out)
    assert found["score"].isna().tolist() == [True] * 8 + [False] * 22
    assert found["threshold"].notna().all()
    assert [str(found["load"].iloc[row]) for row in (19, 20)] == [str(frame["load"].iloc[19]), "?"]


def test_the_prediction_table_is_the_input_with_four_columns_more(
    run: Path, tmp_path: Path
) -> None:
    frame = table(48, "2024-01-18")
    frame.loc[30, "load"] = 9.0
    shuffled = frame.sample(frac=1.0, random_state=0)
    found = scored(run, shuffled, tmp_path)
    assert list(found) == [*frame, "score", "threshold", "anomaly", "event"]
    assert found["time"].tolist() == shuffled["time"].tolist()
    assert found["score"].notna().all(), "the run's rows stand before the new ones"
    spike = found["load"] == 9.0
    assert found.loc[spike, "anomaly"].tolist() == [1]
    assert found.loc[spike, "event"].notna().all()
    assert (found["event"].isna() == (found["anomaly"] == 0)).all()


def test_a_channel_that_never_moved_is_strange_when_it_does(run: Path, tmp_path: Path) -> None:
    frame = table(48, "2024-01-18")
    frame.loc[40:, "valve"] = 7.0
    found = scored(run, frame, tmp_path)
    assert found.loc[40:44, "anomaly"].max() == 1


def test_a_channel_that_stands_still_is_strange_and_it_is_said_for_how_long(
    run: Path, tmp_path: Path
) -> None:
    frame = table(48, "2024-01-17 16:00")
    frame.loc[20:31, "heat"] = -1.234
    path, out = tmp_path / "stuck.csv", tmp_path / "stuck.scored.csv"
    frame.to_csv(path, index=False)
    done = seqtune("predict", run, path, "-o", out, *NETWORK)
    assert "heat stands at -1.234 for 12 rows" in " ".join(done.err.split()), done.err
    found = pd.read_csv(out)
    assert found.loc[25:31, "anomaly"].tolist() == [1] * 7
    assert found.loc[25:31, "event"].nunique() == 1
    table(48, "2024-01-17 16:00").to_csv(path, index=False)
    moving = seqtune("predict", run, path, "-o", tmp_path / "moving.csv", *NETWORK)
    assert "stands at" not in " ".join(moving.err.split())


def test_rows_of_a_long_gap_have_no_score_and_it_is_said(run: Path, tmp_path: Path) -> None:
    frame = table(72, "2024-01-18")
    frame.loc[20:50, ["load", "heat", "valve"]] = np.nan
    path = tmp_path / "gap.csv"
    frame.to_csv(path, index=False)
    done = seqtune("predict", run, path, "-o", tmp_path / "out.csv", *NETWORK)
    found = pd.read_csv(tmp_path / "out.csv")
    assert found.loc[20:27, "score"].notna().all(), "8 rows are bridged"
    assert found.loc[28:50, "score"].isna().all()
    assert found.loc[51:, "score"].notna().all()
    assert "23 rows have no score" in done.err


def test_a_rarer_false_alarm_is_a_higher_threshold(run: Path, tmp_path: Path) -> None:
    usual = scored(run, table(48, "2024-01-18"), tmp_path)
    (tmp_path / "scored.csv").unlink()
    rare = scored(
        run, table(48, "2024-01-18"), tmp_path, "--set", "threshold.false_alarms=0.000001"
    )
    assert rare["threshold"].iloc[0] == pytest.approx(6.0)
    assert usual["threshold"].iloc[0] < 6.0
    np.testing.assert_allclose(rare["score"], usual["score"])


def test_hindsight_changes_scores(run: Path, tmp_path: Path) -> None:
    usual = scored(run, table(48, "2024-01-18"), tmp_path)
    (tmp_path / "scored.csv").unlink()
    later = scored(run, table(48, "2024-01-18"), tmp_path, "--set", "score.noncausal=true")
    assert len(later) == len(usual)


def test_what_was_settled_by_the_fit_cannot_be_set_again(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    table(48).to_csv(path, index=False)
    done = seqtune("predict", run, path, "--set", "network.units=8", code=2)
    assert "network.units cannot be changed after fitting" in done.err


def test_every_row_of_the_leaderboard_scores(run: Path, tmp_path: Path) -> None:
    frame = table(48, "2024-01-18")
    found = scored(run, frame, tmp_path, use=["--use", "moving_z_score"])
    assert found["score"].notna().all()
    (tmp_path / "scored.csv").unlink()
    winner = seqtune("report", run, "--json").json["winner"]
    by_default = scored(run, frame, tmp_path, use=[])
    (tmp_path / "scored.csv").unlink()
    pd.testing.assert_frame_equal(by_default, scored(run, frame, tmp_path, use=["--use", winner]))


def test_without_labels_evaluate_counts_events(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    table(48, "2024-01-18").to_csv(path, index=False)
    done = seqtune("evaluate", run, path, "--json")
    assert {"events", "events_per_1000"} <= set(done.json["scores"][0]["metrics"])
    assert "no label column was found, so events are counted but not scored" in done.err


def test_evaluate_takes_a_label_column_by_its_name_and_says_so(run: Path, tmp_path: Path) -> None:
    frame = table(48, "2024-01-18").assign(Anomaly=0)
    frame.loc[30, ["load", "Anomaly"]] = [9.0, 1]
    path = tmp_path / "labelled.csv"
    frame.to_csv(path, index=False)
    done = seqtune("evaluate", run, path, "--json")
    assert {"vus_pr", "auc_pr"} <= set(done.json["scores"][0]["metrics"])
    assert "label: Anomaly, by its name" in done.err
    frame.assign(outlier=0).to_csv(path, index=False)
    refused = seqtune("evaluate", run, path, code=1).err
    assert "2 columns could be the label: Anomaly, outlier" in refused
    frame.assign(Anomaly=3).to_csv(path, index=False)
    done = seqtune("evaluate", run, path, "--json")
    assert "column 'Anomaly' is named like a label but does not hold 0 and 1" in done.err
    assert "events" in done.json["scores"][0]["metrics"]


def test_inspect_proposes_anomalies_first_where_a_column_is_named_so(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    table(60).assign(is_anomaly=[0] * 59 + [1]).to_csv(path, index=False)
    assert next(iter(seqtune("inspect", path, "--json").json["tasks"])) == "anomaly"
    table(60).assign(label=[0] * 59 + [1]).to_csv(path, index=False)
    assert next(iter(seqtune("inspect", path, "--json").json["tasks"])) != "anomaly"


def test_labels_select_by_vus_pr_and_train_nothing(run: Path, tmp_path: Path) -> None:
    frame = table()
    label = np.zeros(ROWS, int)
    label[[100, 280, 281, SPIKE]] = 1
    path, out = tmp_path / "labelled.csv", tmp_path / "run"
    frame.assign(label=label).to_csv(path, index=False)
    done = seqtune("fit", path, "--task", "anomaly", *TINY, "--out", out, "--json")
    report: dict[str, Any] = done.json
    assert report["metric"] == "vus_pr"
    network = next(row for row in report["leaderboard"] if row["kind"] == "network")
    assert {"auc_pr", "event_recall", "false_events_per_1000"} <= set(network["test"])
    ours, theirs = ((each / "models" / "t001.keras") for each in (out, run))
    assert ours.is_file() and theirs.is_file()
    assert (out / "data" / "target.npy").read_bytes() == (run / "data" / "target.npy").read_bytes()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda frame: frame.drop(columns="heat"), "lacks column 'heat'"),
        (lambda frame: frame.iloc[::6], "6"),
        (lambda frame: frame.drop(columns="time"), "lacks column 'time'"),
    ],
)
def test_a_file_that_does_not_fit_the_run_is_refused(
    change: Any, words: str, run: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bad.csv"
    change(table(96, "2024-01-18")).to_csv(path, index=False)
    done = seqtune("predict", run, path, code=1)
    assert words in done.err
    assert "hint: " in done.err


@pytest.mark.parametrize(
    ("frame", "flags", "words"),
    [
        (table(8), (), "finding anomalies needs at least 12"),
        (table(60).assign(label=2), ("--label", "label"), "expected a label of 0"),
        (table(60).assign(label=1), ("--label", "label"), "every row is labelled 1"),
        (table(60)[["time"]].assign(word="x"), (), "no numeric column to watch"),
        (table(60), ("--target", "wind"), "has no column 'wind'"),
    ],
)
def test_bad_data_is_refused(
    frame: pd.DataFrame, flags: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.csv"
    frame.to_csv(path, index=False)
    done = seqtune("fit", path, "--task", "anomaly", *TINY, *flags, "--out", tmp_path / "r", code=1)
    assert words in done.err
    assert not (tmp_path / "r").exists()


def test_predict_needs_data(run: Path) -> None:
    assert "found no data to score" in seqtune("predict", run, code=1).err
