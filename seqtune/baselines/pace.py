"""Simple methods take turns, the cheap before the costly, as far as the time goes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from time import monotonic
from typing import TypeVar

from seqtune.progress import BaselineEnded, Listener

Answer = TypeVar("Answer")

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

    def split(self, parts: int) -> Allowance:
        """Return what falls to the next one of so many equal parts of the work."""
        now = monotonic()
        return Allowance(
            now + (self.deadline - now) / parts,
            self.cheap_seconds / parts,
            now + (self.last - now) / parts,
        )


ALL_THE_TIME = Allowance(inf)
"""For what runs in any case."""


@dataclass
class Turn(ABC):
    """One method on its way through what is to be predicted.

    Args:
        name: The method's name.
        seconds: Time that it has taken so far.
        pace: Seconds per unit of work at the last attempt.
        left_out: Why it is left out; "" where it is not.
    """

    name: str
    seconds: float = field(default=0.0, init=False)
    pace: float = field(default=0.0, init=False)
    left_out: str = field(default="", init=False)

    @property
    @abstractmethod
    def seconds_to_go(self) -> float:
        """Seconds that what is left would take at the pace so far."""

    @abstractmethod
    def probe(self, allowance: Allowance) -> None:
        """Predict a little, to know the pace."""

    @abstractmethod
    def finish(self, allowance: Allowance) -> None:
        """Predict all, or leave the method out where the time would not do."""

    def may_begin(self, allowance: Allowance) -> bool:
        """Say whether there is time left; where there is none, the method is left out."""
        if not self.left_out and allowance.seconds <= 0:
            self.left_out = "no time was left"
        return not self.left_out

    def may_go_on(self, allowance: Allowance) -> bool:
        """Say whether what is left would be done in time; if not, the method is left out."""
        left = allowance.seconds
        if not self.left_out and self.seconds_to_go > left:
            self.left_out = too_slow(self.seconds_to_go, left)
        return not self.left_out

    def attempt(self, act: Callable[[], Answer], work: float = 1.0) -> Answer | None:
        """Do something unless the method is left out; learn its pace.

        Args:
            act: What to do. If it breaks, the method is left out: a plug-in must not end the run.
            work: How much it is, in units of the method's own; less than 1 counts as 1.

        Returns:
            What came of it; None where the method is left out.
        """
        if self.left_out:
            return None
        answer = None
        began = monotonic()
        try:
            answer = act()
        except Exception as error:
            self.left_out = f"failed: {type(error).__name__}: {error}"
        took = monotonic() - began
        self.seconds += took
        self.pace = took / max(work, 1.0)
        return answer


def take_turns(
    turns: Sequence[Turn], always: Collection[str], allowance: Allowance, listener: Listener
) -> None:
    """Let every method have its turn: first those that always run, then the cheapest.

    Args:
        turns: The methods.
        always: Names of those that run even where no time is left.
        allowance: The time that they may take.
        listener: Hears a BaselineEnded with the reason for each method left out.
    """
    costly = [turn for turn in turns if turn.name not in always]
    for turn in turns:
        if turn.name in always:
            turn.finish(ALL_THE_TIME)
    for turn in costly:
        turn.probe(allowance)
    for turn in sorted(costly, key=lambda turn: turn.seconds_to_go):
        turn.finish(allowance)
    for turn in turns:
        if turn.left_out:
            listener(BaselineEnded(turn.name, None, turn.seconds, turn.left_out))


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
