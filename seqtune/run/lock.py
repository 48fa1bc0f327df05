"""Who works in a run folder: one command at a time, and everybody can see which.

The lock is the system's own, on a file in the folder. It goes with its process, however that ends,
and holds between hosts on network disks that pass locks on (NFS, Lustre with `flock`). The file
says who holds it. On a disk that knows no locks, it is believed as long as its process lives, or,
on another host, as long as it is touched now and then.
"""

from __future__ import annotations

import errno
import json
import os
import shlex
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from seqtune.errors import RunError
from seqtune.files import unwritable
from seqtune.search.recorded import printable

LOCK = "run.lock"

WITHOUT_LOCKS = (
    *(errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL, errno.EBADF),
)
"""What a disk answers that knows no locks."""

TRIES, PAUSE_SECONDS = 20, 0.05
"""A reader looks at the lock for an instant, which must not turn a writer away."""

TOUCH_SECONDS = 30.0
FRESH_SECONDS = 180.0
"""How often the file is touched where a disk knows no locks, and until when it is believed."""

MAX_BYTES = 4096


@dataclass(frozen=True)
class Holder:
    """Who works in a run folder.

    Args:
        host: The machine.
        pid: The process there; 0 where that is not known.
        since: When it began, ISO 8601 in UTC.
        command: The command line.

    Example:
        >>> str(Holder("atlas", 4711, "2026-01-01T12:00:00+00:00", "seqtune resume runs/a"))
        'seqtune resume runs/a (process 4711 on atlas, since 2026-01-01T12:00:00+00:00)'
    """

    host: str = ""
    pid: int = 0
    since: str = ""
    command: str = ""

    def __str__(self) -> str:
        """Say who it is in a line; the folder may come from a stranger."""
        if not self.pid:
            return "another command"
        who = f"process {self.pid} on {printable(self.host)}, since {printable(self.since)}"
        return f"{printable(self.command, 200)} ({who})"

    @classmethod
    def this(cls) -> Holder:
        """Return this process."""
        program, *words = sys.argv or [""]
        name = Path(program).name
        is_command = name in ("seqtune", "__main__.py", "app.py")
        command = shlex.join(["seqtune", *words]) if is_command else name or "python"
        began = datetime.now(timezone.utc).isoformat(timespec="seconds")
        return cls(socket.gethostname(), os.getpid(), began, command[:500])


class RunLock:
    """The right to write into a run folder.

    Args:
        folder: A folder that is there.

    Example:
        >>> with RunLock(Path("runs/airline-forecast-1")):
        ...     work()
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._file: int | None = None
        self._is_over = threading.Event()

    def __enter__(self) -> RunLock:
        self.acquire()
        return self

    def __exit__(self, *fault: object) -> None:
        self.release()

    def acquire(self) -> None:
        """Take the lock, or say who has it.

        Raises:
            RunError: Somebody else works in the folder, or it cannot be written.
        """
        try:
            for _ in range(TRIES):
                if self._try():
                    return
                time.sleep(PAUSE_SECONDS)
        except OSError as error:
            raise unwritable(self._path, error) from error
        raise in_use(self._path.parent, holder(self._path.parent) or Holder())

    def release(self) -> None:
        """Give the lock back; the file goes with it."""
        self._is_over.set()
        if self._file is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = None

    def _try(self) -> bool:
        """Take the lock if nobody has it, and if the file is still the one of that name."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        is_taken = False
        try:
            is_locked = _lock(file, is_shared=False)
            is_soft = is_locked is None
            if is_locked is None:
                is_locked = not _is_believed(self._path)
            is_taken = is_locked and _is_at(file, self._path)
            if is_taken:
                text = json.dumps(asdict(Holder.this())).encode()
                os.ftruncate(file, 0)
                os.write(file, text)
                os.fsync(file)
                if is_soft:
                    threading.Thread(target=self._touch, name="run-lock", daemon=True).start()
        except OSError:
            is_taken = False
            with suppress(OSError):
                self._path.unlink()
            raise
        finally:
            if is_taken:
                self._file = file
            else:
                os.close(file)
        return is_taken

    def _touch(self) -> None:
        while not self._is_over.wait(TOUCH_SECONDS):
            with suppress(OSError):
                if self._file is not None:
                    os.utime(self._path)


def holder(folder: Path) -> Holder | None:
    """Return who works in a run folder; None where nobody does.

    Args:
        folder: The run folder, which may come from a stranger.
    """
    path = folder / LOCK
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    try:
        is_free = _lock(file, is_shared=True)
    except OSError:
        is_free = None
    finally:
        os.close(file)
    if is_free is None:
        is_free = not _is_believed(path)
    return None if is_free else _read(path)


def in_use(folder: Path, who: Holder) -> RunError:
    """Return the error that somebody else works in a run folder."""
    is_here = who.pid and who.host == socket.gethostname()
    return RunError(
        f"{folder} is in use by {who}",
        f"wait until it has ended, or end it: kill {who.pid}" if is_here else "wait until it ends",
    )


def _lock(file: int, *, is_shared: bool) -> bool | None:
    """Lock an open file; say whether that was possible, None where there are no locks."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in WITHOUT_LOCKS:
            return None
        raise
    return True


def _is_at(file: int, path: Path) -> bool:
    """Say whether an open file is the one that has the name: another may have taken its place."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except OSError:
        return False


def _is_believed(path: Path) -> bool:
    """Say whether somebody works in a folder on a disk without locks, by what the file says."""
    who = _read(path)
    if not who.pid:
        return False
    if who.host == socket.gethostname():
        return who.pid != os.getpid() and _is_alive(who.pid)
    with suppress(OSError):
        return time.time() - path.stat().st_mtime < FRESH_SECONDS
    return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # somebody else's
        return True
    return True


def _read(path: Path) -> Holder:
    """Return whom the file names; nobody in particular where it is not as seqtune writes it."""
    try:
        with path.open("rb") as file:
            values: dict[str, Any] = json.loads(file.read(MAX_BYTES))
        who = Holder(**values)
    except (OSError, ValueError, TypeError, RecursionError):
        return Holder()
    is_sound = type(who.pid) is int and 0 < who.pid < 2**31
    texts = (who.host, who.since, who.command)
    return who if is_sound and all(isinstance(text, str) for text in texts) else Holder()
