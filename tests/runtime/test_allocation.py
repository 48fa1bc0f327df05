"""Memory of a step is there for the next one, however much it is."""

import os
import subprocess
import sys

import pytest

STEPS = """
import ctypes, resource
from seqtune.runtime.allocation import keep_memory

library, size = ctypes.CDLL(None), ctypes.c_size_t(80_000_000)
library.malloc.restype = ctypes.c_void_p

def step():
    block = ctypes.c_void_p(library.malloc(size))
    library.memset(block, 1, size)
    library.free(block)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

if keep_memory():
    print(-step() + step())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="of the C library of Linux")
def test_a_block_larger_than_any_threshold_is_cleared_once_and_not_at_every_step() -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    done = subprocess.run(
        [sys.executable, "-c", STEPS], env=plain, capture_output=True, text=True, check=True
    )
    if not done.stdout:
        pytest.skip("not glibc")
    assert int(done.stdout) < 100  # of 19,532 pages
