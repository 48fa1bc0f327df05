"""The power may go at any moment of a search: what a file refers to is on disk before it."""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path

import command_line
import pytest
from command_line import TINY, weekly
from power_cuts import Disk, Operation, Recorder, put_down, replay

from seqtune.run.baseline_predictions import load_predictions
from seqtune.run.folder import read_state
from seqtune.run.run import Run

SEARCH = ("--trials", "3", "--set", "network.units=[4,6]", "--set", "refit=true")

CHANGING = {"lazy": ("fsync",), "eager": ("fsync", "replace", "rename", "unlink")}
"""The operations after which another run may be on disk."""


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> list[Operation]:
    """Everything that a search did to the disk."""
    folder = tmp_path_factory.mktemp("world")
    weekly(60).to_csv(folder / "sales.csv", index=False)
    recorder = Recorder(folder)
    words = ("fit", folder / "sales.csv", "--task", "forecast", *TINY, *SEARCH)
    with recorder.recording():
        command_line.seqtune(*words, "--quiet", "--out", folder / "run")
    return recorder.operations


def check(folder: Path) -> set[str]:
    """Use everything in a run that a file of it refers to, and return its trials."""
    run = Run(folder)
    assert run.status in ("complete", "died")
    assert run.summary.leaderboard is not None
    assert len(run.prepared.panel.lengths)
    for name, members in run.predictor.members.items():
        for member in members:
            for file in member.files:
                assert zipfile.is_zipfile(folder / file), (name, file)
    assert isinstance(run.predictor.calibrations, dict)
    for row in run.board.rows:
        if row.kind == "baseline":
            load_predictions(folder, row.name)
    trials = run.checked_trials
    for trial in trials:
        if trial["score"] is not None:
            assert zipfile.is_zipfile(folder / "models" / f"{trial['trial']}.keras")
            assert (folder / "trials" / f"{trial['trial']}.npy").stat().st_size > 100
    state = read_state(folder)
    assert state is not None or not trials
    return {trial["trial"] for trial in trials}


@pytest.mark.skipif(sys.version_info < (3, 11), reason="pathlib keeps functions of its own")
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files have no names here")
@pytest.mark.parametrize("disk", ["lazy", "eager"])
def test_a_run_opens_after_a_power_cut_at_any_moment(
    disk: Disk, operations: list[Operation], tmp_path: Path
) -> None:
    trials: set[str] = set()
    runs = 0
    for length in range(1, len(operations) + 1):
        if operations[length - 1][0] not in CHANGING[disk]:
            continue
        folder = tmp_path / "world"
        put_down(replay(operations[:length]), folder, disk)
        if (folder / "run" / "run.json").exists():
            runs += 1
            found = check(folder / "run")
            assert trials <= found, f"{trials - found} were there before operation {length}"
            trials = found
        else:
            assert not runs, "a run was there before"
        shutil.rmtree(folder)
    assert trials == {"t001", "t002", "t003"}
    assert runs > 30
