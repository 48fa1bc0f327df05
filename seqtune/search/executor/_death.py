"""Why a worker died, a process here or an actor of a Ray cluster, in words."""

from __future__ import annotations

import re
import signal
from pathlib import Path

CRASHED = "Fatal Python error"
"""Begins what `faulthandler` writes: stacks of all threads, of no use in one line."""

LONGEST = 200
"""Characters of a process's last line that are worth telling."""


def why_it_died(code: int, words: str, *, is_memory: bool) -> str:
    """Return in one line why a worker died.

    Args:
        code: Its exit code; minus the number of the signal that ended it.
        words: What it had written on stderr.
        is_memory: Whether the system has killed a process for want of memory meanwhile.

    Example:
        >>> why_it_died(-11, "", is_memory=False)
        'the worker died: segmentation fault (signal 11)'
        >>> why_it_died(-9, "", is_memory=True)
        'the worker was killed: out of memory (signal 9)'
        >>> why_it_died(1, "ImportError: no jaxlib", is_memory=False)
        'the worker died: exit code 1: ImportError: no jaxlib'
    """
    said = last_words(words)
    if code >= 0:
        return f"the worker died: exit code {code}" + (f": {said}" if said else "")
    number = -code
    if number == getattr(signal, "SIGKILL", None):
        return f"the worker was killed{': out of memory' if is_memory else ''} (signal {number})"
    # macOS adds the number to the name
    name = re.sub(r": \d+$", "", signal.strsignal(number) or "a signal").lower()
    if "bad_alloc" in said:
        name += ", out of memory"
    return f"the worker died: {name} (signal {number})" + (f": {said}" if said else "")


def why_lost(error: Exception, address: str) -> tuple[str, bool]:
    """Return in one line why an actor is gone, and whether its node is.

    Args:
        error: What Ray raised.
        address: The node.
    """
    import ray

    from seqtune.search.trial import reason_of  # loads Keras, which an actor does not

    text = str(error)
    if isinstance(error, ray.exceptions.RayTaskError):
        cause = error.cause if isinstance(error.cause, Exception) else error
        return f"the worker failed: {reason_of(cause)}", False
    if "low on memory" in text or isinstance(error, ray.exceptions.OutOfMemoryError):
        return "the worker was killed: out of memory", False
    is_unreachable = isinstance(
        error, (ray.exceptions.ActorUnavailableError, ray.exceptions.NodeDiedError)
    )
    if is_unreachable or "node has died" in text or "node was terminated" in text:
        return f"the node was lost: {address or 'before it began'}", True
    if "No module named 'seqtune" in text or "failed to import" in text:
        ip = re.search(r"^\s*ip: (\S+)", text, re.MULTILINE)
        there = f"on {ip[1]}" if ip else "there"
        return f"seqtune is not installed {there}, or another version of it", False
    return "the worker died: its actor ended", False


def last_words(text: str) -> str:
    """Return the last line that a process wrote before it died, without the stacks of a crash.

    Example:
        >>> last_words("Check failed: n > 0 Fatal Python error: Aborted ...")
        'Check failed: n > 0'
    """
    written = [line.strip() for line in text.split(CRASHED)[0].splitlines() if line.strip()]
    return written[-1][:LONGEST] if written else ""


def memory_kills() -> int:
    """Return how many processes the system has killed so far for want of memory.

    Read from the control group of this process, version 2 or 1, and from the kernel; 0 where
    neither can be read. Only a rise of the figure says something.
    """
    return sum(_counted(path) for path in (*_group_files(), Path("/proc/vmstat")))


def _group_files() -> list[Path]:
    """Return the files in which the control group of this process counts such kills."""
    base = Path("/sys/fs/cgroup")
    files = [base / "memory.events", base / "memory" / "memory.oom_control"]
    for line in _text(Path("/proc/self/cgroup")).splitlines():
        _, controllers, group = line.split(":", 2)
        if not controllers:
            files.append(base / group.lstrip("/") / "memory.events")
        elif "memory" in controllers.split(","):
            files.append(base / "memory" / group.lstrip("/") / "memory.oom_control")
    return files


def _counted(path: Path) -> int:
    found = re.search(r"^oom_kill (\d+)$", _text(path), re.MULTILINE)
    return int(found[1]) if found else 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
