"""What a process and all that it has started take of the machine."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

from seqtune.trackers._contract import Usage


class UsageMeter:
    """Measures a process with all its descendants, but for the one that measures.

    Args:
        pid: Number of the process.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._known: dict[int, Any] = {}

    def read(self) -> Usage | None:
        """Return what they take now; None where psutil is not installed, or the process is gone.

        The CPU is measured from the last reading to this one: the first says nothing.
        """
        if find_spec("psutil") is None:
            return None
        import psutil

        cpu, memory = 0.0, 0
        try:
            top = psutil.Process(self._pid)
            family = [top, *top.children(recursive=True)]
        except psutil.Error:
            return None
        family = [self._known.get(one.pid, one) for one in family if one.pid != os.getpid()]
        self._known = {one.pid: one for one in family}
        for one in family:
            try:
                with one.oneshot():
                    cpu += one.cpu_percent()
                    memory += one.memory_info().rss
            except psutil.Error:  # it has just ended
                continue
        return Usage(cpu, memory)
