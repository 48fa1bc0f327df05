"""The part of the machine that one worker gets: its cores, its GPU, its variables."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass

from seqtune.runtime.devices import machine

GPU_MEMORY_SHARE = 0.9
"""What the workers of one GPU may take of its memory together."""

THREADS = "NPROC"
"""The variable from which XLA takes how many threads it computes on."""


def cores_here() -> int:
    """Return how many cores this process computes on."""
    asked = os.environ.get(THREADS, "")
    return max(1, int(asked)) if asked.isdigit() else len(machine().cores)


@dataclass(frozen=True)
class Share:
    """What one worker gets.

    Args:
        cores: The cores that it computes on, shared where there are more workers than cores, or
            several on a GPU.
        gpu: Its GPU as `CUDA_VISIBLE_DEVICES` names it; None for none.
        gpu_workers: How many workers have that GPU.
        is_pinned: Whether it is tied to its cores, beside having as many threads as cores.
    """

    cores: tuple[int, ...]
    gpu: str | None = None
    gpu_workers: int = 1
    is_pinned: bool = True

    def environment(self) -> dict[str, str]:
        """Return the variables to set before the worker loads its backend."""
        threads = str(len(self.cores))
        variables = {
            "CUDA_VISIBLE_DEVICES": "-1" if self.gpu is None else self.gpu,
            THREADS: threads,
            "OMP_NUM_THREADS": threads,
            "TF_NUM_INTEROP_THREADS": threads,
            "TF_NUM_INTRAOP_THREADS": threads,
            "TF_FORCE_GPU_ALLOW_GROWTH": "true",
            "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        }
        if self.gpu is None:
            variables["JAX_PLATFORMS"] = "cpu"
        elif self.gpu_workers > 1:
            fraction = int(100 * GPU_MEMORY_SHARE / self.gpu_workers) / 100
            variables["XLA_PYTHON_CLIENT_MEM_FRACTION"] = f"{max(fraction, 0.01):.2f}"
        return variables

    def pin(self, process: int = 0) -> None:
        """Tie a process, and every thread that it will start, to the cores of this share.

        Args:
            process: Number of a process that has just been started; 0 for the calling one.
        """
        if self.is_pinned and hasattr(os, "sched_setaffinity"):
            with suppress(OSError):  # a core was taken away; the system will place the work
                os.sched_setaffinity(process, self.cores)
