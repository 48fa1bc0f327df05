"""Waiting for room on a disk that is full: somebody will make some, and hours of work wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from seqtune.errors import RunError
from seqtune.files import is_full

Value = TypeVar("Value")

PAUSE_SECONDS = 2.0
"""How long to wait before trying again."""

LAST_FULL_SECONDS = 300.0
"""So long a search that has ended waits for room on the disk."""


def patiently(
    act: Callable[[], Value],
    seconds: float,
    *,
    is_over: Callable[[], bool] = lambda: False,
    hear: Callable[[str], None] = lambda text: None,
) -> Value:
    """Do something that writes, again and again while the disk is full.

    Args:
        act: What writes; it leaves nothing half done.
        seconds: How long to try.
        is_over: Says whether there is no use in waiting any more.
        hear: Is told once that, and why, it waits.

    Returns:
        What `act` returns.

    Raises:
        RunError: There was no room until the end, or there is another fault.

    Example:
        >>> patiently(lambda: 3, 10.0)
        3
    """
    deadline, is_told = time.monotonic() + seconds, False
    while True:
        try:
            return act()
        except (RunError, OSError) as error:
            if not is_full(error) or time.monotonic() + PAUSE_SECONDS > deadline or is_over():
                raise
            if not is_told:
                hear(getattr(error, "message", str(error)))
                is_told = True
        time.sleep(PAUSE_SECONDS)
