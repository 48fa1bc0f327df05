"""Good run folders of every task, to be attacked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_runs import SAMPLES, Victim

from seqtune.run.folder import write_record
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.members import Member, write_calibrations, write_members
from seqtune.tasks.forecast.conformal import ConformalFactors

NAME = "segment-gru-t001"


def forecasts(folder: Path, tiny: Any, trained: Any) -> Victim:
    """Return a run of one trial on the tiny data, which may be resumed, and the prices ahead."""
    run = Path(shutil.copytree(trained.folder, folder / "run"))
    tiny.prepared.save(run)
    record = {"task": "forecast", "status": "interrupted", "data": {}, "seed": 0, "backend": "jax"}
    write_record(run, {**record, "budget_seconds": 9.0, "seconds": {"total": 1.0}})
    (run / "recipe.yaml").write_text(tiny.recipe.to_yaml(), encoding="utf-8")
    result = trained.result
    rows = (
        Row("naive", "baseline", {"mase": 1.5}, {"mase": 1.5}, 0.1),
        Row(NAME, "network", {"mase": result.score}, {"mase": result.score}, 0.1, 9, "small"),
    )
    board = Leaderboard("mase", "min", rows).to_dict()
    (run / "leaderboard.json").write_text(json.dumps(board), encoding="utf-8")
    write_members(run, {NAME: [Member("t001", 1.0, "models/t001.keras", "", result.values)]})
    levels = tiny.prepared.codec.levels
    write_calibrations(run, {"t001": ConformalFactors(levels, np.ones((3, len(levels))))})
    (run / "trials.jsonl").write_text(json.dumps(result.to_dict()) + "\n", encoding="utf-8")
    last = tiny.frame.groupby("shop")["day"].max()
    steps = [(shop, day) for shop in "abc" for day in range(1, 4)]
    lines = [f"{shop},{(last[shop] + np.timedelta64(day, 'D')).date()},2.0" for shop, day in steps]
    ahead = folder / "ahead.csv"
    ahead.write_text("\n".join(["shop,day,price", *lines, ""]), encoding="utf-8")
    return Victim("forecast", run, ahead)


@pytest.fixture(scope="session")
def good(
    tiny: Any, trained: Any, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Victim]:
    """Return a good run of a task, made when it is first asked for."""

    @cache
    def make(task: str) -> Victim:
        folder: Path = tmp_path_factory.mktemp(f"good-{task}")
        if task == "forecast":
            return forecasts(folder, tiny, trained)
        run, new = SAMPLES[task].fit(task, folder)
        return Victim(task, run, new)

    return make


@pytest.fixture
def victim(request: pytest.FixtureRequest, good: Callable[[str], Victim], tmp_path: Path) -> Victim:
    """A copy of a good run, to be attacked; a forecast's where no task is asked for."""
    return good(getattr(request, "param", "forecast")).copy(tmp_path / "run")


@pytest.fixture
def run(victim: Victim) -> Path:
    """The folder of the run that is attacked."""
    return victim.folder


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    """A file that attacks make; it may not be there in the end."""
    path = tmp_path / "canary"
    yield path
    assert not path.exists()
