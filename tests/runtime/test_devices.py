"""What a machine has, read from system files that are made up."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from seqtune.runtime import devices
from seqtune.runtime.devices import Gpu, Machine, machine, parse_listing, present, visible

GIB = 1024**3

FOUR = tuple(Gpu(f"GPU-{letter * 8}") for letter in "abcd")

LISTING = """\
GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5c89852c)
  MIG 3g.20gb     Device  0: (UUID: MIG-c7384736)
  MIG 3g.20gb     Device  1: (UUID: MIG-a28ad590)
GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-f1b2)
"""

Fake = Callable[..., Path]


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Make up a system: files below a root, and the cores that the process may use.

    Nothing of the real machine's GPUs is seen in it.
    """
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    present.cache_clear()

    def make(cores: int = 4, **texts: str) -> Path:
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
        monkeypatch.setattr(os, "sched_setaffinity", lambda *_: None, raising=False)
        for name, text in {"proc/meminfo": "MemAvailable:  8388608 kB\n", **texts}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    yield make
    present.cache_clear()


def driver(root: Path, script: str) -> None:
    """Put an `nvidia-smi` on the path."""
    program = root / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def test_a_plain_machine(system: Fake) -> None:
    found = machine(system(cores=2))
    assert found == Machine((0, 1), (), 8 * GIB)
    assert str(found) == "2 cores, 8.6 GB of memory free, no NVIDIA GPU"
    assert found.to_dict() == {
        "cores": [0, 1],
        "gpus": [],
        "memory_bytes": 8 * GIB,
        "is_pinnable": True,
    }


def test_a_machine_in_words() -> None:
    assert str(Machine((5,), ("0",))) == "1 core, 1 NVIDIA GPU"
    assert str(Machine((0, 1), ("0", "1"), 10**9)) == (
        "2 cores, 1.0 GB of memory free, 2 NVIDIA GPUs"
    )


def test_the_real_machine_has_a_core_and_memory() -> None:
    found = machine()
    assert len(found.cores) >= 1 and found.memory_bytes > 10**8


def test_only_the_cores_that_the_process_is_tied_to_count(
    system: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = system()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {7, 2, 3})
    assert machine(root).cores == (2, 3, 7)


def test_where_work_cannot_be_tied_all_cores_count(
    system: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = system()
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.delattr(os, "sched_setaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert machine(root) == Machine((0, 1, 2), (), 8 * GIB, is_pinnable=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert machine(root).cores == (0,)


@pytest.mark.parametrize(
    ("quota", "cores"),
    [("200000", 2), ("150000", 2), ("140000", 1), ("10000", 1), ("250000", 3)],
)
@pytest.mark.parametrize("version", [1, 2])
def test_a_quota_counts_cores_without_tying_to_them(
    version: int, quota: str, cores: int, system: Fake
) -> None:
    files = {"proc/self/cgroup": "0::/job\n", "sys/fs/cgroup/job/cpu.max": f"{quota} 100000\n"}
    if version == 1:
        files = {
            "proc/self/cgroup": "4:memory:/\n3:cpu,cpuacct:/job\n",
            "sys/fs/cgroup/cpu/job/cpu.cfs_quota_us": f"{quota}\n",
            "sys/fs/cgroup/cpu/job/cpu.cfs_period_us": "100000\n",
        }
    found = machine(system(4, **files))
    assert (found.cores, found.is_pinnable) == (tuple(range(cores)), False)


@pytest.mark.parametrize(
    "files",
    [
        {"sys/fs/cgroup/job/cpu.max": "max 100000\n"},
        {"sys/fs/cgroup/job/cpu.max": "400000 100000\n"},
        {"sys/fs/cgroup/job/cpu.max": ""},
        {"sys/fs/cgroup/other/cpu.max": "100000 100000\n"},
    ],
)
def test_a_quota_that_is_none_changes_nothing(files: dict[str, str], system: Fake) -> None:
    found = machine(system(4, **{"proc/self/cgroup": "0::/job\n"}, **files))
    assert (found.cores, found.is_pinnable) == ((0, 1, 2, 3), True)


def test_the_narrowest_group_counts_and_one_beyond_sight_is_passed_over(system: Fake) -> None:
    files = {
        "sys/fs/cgroup/a/cpu.max": "100000 100000",
        "sys/fs/cgroup/a/b/cpu.max": "300000 100000",
    }
    assert machine(system(4, **{"proc/self/cgroup": "0::/a/b\n"}, **files)).cores == (0,)
    files = {"sys/a/cpu.max": "100000 100000", "proc/self/cgroup": "0::/../../a\n"}
    assert len(machine(system(4, **files)).cores) == 4


@pytest.mark.parametrize("version", [1, 2])
def test_free_memory_is_what_the_container_leaves_with_its_cache(
    version: int, system: Fake
) -> None:
    below = "sys/fs/cgroup/" if version == 2 else "sys/fs/cgroup/memory/"
    limit, usage, cached = (
        ("memory.max", "memory.current", "inactive_file")
        if version == 2
        else ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    )
    files = {
        "proc/self/cgroup": "0::/\n" if version == 2 else "4:memory:/\n",
        f"{below}{limit}": f"{4 * GIB}\n",
        f"{below}{usage}": f"{3 * GIB}\n",
        f"{below}memory.stat": f"anon 5\n{cached} {GIB}\n",
    }
    assert machine(system(**files)).memory_bytes == 2 * GIB
    unlimited = {f"{below}{limit}": "max\n" if version == 2 else f"{2**63 - 4096}\n"}
    assert machine(system(**{**files, **unlimited})).memory_bytes == 8 * GIB


def test_a_full_container_is_not_an_unknown_one(system: Fake) -> None:
    files = {
        "proc/self/cgroup": "0::/\n",
        "sys/fs/cgroup/memory.max": "100\n",
        "sys/fs/cgroup/memory.current": "200\n",
    }
    assert machine(system(**files)).memory_bytes == 1


def test_without_meminfo_the_whole_memory_counts(
    system: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = system(**{"proc/meminfo": ""})
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 1000}
    monkeypatch.setattr(os, "sysconf", sizes.__getitem__)
    assert machine(root).memory_bytes == 4_096_000
    monkeypatch.delattr(os, "sysconf")
    assert machine(root).memory_bytes == 0


def test_a_listing_with_a_split_gpu() -> None:
    assert parse_listing(LISTING) == (
        Gpu("GPU-5c89852c", ("MIG-c7384736", "MIG-a28ad590")),
        Gpu("GPU-f1b2"),
    )
    assert parse_listing("No devices were found\n") == ()


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        (None, ("0", "1", "2", "3")),
        ("2,0", ("2", "0")),
        (" 3 , 1 ", ("3", "1")),
        ("0,-1,1", ("0",)),
        ("1,4,0", ("1",)),
        ("0,0,1", ("0",)),
        ("none", ()),
        ("GPU-cccc,GPU-aaaaaaaa", ("GPU-cccc", "GPU-aaaaaaaa")),
        ("GPU-eeee,0", ()),
        ("", ()),
    ],
)
def test_the_users_order_of_gpus_is_kept(asked: str | None, seen: tuple[str, ...]) -> None:
    assert visible(asked, FOUR) == seen


