"""What this machine has for trials to run on: cores, NVIDIA GPUs and memory.

Nothing here loads a backend: a worker's variables have to be set before one is loaded.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

ROOT = Path("/")
LISTING_SECONDS = 10.0
"""`nvidia-smi -L` takes 0.1 s on a warm driver and several on one that wakes eight GPUs."""

WSL_NVIDIA_SMI = "usr/lib/wsl/lib/nvidia-smi"
GIGABYTE = 1_000_000_000


@dataclass(frozen=True)
class Machine:
    """What this process may use.

    Args:
        cores: Numbers of the processor cores.
        gpus: NVIDIA GPUs, each as `CUDA_VISIBLE_DEVICES` names it, in the user's order.
        memory_bytes: Memory that is free; 0 where that is unknown.
        is_pinnable: Whether work can be tied to single cores. Not where a container grants time
            on more cores than it counts: other containers would be tied to the same ones.

    Example:
        >>> str(Machine((0, 1), memory_bytes=24_000_000_000))
        '2 cores, 24.0 GB of memory free, no NVIDIA GPU'
    """

    cores: tuple[int, ...]
    gpus: tuple[str, ...] = ()
    memory_bytes: int = 0
    is_pinnable: bool = True

    def __str__(self) -> str:
        """Say what there is in a line."""
        memory = f"{self.memory_bytes / GIGABYTE:.1f} GB of memory free"
        gpus = counted(len(self.gpus), "NVIDIA GPU") if self.gpus else "no NVIDIA GPU"
        parts = [counted(len(self.cores), "core"), memory if self.memory_bytes else "", gpus]
        return ", ".join(part for part in parts if part)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self), "cores": list(self.cores), "gpus": list(self.gpus)}


def counted(number: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def machine(root: Path = ROOT) -> Machine:
    """Look at what this process may use of its machine.

    Args:
        root: Where the system's files are; another folder in tests.
    """
    cores, is_pinnable = _cores(root)
    return Machine(cores, gpus(root), free_memory(root), is_pinnable)


def gpus(root: Path = ROOT) -> tuple[str, ...]:
    """Return the NVIDIA GPUs that this process sees, by their names in `CUDA_VISIBLE_DEVICES`.

    Args:
        root: Where the system's files are; another folder in tests.
    """
    asked = os.environ.get("CUDA_VISIBLE_DEVICES")
    if asked is not None and asked.strip() in ("", "-1"):
        return ()  # spares the listing, which can take seconds
    return visible(asked, present(root))


@dataclass(frozen=True)
class Gpu:
    """An NVIDIA GPU of this machine, visible or not.

    Args:
        uuid: Its own name, as "GPU-..."; empty where the driver was not asked.
        slices: Names of the parts that it is split into, as "MIG-...".
    """

    uuid: str = ""
    slices: tuple[str, ...] = ()


@cache
def present(root: Path = ROOT) -> tuple[Gpu, ...]:
    """Return the GPUs of this machine by their number; asks the driver once per process.

    Args:
        root: Where the system's files are; another folder in tests.
    """
    program = shutil.which("nvidia-smi") or shutil.which(root / WSL_NVIDIA_SMI)
    if program is not None:
        with suppress(OSError, subprocess.TimeoutExpired):
            asked = [program, "-L"]
            done = subprocess.run(
                asked, capture_output=True, text=True, timeout=LISTING_SECONDS, check=False
            )
            return parse_listing(done.stdout)
    known = _names(root / "proc/driver/nvidia/gpus", r".+") or _names(root / "dev", r"nvidia\d+")
    return tuple(Gpu() for _ in known)


def parse_listing(listing: str) -> tuple[Gpu, ...]:
    """Read what `nvidia-smi -L` prints.

    Example:
        >>> parse_listing("GPU 0: NVIDIA H200 (UUID: GPU-7b5a)")
        (Gpu(uuid='GPU-7b5a', slices=()),)
    """
    found: list[Gpu] = []
    for line in listing.splitlines():
        named = re.search(r"\(UUID: ([\w/-]+)\)", line)
        name = named[1] if named else ""
        if re.match(r"GPU \d+:", line):
            found.append(Gpu(name))
        elif found and name.startswith("MIG-"):
            found[-1] = Gpu(found[-1].uuid, (*found[-1].slices, name))
    return tuple(found)


def visible(asked: str | None, there: Sequence[Gpu]) -> tuple[str, ...]:
    """Return what CUDA makes of `CUDA_VISIBLE_DEVICES`: it stops at the first unknown name.

    Args:
        asked: The variable; None where it is not set.
        there: The GPUs of this machine.

    Example:
        >>> visible("1,0,7", [Gpu(), Gpu()])
        ('1', '0')
    """
    if asked is None:
        return tuple(
            name for number, gpu in enumerate(there) for name in gpu.slices or (str(number),)
        )
    seen: list[str] = []
    for name in (entry.strip() for entry in asked.split(",")):
        if name in seen or not _is_known(name, there):
            break
        seen.append(name)
    return tuple(seen)


def _is_known(name: str, there: Sequence[Gpu]) -> bool:
    """Say whether an entry of `CUDA_VISIBLE_DEVICES` means a GPU; a UUID may be cut short."""
    if re.fullmatch(r"\d+", name):
        return int(name) < len(there)
    if not re.match(r"(GPU|MIG)-", name):
        return False
    uuids = [uuid for gpu in there for uuid in (gpu.uuid, *gpu.slices) if uuid]
    return any(uuid.startswith(name) for uuid in uuids) if uuids else bool(there)


def _cores(root: Path) -> tuple[tuple[int, ...], bool]:
    """Return the cores that this process may use, and whether it can be tied to single ones."""
    if hasattr(os, "sched_getaffinity"):
        cores = tuple(sorted(os.sched_getaffinity(0)))
    else:
        cores = tuple(range(os.cpu_count() or 1))
    quotas = [quota for folder in control_groups(root, "cpu") if (quota := _quota(folder))]
    allowed = min([*quotas, float(len(cores))])
    if allowed < len(cores):
        return cores[: max(1, int(allowed + 0.5))], False
    return cores, hasattr(os, "sched_setaffinity")


def _quota(folder: Path) -> float | None:
    """Return how many cores' time a control group may take, by version 2 or 1; None for all."""
    words = file_text(folder / "cpu.max").split() or [
        *file_text(folder / "cpu.cfs_quota_us").split(),
        *file_text(folder / "cpu.cfs_period_us").split(),
    ]
    if len(words) != 2 or not all(re.fullmatch(r"[1-9]\d*", word) for word in words):
        return None  # "max", or -1
    return int(words[0]) / int(words[1])


