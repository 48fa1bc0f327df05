"""How far a long prediction is, on stderr: a line that redraws itself, or one now and then.

What is done within seconds of the first part is not told at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.text import Text

from seqtune.drawing.wording import duration
from seqtune.progress import Advanced, Event

if TYPE_CHECKING:
    from typing_extensions import Self

PATIENCE_SECONDS = 2.0
"""A terminal shows nothing of a prediction that is done so soon after its first part."""

LOG_SECONDS = 10.0
"""Off a terminal, a line is printed when so long has passed."""


class ProgressBar:
    """A listener that shows how far a prediction is; also a context manager.

    Args:
        console: Where to show it; a console on stderr.
        clock: Seconds that only grow.

    Example:
        >>> with ProgressBar(Console(stderr=True)) as listener:
        ...     listener(Advanced(2_048, 100_000, "windows"))
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._since: float | None = None
        self._first = 0
        self._told = 0.0
        self._live: Live | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, event: Event) -> None:
        """Show an event."""
        if not isinstance(event, Advanced):
            return
        now = self._clock()
        if self._since is None:  # what came before, such as compiling, says nothing of the pace
            self._since = self._told = now
            self._first = event.done
        if self._console.is_terminal and not self._console.is_dumb_terminal:
            if now >= self._since + PATIENCE_SECONDS:
                self._redraw(self._line(event, now - self._since))
        elif event.done < event.total and now >= self._told + LOG_SECONDS:
            self._told = now
            self._console.print(self._line(event, now - self._since), soft_wrap=True)

    def _redraw(self, line: Text) -> None:
        if self._live is None:
            # stdout stays what it is: results go there, and they may be read by a program
            self._live = Live(console=self._console, transient=True, redirect_stdout=False)
            self._live.start()
        self._live.update(line)

    def _line(self, event: Advanced, seconds: float) -> Text:
        since = event.done - self._first
        left = seconds * (event.total - event.done) / since if since > 0 else 0.0
        ahead = f", about {duration(left)} left" if since > 0 else ""
        return Text(f"{event.done:,} of {event.total:,} {event.unit}{ahead}")
