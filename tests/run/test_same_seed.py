"""The same command with the same seed gives the same leaderboard, file for file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import seqtune

SETTINGS = (
    "network.architecture=segment",
    "network.cell=[gru, simple_rnn]",
    "network.units=[3, 4]",
    "network.layers=1",
    "network.dropout=0.2",
    "network.segment.length=4",
    "preprocessing.embedding=2",
    "training.learning_rate={min: 0.001, max: 0.02, log: true}",
    "training.batch_size=8",
    "training.steps=4",
    "training.steps_per_epoch=2",
    "baselines.methods=[naive, seasonal_naive]",
    "search.oracle=random",
    "search.stopping=none",
    "portfolio=[]",
    "seasonality=4",
    "ensemble.size=3",
)


@pytest.fixture(scope="module")
def runs(tiny: Any, tmp_path_factory: pytest.TempPathFactory) -> list[seqtune.Run]:
    """Two runs of one command, the global generators in another state before each."""
    made = []
    for number in (1, 2):
        np.random.seed(number)
        made.append(
            seqtune.fit(
                tiny.frame,
                "forecast",
                out=tmp_path_factory.mktemp("runs") / "run",
                budget="1h",  # the clock has no say in it
                trials=2,
                workers=1,
                horizon=3,
                lookback=8,
                seed=11,
                target="sales",
                past=["visitors"],
                series="shop",
                set=[*SETTINGS, "data.future=[]"],
            )
        )
    return made


def documents(run: seqtune.Run) -> dict[str, Any]:
    """Return what a run left, without what the clock wrote."""
    folder = Path(run.folder)
    board = json.loads((folder / "leaderboard.json").read_text(encoding="utf-8"))
    for row in board["leaderboard"]:
        del row["fit_seconds"]
    lines = (folder / "trials.jsonl").read_text(encoding="utf-8").splitlines()
    trials = [json.loads(line) for line in lines]
    for trial in trials:
        del trial["seconds"], trial["training_seconds"]
    texts = {
        name: (folder / name).read_text(encoding="utf-8")
        for name in ("recipe.yaml", "codec.json", "members.json", "chart.json")
    }
    return {"board": board, "trials": trials, **texts}


def test_two_runs_with_one_seed_are_alike(runs: list[seqtune.Run]) -> None:
    first, second = map(documents, runs)
    for name, document in first.items():
        assert document == second[name], name


def test_their_predictions_are_alike(runs: list[seqtune.Run]) -> None:
    first, second = (run.predict() for run in runs)
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert len(first) == 9


def test_the_runs_are_complete(runs: list[seqtune.Run]) -> None:
    """Show that there was something to compare: two trials that differ, and simple methods."""
    run = runs[0]
    assert run.record["status"] == "complete"
    assert [trial["status"] for trial in run.trials] == ["completed", "completed"]
    assert run.trials[0]["values"] != run.trials[1]["values"]
    assert run.trials[0]["score"] != run.trials[1]["score"]
    names = {row.name for row in run.board.rows}
    assert names >= {"naive", "seasonal_naive"}
    assert run.board.best_searched is not None
    assert np.isfinite(run.board.test_score(run.board.best_searched))


def test_no_file_is_a_pickle(runs: list[seqtune.Run]) -> None:
    files = [path for path in Path(runs[0].folder).rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {
        ".json", ".jsonl", ".yaml", ".npy", ".keras", ".txt",
    }  # fmt: skip
    for path in files:
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)
