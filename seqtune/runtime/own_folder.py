"""A temporary folder that goes with its process, and what is left of those that could not do so."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from filelock import FileLock, Timeout

ALIVE = "alive.lock"
"""A file in the folder that is locked for as long as its process lives."""

YOUNGEST_SECONDS = 60.0
"""A folder that is younger may still be without its lock."""


class OwnFolder:
    """A private folder below the system's temporary folder.

    A process that is killed leaves it behind; the next one that makes such a folder removes it.

    Args:
        prefix: What its name begins with.
        kind: What the names of all such folders begin with.
        top: Where; the system's temporary folder if None.

    Attributes:
        path: The folder.
    """

    def __init__(self, prefix: str, kind: str, top: Path | None = None) -> None:
        place = Path(tempfile.gettempdir()) if top is None else top
        sweep(place, kind)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        self._alive = FileLock(self.path / ALIVE, thread_local=False)
        self._alive.acquire()

    def remove(self) -> None:
        """Remove it with all that is in it."""
        self._alive.release()
        shutil.rmtree(self.path, ignore_errors=True)


def sweep(top: Path, kind: str) -> None:
    """Remove what processes of this user that are dead have left.

    Args:
        top: Where to look.
        kind: What the names of folders, and of locks beside them, begin with.
    """
    for path in top.glob(f"{kind}*"):
        if not _is_old(path) or not is_own(path):
            continue
        try:
            with FileLock(path / ALIVE if path.is_dir() else path, timeout=0):
                pass
        except (Timeout, OSError):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def is_own(path: Path) -> bool:
    """Say whether this is a file or folder of this user, and no link: others write there too."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return not path.is_symlink() and (not hasattr(os, "getuid") or status.st_uid == os.getuid())


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.lstat().st_mtime > YOUNGEST_SECONDS
    except OSError:
        return False
