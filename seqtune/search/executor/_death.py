"""Why a worker died, a process here or an actor of a Ray cluster, in words."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from seqtune.runtime.devices import ROOT, control_groups, file_text

CRASHED = "Fatal Python error"
"""Begins what `faulthandler` writes: stacks of all threads, of no use in one line."""

LONGEST = 200
"""Characters of a process's last line that are worth telling."""


def death_reason(code: int, words: str, *, is_memory: bool) -> str:
    """Return in one line why a worker died.

    Args:
        code: Its exit code; minus the number of the signal that ended it.
        words: What it had written on stderr.
        is_memory: Whether the system has killed a process for want of memory meanwhile.

    Example:
        >>> death_reason(-11, "", is_memory=False)
        'the worker died: segmentation fault (signal 11)'
        >>> death_reason(-9, "", is_memory=True)
        'the worker was killed: out of memory (signal 9)'
        >>> death_reason(1, "ImportError: no jaxlib", is_memory=False)
        'the worker died: exit code 1: ImportError: no jaxlib'
    """
    said = last_line(words)
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


def loss_reason(error: Exception, address: str) -> tuple[str, bool]:
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
        return (
            f"node {address} was lost" if address else "a node was lost before its worker started",
            True,
        )
    if "No module named 'seqtune" in text or "failed to import" in text:
        ip = re.search(r"^\s*ip: (\S+)", text, re.MULTILINE)
        there = f"on {ip[1]}" if ip else "there"
        return f"seqtune is not installed {there}, or in another version", False
    return "the worker died: its actor ended", False


def last_line(text: str) -> str:
    """Return the last line that a process wrote before it died, without the stacks of a crash.

    Example:
        >>> last_line("Check failed: n > 0 Fatal Python error: Aborted ...")
        'Check failed: n > 0'
    """
    written = [line.strip() for line in text.split(CRASHED)[0].splitlines() if line.strip()]
    return written[-1][:LONGEST] if written else ""


def memory_kills(root: Path = ROOT) -> int:
    """Return how many processes the system has killed so far for want of memory.

    Read from the control groups of this process, version 2 or 1, and from the kernel; 0 where
    neither can be read. A kill may be counted more than once: only a rise of the figure says
    something.

    Args:
        root: Where the system's files are; another folder in tests.
    """
    files = [
        folder / name
        for folder in control_groups(root, "memory")
        for name in ("memory.events", "memory.oom_control")
    ]
    return sum(_counted(path) for path in (*files, root / "proc/vmstat"))


def _counted(path: Path) -> int:
    found = re.search(r"^oom_kill (\d+)$", file_text(path), re.MULTILINE)
    return int(found[1]) if found else 0
