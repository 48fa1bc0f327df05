"""Where JAX keeps what it has compiled, so that no network is compiled twice in a search.

A trial that goes on, or is refitted, then starts at once, in whichever worker. The folder is always
a private one and goes with the search. It is never the run folder, which may come from a stranger:
compiled programs are code.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = "JAX_COMPILATION_CACHE_DIR"

EVERY_PROGRAM = {
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "0",
    "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "none",
}
"""By default JAX keeps only what took a second to compile; a network takes many smaller programs,
and where they are found it is built in a fifth of the time."""


def shared_programs(folder: Path) -> dict[str, str]:
    """Return the variables by which JAX keeps every compiled program in a folder.

    Args:
        folder: A private folder; whoever can write there can run code.
    """
    return {FOLDER: str(folder / "programs"), **EVERY_PROGRAM}


@functools.cache
def keep_programs() -> None:
    """Have JAX keep compiled programs in this process too, until it ends.

    Where the user has given JAX a folder of its own, that one is used.
    """
    import jax

    if os.environ.get(FOLDER) or jax.config.jax_compilation_cache_dir:
        return
    folder = tempfile.mkdtemp(prefix="seqtune-programs-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    jax.config.update(FOLDER.lower(), folder)
    for name, value in EVERY_PROGRAM.items():
        jax.config.update(name.lower(), value if value == "none" else int(value))