def free_memory(root: Path = ROOT) -> int:
    """Return the memory that is free to this process; 0 where that is unknown."""
    free = [room for folder in control_groups(root, "memory") if (room := _room(folder))]
    available = re.search(
        r"^MemAvailable:\s+(\d+) kB", file_text(root / "proc/meminfo"), re.MULTILINE
    )
    if available:
        free.append(int(available[1]) * 1024)
    else:
        with suppress(AttributeError, ValueError, OSError):  # Windows has none of it
            free.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min(free, default=0)


def _room(folder: Path) -> int | None:
    """Return what a control group may still take, by version 2 or 1; None where it has no limit."""
    for limit, usage, cached in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        allowed, taken = file_text(folder / limit).strip(), file_text(folder / usage).strip()
        if allowed.isdecimal() and taken.isdecimal():
            stat = file_text(folder / "memory.stat")
            spare = re.search(rf"^{cached} (\d+)$", stat, re.MULTILINE)
            return max(1, int(allowed) - int(taken) + (int(spare[1]) if spare else 0))
    return None


def control_groups(root: Path, controller: str) -> list[Path]:
    """Return the folders of the control groups that this process is in, with all above them.

    Args:
        root: Where the system's files are.
        controller: "cpu" or "memory".
    """
    folders: dict[Path, None] = {}
    for line in file_text(root / "proc/self/cgroup").splitlines():
        _, controllers, group = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        top = root / "sys/fs/cgroup" / (controller if controllers else "")
        inside = PurePosixPath(group.lstrip("/"))
        below = [] if ".." in inside.parts else [inside, *inside.parents]
        folders |= dict.fromkeys([*(top / part for part in below), top])
    return list(folders)


def file_text(path: Path) -> str:
    """Return what a system file says; nothing where it is not there."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _names(folder: Path, pattern: str) -> list[str]:
    with suppress(OSError):
        return [path.name for path in folder.iterdir() if re.fullmatch(pattern, path.name)]
    return []
