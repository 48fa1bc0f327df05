"""Where a process imports from, for those that it starts."""

from __future__ import annotations

import sys
from pathlib import Path

import seqtune


def import_paths() -> list[str]:
    """Return where this process imports from, as a process that it starts is to.

    The paths are absolute, without the folder that the process happens to be in, and with the one
    that holds seqtune.
    """
    own = str(Path(seqtune.__file__).resolve().parent.parent)
    paths = [str(Path(path).absolute()) for path in sys.path if path]
    return paths if own in paths else [*paths, own]
