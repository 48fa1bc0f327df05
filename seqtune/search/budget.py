"""The clock: total wall time for the whole command, and how it is shared out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Clock:
    """Wall time from the start of the command to the end of its budget.

    Args:
        seconds: The budget.
        started: Value of `time.monotonic()` when the command began.
        kept: Seconds at the end of the budget for what follows a complete run.

    Example:
        >>> Clock(60.0).left() <= 60.0
        True
    """

    seconds: float
    started: float = field(default_factory=time.monotonic)
    kept: float = 0.0

    def elapsed(self) -> float:
        """Return the seconds since the command began."""
        return time.monotonic() - self.started

    def left(self) -> float:
        """Return the seconds until the run is to be complete; negative after that."""
        return self.seconds - self.kept - self.elapsed()

    def left_in_all(self) -> float:
        """Return the seconds until the budget ends; negative after it."""
        return self.left() + self.kept


@dataclass(frozen=True)
class Shares:
    """How a budget is divided between what must follow the search.

    The figures are seconds that were enough on every data set of the benchmarks; the shares grow
    with the budget because longer trials have more to refit.

    Args:
        budget: The whole budget in seconds.
        refit_share: Share of the budget that may go into refitting; 0 where nothing is refitted.
    """

    budget: float
    refit_share: float

    @property
    def saving(self) -> float:
        """Seconds kept for scoring on the test part, writing the run and the report."""
        return min(1.5 + 0.015 * self.budget, 15.0)

    @property
    def refitting(self) -> float:
        """Seconds kept for the refit."""
        return self.refit_share * self.budget

    @property
    def ending(self) -> float:
        """Seconds kept for everything after the search."""
        return self.saving + self.refitting


TRIALS_WANTED = 5
"""A search that gets this many trials can compare and blend; no trial takes a larger share, where
the recipe does not say otherwise with `search.trial_share`."""

SETUP_SECONDS = 2.0
"""What building and compiling a network takes on one core: 1 to 2 s were seen on JAX."""

MIN_SHARE = 0.5
"""Of the time of the shortest trial; one that gets less is cut before it can compare."""

SETUPS = 1.5
"""So many times what a trial takes beside training, to be built, compiled and validated; with less
it would train next to nothing, and overrun the search, for a step or two."""

MIN_TRIAL_SECONDS = 0.5
"""Less than this is not enough to train anything worth having, even by a program that is there."""


def stretch_seconds(
    search_seconds: float,
    left_seconds: float,
    share: float = 1.0,
    trial_share: float = 1 / TRIALS_WANTED,
) -> float:
    """Return how long the next stretch of a trial may take.

    Args:
        search_seconds: Length of the whole search.
        left_seconds: What is left of it.
        share: Share of its whole training that the trial does in this stretch.
        trial_share: Share of the search that one trial may take.

    Example:
        >>> stretch_seconds(100.0, 50.0)
        25.0
        >>> stretch_seconds(100.0, 50.0, 0.5)
        15.0
    """
    return min(left_seconds, search_seconds * trial_share * share + SETUP_SECONDS)


def worth_beginning(
    left_seconds: float, done: Sequence[tuple[float, float]], *, is_first: bool
) -> bool:
    """Say whether a trial may be begun.

    Args:
        left_seconds: What is left of the search.
        done: How long each trial took that was not lost, in all and in training steps alone.
        is_first: Whether nothing was begun yet; one trial always is.

    Example:
        >>> worth_beginning(4.0, [(10.0, 8.0), (30.0, 25.0)], is_first=False)
        False
        >>> worth_beginning(8.0, [(8.0, 1.0)], is_first=False)  # next to nothing would be trained
        False
    """
    if is_first:
        return True
    if not done:
        return left_seconds > 0
    shortest = min(seconds for seconds, _ in done)
    setup = median(seconds - training for seconds, training in done)
    least = max(MIN_TRIAL_SECONDS, MIN_SHARE * shortest, SETUPS * setup)
    return left_seconds >= least
