"""The live board: what is going on, on stderr, while a search runs.

A terminal gets a board that redraws itself, with assumptions and notes printed above it for good.
Anything else (a pipe, a log, a dumb terminal) gets one plain line per event that matters.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderResult
from rich.constrain import Constrain
from rich.live import Live
from rich.text import Text

from seqtune.drawing.wording import better, duration, figure, literal, metric_name, several
from seqtune.progress import (
    Assumption,
    BaselineEnded,
    Event,
    Finished,
    Note,
    SearchStarted,
    StageStarted,
    TrialEnded,
)
from seqtune.report.assumptions import assumption_line
from seqtune.report.board import BoardState, board_panel, to_beat

if TYPE_CHECKING:
    from typing_extensions import Self

REFRESHES_PER_SECOND = 4

ECHOED = "^C"
"""What a terminal writes behind the board at Ctrl-C; on a new line, it would move the board."""


class LiveBoard:
    """A listener that shows the events of `seqtune.progress`; also a context manager.

    Args:
        console: Where to show them; a console on stderr.
        quiet: Show nothing at all.
        clock: Seconds that only grow.

    Example:
        >>> with LiveBoard(Console(stderr=True)) as listener:
        ...     listener(Note("2 missing steps filled with the value before"))
    """

    def __init__(
        self, console: Console, quiet: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._quiet = quiet
        self._clock = clock
        self._lock = RLock()
        self._state = BoardState(since=clock())
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if not self._quiet and self._console.is_terminal and not self._console.is_dumb_terminal:
            # stdout stays what it is: results go there, and they may be read by a program.
            self._live = Live(
                self,
                console=self._console,
                refresh_per_second=REFRESHES_PER_SECOND,
                transient=True,
                redirect_stdout=False,
            )
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop()

    def __call__(self, event: Event) -> None:
        """Show an event."""
        if self._quiet:
            return
        with self._lock:
            self._state.take(event, self._clock())
            line = self._line(event)
        if line is not None:
            self._console.print(line, soft_wrap=True)
        if isinstance(event, Finished):
            self._stop()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the board as it stands; rich calls this from a thread of its own."""
        with self._lock:
            panel = board_panel(self._state, self._clock(), plain=options.ascii_only)
        yield Constrain(panel, options.max_width - len(ECHOED))

    def _stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _line(self, event: Event) -> Text | None:
        """Return what is printed for good; the board itself shows the rest on a terminal."""
        if isinstance(event, Assumption):
            return assumption_line(event)
        if isinstance(event, Note):
            return Text(f"note: {literal(event.text)}")
        if isinstance(event, BaselineEnded) and event.score is None:
            return Text(f"baseline {literal(event.name)} not run: {literal(event.reason)}")
        if self._live is not None:
            return None
        if isinstance(event, StageStarted):
            behind = f": {literal(event.detail)}" if event.detail else ""
            return Text(f"{literal(event.name)}{behind}")
        if isinstance(event, BaselineEnded):
            scored = f"{figure(event.score)} in {duration(event.seconds)}"
            return Text(f"baseline {literal(event.name)}: {scored}")
        if isinstance(event, SearchStarted):
            return self._search_line(event)
        if isinstance(event, TrialEnded):
            return self._trial_line(event)
        return None

    def _search_line(self, event: SearchStarted) -> Text:
        parts = [f"{metric_name(event.metric)}, {better(event.direction)} is better"]
        if beat := to_beat(self._state):
            parts.append(f"to beat: {beat}")
        if event.trials is not None:
            parts.append(f"at most {several(event.trials, 'trial')}")
        parts.append(several(event.workers, "worker"))
        parts.append(f"{duration(event.seconds_left)} left")
        return Text(f"search for {'; '.join(parts)}")

    def _trial_line(self, event: TrialEnded) -> Text:
        took = f"{duration(event.seconds)}"
        if event.status == "failed" or (event.score is None and event.reason):
            return Text(f"trial {literal(event.trial)} failed in {took}: {literal(event.reason)}")
        if event.score is None:
            return Text(f"trial {literal(event.trial)} paused after {took}, with folds left")
        best = ", the best so far" if event.trial == self._state.best_trial else ""
        score = f"{figure(event.score)} in {took}"
        return Text(f"trial {literal(event.trial)} {literal(event.status)}: {score}{best}")
