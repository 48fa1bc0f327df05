"""Covariates of words through the whole command: fit, predict with a word that is new, explain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import TINY, seqtune

MODES = np.array(["idle", "heat", "wash"])
BROUGHT = {"idle": 0.0, "heat": 60.0, "wash": 20.0}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fit of hours whose plan is in words, beside a past covariate of words and a static one."""
    folder = tmp_path_factory.mktemp("words")
    draw = np.random.default_rng(2)
    parts = []
    for name in ("a", "b"):
        plan = draw.choice(MODES, 90)
        noise = draw.normal(0, 1, 90)
        part = pd.DataFrame({"hour": pd.date_range("2024-01-01", periods=90, freq="h")})
        part["machine"], part["hall"] = name, {"a": "north", "b": "south"}[name]
        part["power"] = 100 + pd.Series(plan).map(BROUGHT) + noise
        part["plan"], part["weather"] = plan, draw.choice(["dry", "wet"], 90)
        parts.append(part)
    pd.concat(parts).to_csv(folder / "power.csv", index=False)
    methods = "baselines.methods=[naive,ridge]"
    done = seqtune(
        *(
            "fit",
            folder / "power.csv",
            "--task",
            "forecast",
            "--target",
            "power",
            "--future",
            "plan",
        ),
        *("--static", "hall", "--horizon", "4", *TINY, "--set", methods),
        *("--out", folder / "run"),
    )
    assert "weather" in done.err and "columns of few words left over" in done.err
    return folder / "run"


def future(run: Path, words: list[str]) -> Path:
    rows = [
        {"hour": time, "machine": machine, "plan": word}
        for machine in ("a", "b")
        for time, word in zip(
            pd.date_range("2024-01-04 18:00", periods=4, freq="h"), words, strict=True
        )
    ]
    path = run.parent / f"{'-'.join(words)}.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


@pytest.mark.parametrize("name", ["ridge", "network"])
def test_each_word_brings_what_it_has_brought(run: Path, name: str) -> None:
    words = ["heat", "idle", "wash", "heat"]
    made = seqtune("predict", run, future(run, words), "--use", name).table
    expected = [100 + BROUGHT[word] for word in words] * 2
    assert np.abs(made["mean"] - expected).max() < 15


def test_a_word_that_training_does_not_know_is_counted(run: Path) -> None:
    done = seqtune("predict", run, future(run, ["heat", "fly", "wash", "fly"]), "--use", "ridge")
    assert "'plan': 4 words that training does not know" in done.err
    made = done.table["mean"].to_numpy().reshape(2, 4)
    assert np.isfinite(made).all()
    assert (made[:, 0] > made[:, 1]).all() and (made[:, 1] > 95).all()


def test_shuffling_the_words_is_seen_to_hurt(run: Path) -> None:
    shown = seqtune("report", run, "--explain", "--json").json
    rises = {row["name"]: row["rise"] for row in shown["explanation"]["importance"] if row["name"]}
    assert {"plan", "weather", "hall"} <= set(rises)
