"""What makes JAX compile quickly, at the cost of slow programs.

Every test compiles programs of its own and runs them once or twice, so JAX is told not to spend
time on making them fast, to write their loops in its older, quicker way, and to leave each program
in one part: cutting it up for many cores takes a quarter more of the processor's time.

Many tests compile the same programs, in their own process and in those that they start: JAX keeps
them in a folder until the tests end. All variables give way to what is set in the environment.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

from seqtune.runtime.xla import FLAGS as XLA_FLAGS
from seqtune.runtime.xla import takes

FOLDER = "JAX_COMPILATION_CACHE_DIR"
OLDER_LOOPS = "--xla_cpu_use_fusion_emitters=false"
ONE_PART = "--xla_cpu_parallel_codegen_split_count=1"
VARIABLES = {
    "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "0",
    "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "none",
}


def compile_quickly() -> None:
    """Set the variables, for this process and those that it starts."""
    for name, value in VARIABLES.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("SEQTUNE_CACHE", "off")  # the user's own is none of the tests' business
    if XLA_FLAGS not in os.environ:  # an empty one tells processes of tests not to ask again
        every = (f"{OLDER_LOOPS} {ONE_PART}", OLDER_LOOPS)
        os.environ[XLA_FLAGS] = next(filter(takes, every), "")
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="seqtune-programs-")
        atexit.register(shutil.rmtree, os.environ[FOLDER], ignore_errors=True)
