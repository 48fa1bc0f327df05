"""A disk that is full is waited for; another fault is not, and none is told as what it is not."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from seqtune.errors import RunError, SearchError
from seqtune.files import scratch_folder, write_text
from seqtune.search import patience
from seqtune.search.patience import patiently


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0.001)


def failing(times: int, number: int) -> Any:
    """Return what fails so many times, and then returns how often it was called."""
    calls: list[int] = []

    def act() -> int:
        calls.append(1)
        if len(calls) <= times:
            raise OSError(number, os.strerror(number))
        return len(calls)

    return act


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_waited_for_and_told_once(number: int) -> None:
    heard: list[str] = []
    assert patiently(failing(3, number), 60.0, hear=heard.append) == 4
    assert heard == [f"[Errno {number}] {os.strerror(number)}"]


def test_no_longer_than_there_is_time_nor_than_it_is_wanted() -> None:
    for options in ({"seconds": 0.0}, {"seconds": 60.0, "is_over": lambda: True}):
        with pytest.raises(OSError, match="No space left"):
            patiently(failing(1, errno.ENOSPC), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.EMFILE])
def test_another_fault_is_told_at_once(number: int) -> None:
    with pytest.raises(OSError, match=r"\[Errno"):
        patiently(failing(1, number), 60.0)


def test_a_file_that_found_no_room_is_written_whole_later(tmp_path: Path) -> None:
    full = [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))] * 2
    with mock.patch("os.fsync", side_effect=[*full, None, None]):
        patiently(lambda: write_text(tmp_path / "a", "x"), 60.0)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_full_temporary_folder_is_not_a_damaged_network() -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with (
        mock.patch.object(tempfile, "mkdtemp", side_effect=full),
        pytest.raises(RunError) as told,
        scratch_folder(),
    ):
        pass
    assert told.value.message == ("the temporary folder cannot be written: No space left on device")
    assert "TMPDIR" in told.value.hint


def test_workers_say_that_the_temporary_folder_is_full(tmp_path: Path) -> None:
    from seqtune.progress import silent
    from seqtune.runtime.share import Share
    from seqtune.search.executor._dispatcher import WorkerSpec
    from seqtune.search.executor.processes import Processes

    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with (
        mock.patch.object(tempfile, "mkdtemp", side_effect=full),
        pytest.raises(
            SearchError, match="workers cannot be started: the temporary folder cannot be written"
        ),
    ):
        Processes(WorkerSpec("forecast", "jax"), tmp_path, [Share((0,))], silent)
