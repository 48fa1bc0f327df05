"""Why a worker died, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqtune.search.executor import _death
from seqtune.search.executor._death import death_reason, last_line, memory_kills

STACKS = "Fatal Python error: Aborted\n\nThread 0x7f (most recent call first):\n  File x, line 1\n"


@pytest.mark.parametrize(("code", "words", "is_memory", "reason"), [
    (-11, "", False, "the worker died: segmentation fault (signal 11)"),
    (-11, STACKS, False, "the worker died: segmentation fault (signal 11)"),
    (-6, f"Check failed: n > 0\n\n{STACKS}", False,
     "the worker died: aborted (signal 6): Check failed: n > 0"),
    (-6, f"terminate called\n  what():  std::bad_alloc\n{STACKS}", False,
     "the worker died: aborted, out of memory (signal 6): what():  std::bad_alloc"),
    (-9, "anything", False, "the worker was killed (signal 9)"),
    (-9, "anything", True, "the worker was killed: out of memory (signal 9)"),
    (0, "", False, "the worker died: exit code 0"),
    (1, "Traceback:\n  File x\nMemoryError\n", False, "the worker died: exit code 1: MemoryError"),
])  # fmt: skip
def test_a_death_has_a_reason(code: int, words: str, is_memory: bool, reason: str) -> None:
    assert death_reason(code, words, is_memory=is_memory) == reason


def test_last_words_are_one_line_of_reasonable_length() -> None:
    assert last_line("") == last_line("\n \n") == ""
    assert last_line("first\n" + 500 * "x") == 200 * "x"


@pytest.mark.parametrize(
    "text",
    [
        "low 0\nhigh 3\nmax 9\noom 4\noom_kill 2\noom_group_kill 1\n",  # version 2, memory.events
        "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",  # version 1, memory.oom_control
        "pgfault 7\noom_kill 2\n",  # the kernel's vmstat
    ],
)
def test_the_systems_kills_are_counted(text: str, tmp_path: Path) -> None:
    path = tmp_path / "counts"
    path.write_text(text)
    assert _death._counted(path) == 2


def test_a_system_that_counts_nothing_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "counts").write_text("MemTotal: 7\n")
    assert _death._counted(tmp_path / "counts") == 0
    assert memory_kills(tmp_path) == 0
    assert memory_kills() >= 0


def test_the_control_groups_of_both_versions_are_looked_at(tmp_path: Path) -> None:
    groups = "5:cpu,cpuacct:/a\n4:memory:/slurm/job_7\n0::/user.slice/app\n"
    counts = {
        "proc/self/cgroup": groups,
        "proc/vmstat": "oom_kill 1\n",
        "sys/fs/cgroup/memory/slurm/job_7/memory.oom_control": "oom_kill 20\n",
        "sys/fs/cgroup/user.slice/app/memory.events": "oom_kill 300\n",
        "sys/fs/cgroup/other/memory.events": "oom_kill 4000\n",
    }
    for name, text in counts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert memory_kills(tmp_path) == 321
