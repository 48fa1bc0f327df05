"""An error of the disk at the n-th call, wherever in a search that is; `benchmarks/faults.py` tries
every one of them."""

from __future__ import annotations

import errno
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import command_line
import pytest
from command_line import TINY, weekly
from faulty_disk import CALLS, FaultyDisk
from faulty_runs import FAULTS, one_fault

from seqtune.search import patience

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="pathlib keeps functions of its own"
)

ROUNDS = 10
"""So many faults of all that there are, evenly drawn."""


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Wait for room on the disk for an instant, and keep temporary folders apart."""
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0.01)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    yield
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """How often each call is made in a search that nothing disturbs."""
    folder = tmp_path_factory.mktemp("whole")
    weekly(60).to_csv(folder / "sales.csv", index=False)
    disk = FaultyDisk((folder / "run",))
    words = ("fit", folder / "sales.csv", "--task", "forecast", *TINY, "--out", folder / "run")
    with disk.inserted():
        command_line.seqtune(*words, "--quiet")
    assert all(disk.calls[call] for call in CALLS), disk.calls
    return disk.calls


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_fault_costs_no_trial_and_leaves_a_run_that_goes_on(
    number: int, calls: dict[str, int], tmp_path: Path
) -> None:
    places = [(call, first) for call in CALLS for first in range(1, calls[call] + 1)]
    call, first = random.Random(7).sample(places, ROUNDS)[number]
    error = FAULTS[number % len(FAULTS)]
    assert one_fault(tmp_path, call, first, error) == []


@pytest.mark.parametrize("call", ["open", "fsync"])
def test_a_disk_that_is_full_for_a_while_ends_no_search(
    call: str, calls: dict[str, int], tmp_path: Path
) -> None:
    first = calls[call] // 2
    assert one_fault(tmp_path, call, first, errno.ENOSPC, count=3) == []
    assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "complete"
