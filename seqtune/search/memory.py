"""What a network leaves behind in memory, given back before the next one is built."""

from __future__ import annotations

import ctypes
import gc
import math
import os
import sys
from pathlib import Path

ROOM_BYTES = 30_000_000
"""Memory may grow so much before compiled programs are forgotten: some 6 % of a worker on JAX."""


class Tidier:
    """Gives back, between two jobs, what the last one held.

    JAX keeps every program that it has compiled, down to the addition of two arrays of a certain
    shape: 12 MB for each width of network, without end. To forget them costs the next network
    0.3 s, so it happens only when memory has grown.
    """

    def __init__(self) -> None:
        self._least = math.inf

    def tidy(self) -> None:
        """Let the last network go; and all compiled programs, where they have become too many."""
        import keras

        keras.utils.clear_session(free_memory=False)
        size = released()
        if keras.backend.backend() == "jax" and not size < self._least + ROOM_BYTES:
            import jax

            jax.clear_caches()
            size = released()
        self._least = min(self._least, size)


def released() -> float:
    """Give free memory back to the system; return the bytes still held, NaN where unknown."""
    gc.collect()
    if sys.platform != "linux":
        return math.nan
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, musl has not
    if trim is not None:
        trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
