"""One command at a time works in a run folder, and everybody sees which."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from seqtune.errors import RunError
from seqtune.run import lock
from seqtune.run.lock import LOCK, Holder, RunLock, holder

HOLD = """
import sys, time
from pathlib import Path
from seqtune.run.lock import RunLock
with RunLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""

Hold = Callable[[], subprocess.Popen[str]]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn a writer away at once."""
    monkeypatch.setattr(lock, "PAUSE_SECONDS", 0.002)


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Hold]:
    """Start another process that works in the folder."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HOLD, str(tmp_path)]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout is not None and started[-1].stdout.readline() == "held\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def without_locks() -> Iterator[None]:
    """A disk that knows no locks."""
    unable = OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
    with mock.patch("fcntl.flock", side_effect=unable):
        yield


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refusal(folder: Path) -> RunError:
    with pytest.raises(RunError) as refused, RunLock(folder):
        pass
    return refused.value


def test_nobody_works_in_a_folder_at_first_nor_in_the_end(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    with RunLock(tmp_path):
        who = holder(tmp_path)
        assert who is not None and (who.pid, who.host) == (os.getpid(), socket.gethostname())
    assert holder(tmp_path) is None
    assert listing(tmp_path) == []


def test_the_second_is_told_who_the_first_is(tmp_path: Path, hold: Hold) -> None:
    process = hold()
    fault = refusal(tmp_path)
    assert f"{tmp_path} is in use by" in fault.message
    assert f"process {process.pid} on {socket.gethostname()}, since 2" in fault.message
    assert fault.hint.endswith(f"kill {process.pid}")
    assert listing(tmp_path) == [LOCK]


def test_two_in_one_process_are_two(tmp_path: Path) -> None:
    with RunLock(tmp_path):
        assert "is in use by" in refusal(tmp_path).message


def test_a_lock_dies_with_its_process(tmp_path: Path, hold: Hold) -> None:
    process = hold()
    assert holder(tmp_path) is not None
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert holder(tmp_path) is None
    assert listing(tmp_path) == [LOCK]  # nobody was there to remove it
    with RunLock(tmp_path):
        pass
    assert listing(tmp_path) == []


def test_readers_see_the_holder_and_turn_no_writer_away(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("")
    for _ in range(50):
        assert holder(tmp_path) is None
        with RunLock(tmp_path):
            assert all(holder(tmp_path) is not None for _ in range(4))
        (tmp_path / LOCK).write_text("")


def test_who_waits_behind_a_file_that_is_removed_does_not_hold_it(tmp_path: Path) -> None:
    first, second = RunLock(tmp_path), RunLock(tmp_path)
    first.acquire()
    stale = os.open(tmp_path / LOCK, os.O_RDWR)
    first.release()
    second.acquire()
    assert not lock._is_at(stale, tmp_path / LOCK)
    os.close(stale)
    assert "is in use by" in refusal(tmp_path).message
    second.release()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"pid": "x"}', b'{"pid": -1}', b'{"bogus": 1}', b"\xff" * 9000]
)
def test_what_a_stranger_writes_there_is_not_believed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / LOCK).write_bytes(content)
    assert holder(tmp_path) is None
    with RunLock(tmp_path):
        (tmp_path / LOCK).write_bytes(content)
        assert holder(tmp_path) == Holder()
        assert "is in use by another command" in refusal(tmp_path).message


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("mine")
    (tmp_path / LOCK).symlink_to(tmp_path / "other")
    assert holder(tmp_path) is None
    assert "cannot be written" in refusal(tmp_path).message
    assert (tmp_path / "other").read_text() == "mine"


def test_names_that_steer_a_terminal_are_shown() -> None:
    assert "\x1b" not in str(Holder("a\x1b[2J", 1, "\x1b", "rm\x1b"))


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    assert "cannot be written" in refusal(tmp_path / "gone").message


def write(folder: Path, who: Holder, age: float = 0.0) -> None:
    (folder / LOCK).write_text(json.dumps(vars(who)))
    then = time.time() - age
    os.utime(folder / LOCK, (then, then))


@pytest.mark.usefixtures("without_locks")
def test_without_locks_a_process_of_this_host_is_looked_for(tmp_path: Path, hold: Hold) -> None:
    here = replace(Holder.this(), pid=os.getppid())
    write(tmp_path, here)
    assert holder(tmp_path) == here
    assert "is in use by" in refusal(tmp_path).message
    write(tmp_path, replace(here, pid=2**31 - 2))
    assert holder(tmp_path) is None
    with RunLock(tmp_path):
        assert json.loads((tmp_path / LOCK).read_text())["pid"] == os.getpid()
    assert listing(tmp_path) == []


@pytest.mark.usefixtures("without_locks")
def test_without_locks_another_host_is_believed_for_a_while(tmp_path: Path) -> None:
    there = Holder("elsewhere", 7, "2026-01-01T00:00:00+00:00", "seqtune fit")
    write(tmp_path, there, age=lock.FRESH_SECONDS - 5)
    assert holder(tmp_path) == there
    fault = refusal(tmp_path)
    assert "process 7 on elsewhere" in fault.message and fault.hint == "wait until it ends"
    write(tmp_path, there, age=lock.FRESH_SECONDS + 5)
    assert holder(tmp_path) is None


@pytest.mark.usefixtures("without_locks")
def test_without_locks_the_file_is_touched_while_work_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "TOUCH_SECONDS", 0.01)
    with RunLock(tmp_path):
        os.utime(tmp_path / LOCK, (1.0, 1.0))
        deadline = time.monotonic() + 10.0
        while (tmp_path / LOCK).stat().st_mtime == 1.0 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert (tmp_path / LOCK).stat().st_mtime > 1.0


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        (["/usr/bin/seqtune", "resume", "my runs/1"], "seqtune resume 'my runs/1'"),
        (["/lib/seqtune/__main__.py", "fit"], "seqtune fit"),
        (["/home/me/train.py", "--secret"], "train.py"),
        ([""], "python"),
    ],
)
def test_the_command_is_named_as_it_is_typed(argv: Any, command: str) -> None:
    with mock.patch.object(sys, "argv", argv):
        assert Holder.this().command == command
