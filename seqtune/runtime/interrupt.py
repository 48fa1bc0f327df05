"""Ctrl-C, first as a wish to finish, then as an order to stop."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

from seqtune.progress import Listener, Note

SIGNALS = ("SIGINT", "SIGTERM")
"""SIGTERM is what a cluster sends before it takes the machine away."""


class Interrupt:
    """Turns the first Ctrl-C into a wish that the search looks at; the second one stops at once.

    Args:
        listener: Hears that the wish was understood.

    Attributes:
        asked: Whether the work is to come to an end.

    Example:
        >>> with Interrupt(silent) as interrupt:
        ...     while not interrupt.asked:
        ...         work()
    """

    def __init__(self, listener: Listener) -> None:
        self.asked = False
        self._listener = listener
        self._told = False
        self._earlier: dict[int, Any] = {}

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            for name in SIGNALS:
                number = getattr(signal, name)
                self._earlier[number] = signal.signal(number, self._hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._earlier.items():
            signal.signal(number, handler)
        self._earlier = {}

    def tell(self) -> None:
        """Say once that the wish was understood; the handler cannot, it may cut in anywhere."""
        if self.asked and not self._told:
            self._told = True
            self._listener(Note("interrupted: saving what was finished; Ctrl-C again stops now"))

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
