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
    def probe(self, deadline: float) -> None:
        """Predict a little, to know the pace."""

    @abstractmethod
    def finish(self, deadline: float) -> None:
        """Predict all, or leave the method out where the time would not do."""

    def seconds_left(self, deadline: float) -> float:
        """Return the seconds until a value of `time.monotonic`; 0 where it has passed."""
        return max(deadline - monotonic(), 0.0)

    def may_begin(self, deadline: float) -> bool:
        """Say whether there is time left; where there is none, the method is left out."""
        if not self.left_out and self.seconds_left(deadline) <= 0:
            self.left_out = "no time was left"
        return not self.left_out

    def may_go_on(self, deadline: float) -> bool:
        """Say whether what is left would be done in time; if not, the method is left out."""
        left = self.seconds_left(deadline)
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
    turns: Sequence[Turn], always: Collection[str], deadline: float, listener: Listener
) -> None:
    """Let every method have its turn: first those that always run, then the cheapest.

    Args:
        turns: The methods.
        always: Names of those that run even if the deadline has passed.
        deadline: The `time.monotonic` value to be done by.
        listener: Hears a BaselineEnded with the reason for each method left out.
    """
    costly = [turn for turn in turns if turn.name not in always]
    for turn in turns:
        if turn.name in always:
            turn.finish(inf)
    for turn in costly:
        turn.probe(deadline)
    for turn in sorted(costly, key=lambda turn: turn.seconds_to_go):
        turn.finish(deadline)
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
