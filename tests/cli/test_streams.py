"""Readers that go away: progress is dropped, results that are lost are told."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import TINY, weekly

from seqtune.cli.streams import CLOSED, OutputLost, Progress, Results

LOST = "error: stdout took no more: "


class Broken(io.StringIO):
    """A stream that fails after so many texts."""

    def __init__(self, texts: int, number: int) -> None:
        super().__init__()
        self.left, self.number = texts, number

    def write(self, text: str) -> int:
        if not self.left:
            raise OSError(self.number, os.strerror(self.number))
        self.left -= 1
        return super().write(text)


@pytest.mark.parametrize("number", [errno.EPIPE, errno.EIO, errno.ENOSPC])
def test_progress_that_nobody_takes_is_dropped(number: int) -> None:
    broken = Broken(1, number)
    stream = Progress(broken)
    stream.write("one\n")
    for _ in range(3):
        assert stream.write("two\n") == 4
        stream.writelines(["three\n"])
        stream.flush()
    assert broken.getvalue() == "one\n"


@pytest.mark.parametrize(("number", "code"), [(errno.EPIPE, 141), (errno.ENOSPC, 1)])
def test_results_that_nobody_takes_are_told_once(number: int, code: int) -> None:
    stream = Results(Broken(1, number))
    stream.write("one\n")
    with pytest.raises(OutputLost) as lost:
        stream.write("two\n")
    assert lost.value.code == code
    stream.write("three\n")  # what follows on the way out is no second fault


def run(*words: object, stdout: Any, stderr: Any, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "seqtune", *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(command, stdout=stdout, stderr=stderr, cwd=folder, env=environment)


def test_a_search_goes_on_when_nobody_reads_its_progress(seqtune: Any, tmp_path: Path) -> None:
    weekly(60).to_csv(tmp_path / "sales.csv", index=False)
    words = ("fit", "sales.csv", "--task", "forecast", *TINY, "--out", "run")
    process = run(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, folder=tmp_path)
    assert process.stdout is not None and process.stderr is not None
    assert process.stderr.readline().startswith(b"read")
    process.stderr.close()
    with process.stdout:
        out = process.stdout.read().decode()
    assert process.wait() == 0
    assert out.startswith("Leaderboard") and "Next:" in out
    assert seqtune("report", tmp_path / "run", "--json").json["status"] == "complete"


def test_results_into_a_closed_pipe_are_told(airline: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = run("report", airline, stdout=writing, stderr=subprocess.PIPE, folder=tmp_path)
    os.close(writing)
    err = process.communicate()[1].decode()
    assert process.returncode == CLOSED == 141
    assert err == f"{LOST}Broken pipe; the rest of the output is lost\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("command", ["report", "predict"])
def test_results_onto_a_full_disk_are_told(command: str, airline: Path, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        process = run(command, airline, stdout=full, stderr=subprocess.PIPE, folder=tmp_path)
        err = process.communicate()[1].decode()
    assert process.returncode == 1
    assert err.endswith(f"{LOST}No space left on device; the rest of the output is lost\n")
    assert "Exception" not in err


def test_both_closed_is_no_noise(airline: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = run("predict", airline, stdout=writing, stderr=writing, folder=tmp_path)
    os.close(writing)
    assert process.wait() == CLOSED
