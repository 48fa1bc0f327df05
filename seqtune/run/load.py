"""Opens what was fitted: a run folder, or a bundle that was exported from one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seqtune.garbage import garbage_left

if TYPE_CHECKING:
    from seqtune.run.bundle import Bundle
    from seqtune.run.run import Run


def load(path: str | Path) -> Run | Bundle:
    """Open a run folder or a bundle.

    Args:
        path: What `fit` left, such as `runs/airline-forecast-1`, or what `export` wrote, such as
            `airline.zip`.

    Raises:
        RunError: It is neither, is damaged, or has a newer format.

    Example:
        >>> seqtune.load("airline.zip").predict("new.csv")
    """
    with garbage_left():
        if Path(path).is_file():
            from seqtune.run.bundle import Bundle

            return Bundle(path)
        from seqtune.run.run import Run

        return Run(path)
