"""Running the real command and measuring it from outside."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """What a finished command cost.

    Args:
        seconds: Wall time.
        peak_bytes: Largest resident memory of the process or of one of its children.
        stdout: What it printed.
        stderr: What it told.
        code: Its exit code.
    """

    seconds: float
    peak_bytes: int
    stdout: str
    stderr: str
    code: int


def run(*arguments: str, folder: Path | None = None) -> Measured:
    """Run `seqtune ARGUMENTS` in a folder and wait for it.

    Args:
        arguments: The command line after `seqtune`.
        folder: Where it runs; here if None.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "seqtune", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
    )
    seconds = time.monotonic() - began
    peak = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    return Measured(seconds, peak * 1024, done.stdout, done.stderr, done.returncode)