def test_parts_of_a_gpu_stand_for_it() -> None:
    there = parse_listing(LISTING)
    assert visible(None, there) == ("MIG-c7384736", "MIG-a28ad590", "1")
    assert visible("MIG-a28ad590", there) == ("MIG-a28ad590",)
    assert visible("MIG-ffff", there) == ()


def test_names_cannot_be_checked_without_the_driver() -> None:
    assert visible("GPU-abcd", (Gpu(),)) == ("GPU-abcd",)
    assert visible("GPU-abcd", ()) == ()


def test_the_driver_is_asked_once(system: Fake) -> None:
    root = system()
    driver(root, f"echo asked >> {root}/asked; [ $1 = -L ] && echo '{LISTING}'")
    assert machine(root).gpus == machine(root).gpus == ("MIG-c7384736", "MIG-a28ad590", "1")
    assert (root / "asked").read_text() == "asked\n"


@pytest.mark.parametrize("hidden", ["", "-1", " "])
def test_hidden_gpus_are_not_asked_for(
    hidden: str, system: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = system()
    driver(root, f"echo asked > {root}/asked")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    assert machine(root).gpus == ()
    assert not (root / "asked").exists()


def test_a_driver_that_fails_has_no_gpu(system: Fake) -> None:
    root = system(**{"dev/nvidia0": ""})
    driver(root, "echo 'NVIDIA-SMI has failed'; exit 9")
    assert machine(root).gpus == ()


@pytest.mark.parametrize(
    "files",
    [
        {"proc/driver/nvidia/gpus/0000:00:1e.0": "", "proc/driver/nvidia/gpus/0000:00:1f.0": ""},
        {"dev/nvidia0": "", "dev/nvidia1": "", "dev/nvidiactl": "", "dev/nvidia-uvm": ""},
    ],
)
def test_without_the_drivers_program_the_devices_are_counted(
    files: dict[str, str], system: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = system(**files)
    assert machine(root).gpus == ("0", "1")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert machine(root).gpus == ("1",)


def test_a_driver_that_does_not_answer_is_not_waited_for(
    system: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = system(**{"dev/nvidia0": ""})
    driver(root, "exec /bin/sleep 5")
    monkeypatch.setattr(devices, "LISTING_SECONDS", 0.05)
    assert machine(root).gpus == ("0",)
