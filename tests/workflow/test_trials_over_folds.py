"""A search over folds from end to end: what pauses, what goes on, and what counts."""

from __future__ import annotations

from pathlib import Path

import command_line
import numpy as np
import pandas as pd
from command_line import TINY_CLASSIFY

from seqtune.run.run import Run


def outlines(cases: int) -> pd.DataFrame:
    """Return noise, a row each, above zero in one class and below it in the other."""
    random = np.random.default_rng(0)
    levels = np.tile([1.0, -1.0], cases // 2)
    table = pd.DataFrame(levels[:, None] + random.normal(size=(cases, 6)))
    table.columns = [f"t{step}" for step in range(6)]
    return table.assign(label=np.where(levels > 0, "high", "low"))


def test_a_search_over_folds_trains_the_best_in_all_and_is_gone_on_with(tmp_path: Path) -> None:
    outlines(48).to_csv(tmp_path / "cases.csv", index=False)
    out = tmp_path / "run"
    more = ("search.stopping=halving", "network.units=[2,3,4,5,6]", "validation.folds=3")
    words = [word for each in more for word in ("--set", each)]
    command_line.seqtune(
        "fit", tmp_path / "cases.csv", "--task", "classify", "--label", "label", *TINY_CLASSIFY,
        *words, "--set", "baselines.methods=[majority]", "--trials", "3", "--quiet", "--out", out,
    )  # fmt: skip
    trials = {trial["trial"]: trial for trial in Run(out).checked_trials}
    whole = [name for name, trial in trials.items() if not trial["folds_left"]]
    assert "t001" in whole and len(whole) < 3  # the first does not pause, not all go on
    assert {trial["folds_left"] for trial in trials.values()} == {0, 2}
    networks = {row.name for row in Run(out).board.rows if row.kind == "network"}
    assert networks == {f"segment-gru-{name}" for name in whole}
    assert (Run(out).board.cases, Run(out).board.folds) == (36, 3)
    assert all(0 < row.error < 0.5 for row in Run(out).board.rows)
    assert trials["t001"]["steps"] == 4 and trials["t001"]["status"] == "completed"
    assert len(command_line.seqtune("predict", out, tmp_path / "cases.csv").table) == 48

    command_line.seqtune("resume", out, "--trials", "6", "--quiet")
    resumed = {trial["trial"]: trial for trial in Run(out).checked_trials}
    assert len(resumed) == 6 and resumed["t001"] == trials["t001"]
    assert 2 <= sum(not trial["folds_left"] for trial in resumed.values()) < 6


def test_hyperband_over_folds_has_a_network_however_early_it_ends(tmp_path: Path) -> None:
    outlines(48).to_csv(tmp_path / "cases.csv", index=False)
    out = tmp_path / "run"
    more = ("search.oracle=hyperband", "network.units=[2,3,4,5,6]", "validation.folds=3")
    words = [word for each in more for word in ("--set", each)]
    command_line.seqtune(
        "fit", tmp_path / "cases.csv", "--task", "classify", "--label", "label", *TINY_CLASSIFY,
        *words, "--set", "baselines.methods=[majority]", "--trials", "2", "--quiet", "--out", out,
    )  # fmt: skip
    left = {trial["trial"]: trial["folds_left"] for trial in Run(out).checked_trials}
    assert left == {"t001": 0, "t002": 2}
    assert [row.name for row in Run(out).board.rows if row.kind == "network"] == [
        "segment-gru-t001"
    ]
