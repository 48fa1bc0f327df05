"""Memory that steps of training use again and again is kept, not given back after each of them.

XLA takes a few megabytes for every step and frees them again. By default glibc hands such blocks to
the system at once, which clears them page by page when they are asked for anew: an LSTM of 256
units on two cores spent a third of its time on that (24 steps a second, and 38 without it).

What XLA works in is one block, of 37 megabytes where two layers of 256 units read 16 streams of 64
characters: no threshold of glibc reaches that far, so that none of its blocks may be a mapping.
"""

from __future__ import annotations

import ctypes
import os
import sys

TRIM_THRESHOLD, TOP_PAD, MMAP_MAX, ARENA_MAX = -1, -2, -4, -8
"""Numbers of the options in glibc's malloc.h."""

SETTINGS = {
    MMAP_MAX: 0,  # however large a block is, it comes from the heap, and stays there
    TRIM_THRESHOLD: 2**30,  # so much may lie free at the end of the heap
    TOP_PAD: 2**26,  # and it grows by so much at a time
    ARENA_MAX: 1,  # threads get no heaps of their own, whose holes add up over 40 networks
}


def keep_memory() -> bool:
    """Have this process keep freed memory for its next step.

    `seqtune.search.memory.released` still gives back what lies free between two networks.

    Returns:
        False where nothing was changed: the C library is not glibc, or the user has set its
        variables.
    """
    is_set = any(name.startswith("MALLOC_") for name in os.environ)  # the user knows better
    if sys.platform != "linux" or is_set:
        return False
    option = getattr(ctypes.CDLL(None), "mallopt", None)
    return option is not None and all(option(name, value) for name, value in SETTINGS.items())
