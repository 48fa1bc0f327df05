"""Flags for XLA, JAX's compiler, set before it is loaded: compile quickly for NVIDIA GPUs."""

from __future__ import annotations

import os
import subprocess
import sys

from seqtune.runtime.import_paths import import_paths

FLAGS = "XLA_FLAGS"

QUICKLY = "--xla_gpu_autotune_level=0 --xla_gpu_enable_triton_gemm=false"
"""Do not try many programs for every matrix product to find the fastest.

On an H200, the two GRU networks that a forecast's search begins with took 24.6 s to compile, and
4.4 s with these flags. Their training steps took 4.7 and 7.6 ms, and 4.5 and 8.7 ms with them: of
a trial that may take seconds or a few minutes, compiling is the larger part. The first flag alone
left 13.3 s.
"""

PROBE = "import sys; sys.path[:] = sys.argv[1:]; import jax; jax.devices('cpu')"
"""It imports from the same folders as this process, not from its working folder."""

PROBE_SECONDS = 60.0


def takes(flags: str) -> bool:
    """Say whether the XLA that is installed takes flags; asks it in a process of its own.

    XLA ends the process that sets a flag it does not know, and its flags come and go with JAX's
    versions. Looking takes 0.6 s.

    Args:
        flags: As they stand in the variable `XLA_FLAGS`.

    Example:
        >>> takes("--xla_no_such_flag=1")
        False
    """
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", FLAGS: flags}
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROBE, *import_paths()],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def compile_quickly_for_gpus() -> bool:
    """Have JAX compile quickly for GPUs, in this process and in those that it starts.

    The flags stay in `XLA_FLAGS`, which every XLA of such a process reads. Nothing is changed where
    the user, or the process that started this one, has set it.

    Returns:
        False if the installed XLA does not take the flags.
    """
    if FLAGS in os.environ:
        return True
    is_known = takes(QUICKLY)
    os.environ[FLAGS] = QUICKLY if is_known else ""  # an empty one: asked already
    return is_known
