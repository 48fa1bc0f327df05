"""Several commands at once on one run: one writes, the others read or are turned away."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from command_line import TINY, seqtune, weekly

from seqtune.report.build import fit_report, runs_report
from seqtune.run.lock import RunLock
from seqtune.run.run import Run

READERS = 4

SEARCH = (
    *("--trials", "3", "--set", "network.units=[4,5,6]", "--set", "refit=true"),
    *("--executor", "inline"),
)


def command(folder: Path, *words: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        [sys.executable, "-m", "seqtune", *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=environment,
    )  # fmt: skip


def read(folder: Path) -> str:
    """Read a run as `report`, `runs` and `predict` do, and return its status."""
    run = Run(folder)
    fit_report(run).to_dict()
    predictor = run.predictor
    for row in predictor.board.rows:
        if row.kind != "baseline":
            for member in predictor.members[row.name]:
                assert not member.file or zipfile.is_zipfile(folder / member.file), row.name
    statuses = [line.status for line in runs_report(folder.parent).runs]
    assert statuses and "damaged" not in statuses
    return run.status


def test_readers_see_a_sound_run_while_a_search_goes_on(tmp_path: Path) -> None:
    weekly(60).to_csv(tmp_path / "sales.csv", index=False)
    out = tmp_path / "runs" / "one"
    words = ("fit", "sales.csv", "--task", "forecast", *TINY, *SEARCH, "--quiet", "--out", out)
    process = command(tmp_path, *words)
    seen: list[str] = []
    faults: list[BaseException] = []

    def look() -> None:
        while process.poll() is None and not faults:
            try:
                if (out / "run.json").exists():
                    seen.append(read(out))
            except BaseException as error:
                faults.append(error)
            time.sleep(0.2)

    threads = [threading.Thread(target=look) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    told = process.communicate()[1]
    for thread in threads:
        thread.join()
    assert not faults, faults[0]
    assert process.returncode == 0, told
    assert set(seen) <= {"running", "complete"} and "running" in seen
    assert read(out) == "complete"


def test_of_two_fits_into_one_folder_one_is_turned_away(tmp_path: Path) -> None:
    weekly(60).to_csv(tmp_path / "sales.csv", index=False)
    words = ("fit", "sales.csv", "--task", "forecast", *TINY, "--quiet", "--out", "run")
    processes = [command(tmp_path, *words) for _ in range(2)]
    told = [process.communicate()[1] for process in processes]
    codes = [process.returncode for process in processes]
    assert sorted(codes) == [0, 1], told
    (fault,) = (text for text, code in zip(told, codes, strict=True) if code)
    assert "in use by" in fault or "already holds a run" in fault or "is not empty" in fault
    assert seqtune("report", tmp_path / "run", "--json").json["status"] == "complete"


@pytest.mark.parametrize("words", [("resume", "--trials", "2"), ("report", "--explain")])
def test_who_writes_is_turned_away_while_another_does(words: Any, finished: Path) -> None:
    before = sorted(path.name for path in finished.iterdir())
    with RunLock(finished):
        done = seqtune(words[0], finished, *words[1:], code=1)
    assert f"error: {finished} is in use by " in done.err
    assert "hint: wait until it has ended, or end it: kill " in done.err
    assert sorted(path.name for path in finished.iterdir()) == before


def test_running_and_died_are_told_apart(finished: Path, tmp_path: Path) -> None:
    record = finished / "run.json"
    whole = record.read_text()
    record.write_text(whole.replace('"complete"', '"running"'))
    try:
        assert seqtune("report", finished, "--json").json["status"] == "died"
        told = seqtune("report", finished).out
        assert "The run died, it is not complete." in told
        assert f"seqtune resume {finished}" in told
        assert "died" in seqtune("runs", finished.parent).out
        with RunLock(finished):
            assert seqtune("report", finished, "--json").json["status"] == "running"
            assert "The search is still running." in seqtune("report", finished).out
            assert "running" in seqtune("runs", finished.parent).out
            assert len(seqtune("predict", finished).table) == 7
    finally:
        record.write_text(whole)
