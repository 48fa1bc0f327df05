"""What makes JAX compile quickly, at the cost of slow programs.

Every test compiles programs of its own and runs them once or twice, so JAX is told not to spend
time on making them fast, and to write their loops in its older, quicker way. Many tests compile the
same programs, in their own process and in those that they start: JAX keeps them in a folder until
the tests end. All variables give way to what is set in the environment.
"""

from __future__ import annotations

import atexit
import mmap
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

FOLDER = "JAX_COMPILATION_CACHE_DIR"
OLDER_LOOPS = "xla_cpu_use_fusion_emitters"
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
    if has_flag(OLDER_LOOPS):
        os.environ.setdefault("XLA_FLAGS", f"--{OLDER_LOOPS}=false")
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="seqtune-programs-")
        atexit.register(shutil.rmtree, os.environ[FOLDER], ignore_errors=True)


def has_flag(name: str) -> bool:
    """Say whether JAX's XLA has a flag; it ends the process at one that it does not know."""
    spec = find_spec("jaxlib")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in Path(folder).glob("*.so"):
            with (
                path.open("rb") as file,
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
            ):
                if content.find(name.encode()) >= 0:
                    return True
    return False
