"""What a network leaves behind in memory, given back before the next one is built."""

from __future__ import annotations

import ctypes
import gc
import math
import os
import sys
from pathlib import Path

ROOM_BYTES = 30_000_000
"""Compiled programs are forgotten when memory has grown by this: some 6 % of a worker on JAX."""


class Tidier:
    """Gives back, between two jobs, what the last ones held.

    To look for what is held costs 0.15 s, half of what a small network trains, so it happens only
    when memory has grown. JAX keeps every small program that it has compiled, down to the addition
    of two arrays of a certain shape, without end; to forget them costs the next network 0.3 s, so
    it happens only when looking has given nothing back. The steps of networks are kept elsewhere
    (`seqtune.runtime.programs`), and stay.
    """

    def __init__(self) -> None:
        self._usual = 0.0

    def tidy(self) -> None:
        """Let the last networks go; and all small programs, where they have become too many."""
        import keras

        if held() < self._usual + ROOM_BYTES:
            return
        keras.utils.clear_session(free_memory=False)
        size = released()
        is_first = not self._usual
        if keras.backend.backend() == "jax" and not (is_first or size < self._usual + ROOM_BYTES):
            import jax

            jax.clear_caches()
            size = self._usual = released()
        if is_first or size < self._usual:
            self._usual = size


def released() -> float:
    """Give free memory back to the system; return the bytes still held, NaN where unknown."""
    gc.collect()
    if sys.platform != "linux":
        return math.nan
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, musl has not
    if trim is not None:
        trim(0)
    return held()


def held() -> float:
    """Return the bytes of memory that this process has, NaN where that is unknown."""
    if sys.platform != "linux":
        return math.nan
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
