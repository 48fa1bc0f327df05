"""SIGTERM, SIGHUP and SIGINT end a command at every stage in the same way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from command_line import TINY, seqtune, weekly
from explaining import explained

PROMISED_SECONDS = 15.0
"""Ten, and what a machine takes that has other work."""

SLOW = ("--trials", "3", "--set", "network.units=[4,6,8]", "--set", "training.steps=4000")


@dataclass
class Begun:
    """A command that was begun."""

    process: subprocess.Popen[str]
    out: Path
    scratch: Path

    def until(self, word: str) -> None:
        """Wait until its log has a word."""
        log, deadline = self.out / "log.txt", time.monotonic() + 60.0
        while not (log.exists() and word in log.read_text()):
            assert time.monotonic() < deadline and self.process.poll() is None
            time.sleep(0.01)

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal; return the exit code and what was told."""
        began = time.monotonic()
        self.process.send_signal(number)
        _, told = self.process.communicate(timeout=60.0)
        assert time.monotonic() - began < PROMISED_SECONDS
        assert list(self.scratch.iterdir()) == []
        assert not list(self.out.rglob(".seqtune-*")) and not (self.out / "run.lock").exists()
        return self.process.returncode, told


Begin = Callable[..., Begun]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begin a search in a process of its own, with a temporary folder of its own."""
    started: list[subprocess.Popen[str]] = []

    def run(*words: str, **options: Any) -> Begun:
        weekly(60).to_csv(tmp_path / "sales.csv", index=False)
        out, scratch = tmp_path / "run", tmp_path / "tmp"
        scratch.mkdir()
        root = str(Path(__file__).parents[2])
        command = [sys.executable, "-m", "seqtune", "fit", str(tmp_path / "sales.csv")]
        process = subprocess.Popen(
            [*command, "--task", "forecast", *TINY, *words, "--out", str(out)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": root}, **options,
        )  # fmt: skip
        started.append(process)
        return Begun(process, out, scratch)

    yield run
    for process in started:
        process.kill()
        process.communicate()


def status(out: Path) -> str:
    return str(json.loads((out / "run.json").read_text())["status"])


WORKERS = ("--executor", "processes", "--workers", "2")


@pytest.mark.parametrize(
    ("number", "code", "word", "words"),
    [
        (signal.SIGTERM, 143, "baselines", (*WORKERS, "--workers", "1")),
        (signal.SIGHUP, 130, "name='search'", (*WORKERS, *SLOW)),
        (signal.SIGTERM, 143, "name='refit'", (*SLOW[:4], "--set", "refit=true")),
    ],
)
def test_a_signal_at_any_stage_saves_what_was_finished(
    number: int, code: int, word: str, words: tuple[str, ...], begin: Begin
) -> None:
    begun = begin(*words)
    begun.until(word)
    found, told = begun.end(number)
    assert found == code, told
    assert status(begun.out) == "interrupted"
    assert "Traceback" not in told
    assert seqtune("report", begun.out, "--json").json["status"] == "interrupted"


def test_a_signal_while_the_data_is_read_leaves_nothing(begin: Begin) -> None:
    begun = begin()
    assert begun.process.stderr is not None
    assert begun.process.stderr.readline().startswith("read")
    code, _ = begun.end(signal.SIGTERM)
    assert code == 143
    assert not begun.out.exists() or status(begun.out) == "interrupted"


def test_simple_methods_that_had_finished_are_not_run_again(tmp_path: Path) -> None:
    def hit(*values: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    def leave_a_file(searching: Any, interrupt: Any) -> None:
        (searching.problem.folder / "models").mkdir()
        (searching.problem.folder / "models" / ".seqtune-t001.keras").touch()
        raise KeyboardInterrupt

    def rows(out: Path) -> dict[str, Any]:
        board = json.loads((out / "leaderboard.json").read_text())["leaderboard"]
        return {row["name"]: row for row in board}

    out = tmp_path / "run"
    weekly(60).to_csv(tmp_path / "sales.csv", index=False)
    words = ("fit", tmp_path / "sales.csv", "--task", "forecast", *TINY, "--out", out)
    simple = "seqtune.baselines.forecast"
    with mock.patch(f"{simple}.naive.forecast", hit):
        seqtune(*words, "--set", "baselines.methods=[seasonal_naive,naive]", code=130)
    before = rows(out)
    assert list(before) == ["seasonal_naive"]
    assert status(out) == "interrupted"
    assert len(seqtune("predict", out).table) == 7
    with (
        mock.patch("seqtune.workflow.search.Searching.run", leave_a_file),
    ):
        seqtune("resume", out, code=130)
    assert rows(out).keys() == {"seasonal_naive", "naive"}
    assert rows(out)["seasonal_naive"] == before["seasonal_naive"]
    assert not list(out.rglob(".seqtune-*"))
    assert (
        len(list(out.glob("trials/baseline_*_validation.npy"))) == 1
    )  # of the one that is blended


def test_a_signal_during_the_explanation_leaves_the_run_complete(
    finished: Path, tmp_path: Path
) -> None:
    def hit(*values: Any) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10.0)

    out = tmp_path / "run"
    shutil.copytree(finished, out)
    with explained(), mock.patch("seqtune.run.explanation.explain_trial", hit):
        told = seqtune("resume", out, "--budget", "1h", code=143)
        assert f"the run is complete: seqtune report {out} --explain" in told.err
        assert "The run was interrupted" not in told.out
        assert status(out) == "complete"
        told = seqtune("report", out, "--explain", code=143)
        assert f"the run is as it was; again: seqtune report {out} --explain" in told.err
        assert status(out) == "complete"
    assert "--explain" in "".join(seqtune("report", out, "--json").json["notes"])
    with mock.patch("seqtune.run.explanation.explain_trial"):
        seqtune("report", out, "--explain")
    assert "--explain" not in "".join(seqtune("report", out, "--json").json["notes"])


def test_nohup_is_respected(begin: Begin) -> None:
    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    begun = begin(preexec_fn=ignore)
    begun.until("baselines")
    begun.process.send_signal(signal.SIGHUP)
    begun.process.communicate(timeout=120.0)
    assert begun.process.returncode == 0
    assert status(begun.out) == "complete"
