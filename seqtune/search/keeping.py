"""When a search writes what it has found: seldom enough, and whatever the disk says."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from seqtune.errors import RunError
from seqtune.files import is_full
from seqtune.progress import Listener, Note
from seqtune.runtime.interrupt import Interrupt
from seqtune.search.patience import LAST_FULL_SECONDS, patiently

RECORD_SHARE = 0.05
"""No more of the loop's time is spent on writing files than this."""

FULL_SECONDS = 5.0
"""How long after a full disk the next try is."""

LAST_SECONDS = 3.0
"""So long a search that was interrupted waits for room."""


@dataclass
class Keeping:
    """Writes the trials and the state of a search.

    Args:
        write: Writes all of it.
        listener: Hears that the disk is full.
        interrupt: A wish to end early.
    """

    write: Callable[[], None]
    listener: Listener
    interrupt: Interrupt
    _is_kept: bool = True
    _next: float = 0.0
    _is_told: bool = field(default=False)

    def changed(self) -> None:
        """Hear that there is something to write."""
        self._is_kept = False

    def save_if_due(self) -> None:
        """Write what has changed, if that may be done again already."""
        if not self._is_kept and time.monotonic() >= self._next:
            self.save()

    def save(self) -> None:
        """Write, and work out when that may be done again; the search goes on without room.

        Raises:
            RunError: The disk has another fault than to be full.
        """
        began = time.monotonic()
        try:
            self.write()
        except RunError as error:
            if not is_full(error):
                raise
            self._tell(error.message)
            self._is_kept, self._next = False, time.monotonic() + FULL_SECONDS
        else:
            self._is_kept, self._is_told = True, False
            ended = time.monotonic()
            self._next = ended + (ended - began) / RECORD_SHARE

    def save_in_haste(self) -> None:
        """Write what has changed, though it is not due: the search is cut off.

        Where that fails, what was kept before counts: nobody waits for room.
        """
        if not self._is_kept:
            with suppress(RunError):
                self.write()
                self._is_kept = True

    def save_at_last(self) -> None:
        """Write when nothing else is left to do; wait for room."""
        began = time.monotonic()

        def is_over() -> bool:
            waited = time.monotonic() - began
            return self.interrupt.asked and waited > min(LAST_SECONDS, self.interrupt.left())

        patiently(self.write, LAST_FULL_SECONDS, is_over=is_over, hear=self._tell)
        self._is_kept = True

    def close(self) -> None:
        """Write what has changed since the last time."""
        if not self._is_kept:
            self.save_at_last()

    def _tell(self, message: str) -> None:
        if not self._is_told:
            self._is_told = True
            self.listener(Note(f"{message}; the search goes on, and saves when there is room"))
