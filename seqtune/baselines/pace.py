"""The time that simple methods may take together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, inf
from time import monotonic

CHEAP_SHARE = 0.1
"""Of the budget; a method that is expected to take no more runs, whatever the share says."""

LAST_SHARE = 0.5
"""Of the budget; past it no simple method runs, however cheap: the search needs its time."""


@dataclass(frozen=True)
class Allowance:
    """The time that simple methods may take together.

    Args:
        deadline: Value of `time.monotonic()` at which their share of the budget ends.
        cheap_seconds: A method that is expected to take no longer runs even past the deadline.
        last: Value of `time.monotonic()` past which not even that one runs.

    Example:
        >>> Allowance.of(180.0, 0.05).seconds  # 9 of the share; a method of 18 is cheap
        18.0
    """

    deadline: float
    cheap_seconds: float = 0.0
    last: float = inf

    @classmethod
    def of(cls, budget: float, share: float, begin: float | None = None) -> Allowance:
        """Return the allowance of a budget, from now on; nothing of it where the share is nothing.

        Args:
            budget: Seconds of the whole command.
            share: Share of it that the simple methods may take.
            begin: Value of `time.monotonic()` from which it counts; now if None.
        """
        begin = monotonic() if begin is None else begin
        cheap = CHEAP_SHARE * budget if share > 0 else 0.0
        return cls(begin + share * budget, cheap, begin + max(share, LAST_SHARE) * budget)

    @property
    def seconds(self) -> float:
        """Seconds that the next method may take."""
        now = monotonic()
        return max(self.deadline - now, min(self.cheap_seconds, self.last - now), 0.0)

    @property
    def longer(self) -> Allowance:
        """The same for the method that counts most: until the last moment for simple methods."""
        return replace(self, deadline=self.last) if self.cheap_seconds else self


ALL_THE_TIME = Allowance(inf)
"""For what runs in any case."""


def too_slow(seconds_to_go: float, seconds_left: float) -> str:
    """Say why a method was left out: what it would take, and what there was.

    Example:
        >>> too_slow(700.0, 20.0)
        'would take about 12m; its share of the budget has 20s left'
    """
    budget = f"its share of the budget has {seconds_left:.0f}s left"
    return f"would take about {_rounded(seconds_to_go)}; {budget}"


def _rounded(seconds: float) -> str:
    """Return a rough duration, rounded up."""
    for unit, size in (("s", 1), ("m", 60)):
        if seconds <= 99 * size:
            return f"{ceil(seconds / size)}{unit}"
    return f"{ceil(seconds / 3600)}h"
