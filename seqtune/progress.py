"""What happens during long work, told as values to whoever listens.

The parts that work never print: they call a listener with one of these events. The live board
and the log file are listeners.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Union


@dataclass(frozen=True)
class Assumption:
    """A decision the user did not make: what was taken, why, and the flag that overrides it."""

    what: str
    taken: str
    why: str
    flag: str


@dataclass(frozen=True)
class Note:
    """Something the user should know: a repair, a fallback, something left out."""

    text: str


@dataclass(frozen=True)
class StageStarted:
    """A new stage of the work: "read", "prepare", "baselines", "search", "ensemble", "refit"."""

    name: str
    detail: str = ""


@dataclass(frozen=True)
class SearchStarted:
    """The search begins: how it counts and until when."""

    metric: str
    direction: str
    baseline_name: str
    baseline_score: float | None
    seconds_left: float
    trials: int | None
    workers: int


@dataclass(frozen=True)
class TrialStarted:
    """A worker takes up a trial."""

    trial: str
    worker: int
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class EpochEnded:
    """One epoch of a trial is over; `score` is the validation metric after it."""

    trial: str
    worker: int
    epoch: int
    epochs: int
    score: float


@dataclass(frozen=True)
class TrialEnded:
    """A trial is over: "completed", "stopped" (cut by the clock) or "failed" (with the reason).

    One that was stopped before its last fold has no score: that of some folds is another.
    """

    trial: str
    worker: int
    status: str
    score: float | None
    seconds: float
    reason: str = ""


@dataclass(frozen=True)
class BaselineEnded:
    """A baseline is scored (`score`), or left out (`reason`)."""

    name: str
    score: float | None
    seconds: float
    reason: str = ""


@dataclass(frozen=True)
class Advanced:
    """Part of a prediction is done: so many of the total; `unit` says of what, as a plural."""

    done: int
    total: int
    unit: str


@dataclass(frozen=True)
class Finished:
    """The work is over; the board gives the terminal back."""


Event = Union[
    Assumption,
    Note,
    StageStarted,
    SearchStarted,
    TrialStarted,
    EpochEnded,
    TrialEnded,
    BaselineEnded,
    Advanced,
    Finished,
]
Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """Listen to nothing."""


@dataclass
class ProgressCounter:
    """Counts what is done of a prediction, and tells it.

    Args:
        listener: Hears an `Advanced` whenever more is done.
        total: How much there is to do.
        unit: What is counted, as a plural.

    Example:
        >>> tally = ProgressCounter(print, 100, "windows")
        >>> tally.add(40)
        Advanced(done=40, total=100, unit='windows')
    """

    listener: Listener
    total: int
    unit: str
    done: int = 0

    def add(self, count: int) -> None:
        """Tell that more units are done."""
        self.done += count
        self.listener(Advanced(min(self.done, self.total), self.total, self.unit))


Advance = Callable[[int], None]
"""Is told how many more units of a prediction are done: `ProgressCounter.add`, or `no_progress`."""


def no_progress(count: int) -> None:
    """Tell nobody how much is done."""


class Assumptions(list[Assumption]):
    """A listener that keeps the assumptions that it hears, and nothing else.

    Example:
        >>> heard = Assumptions()
        >>> heard(Note("two rows left out"))
        >>> len(heard)
        0
    """

    def __call__(self, event: Event) -> None:
        """Hear an event."""
        if isinstance(event, Assumption):
            self.append(event)
