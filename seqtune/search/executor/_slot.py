"""The place of a worker, and how long what it is at may take."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from seqtune.search.executor._contract import Job

START_SECONDS = 120.0
"""A worker that is not ready after this long is killed; loading takes 2 to 20 seconds."""

STARTS = 3
"""A slot is given up after this many deaths in a row of workers that were not ready yet."""

MIN_GRACE_SECONDS = 10.0
GRACE_SHARE = 0.5
"""Past its time a job gets at least so long, or this share of its time, before its worker is
killed: the clock is looked at between batches, and the first one compiles."""

STILL_RUNNING = "still running"
"""How the reason begins why a job was ended that the clock could not end."""

LOOK_SECONDS = 0.5
"""How often the master looks for workers that hang."""


def grace_seconds(seconds: float) -> float:
    """Return how long a job may go on past its time before it counts as hanging.

    Example:
        >>> grace_seconds(8.0), grace_seconds(60.0)
        (10.0, 30.0)
    """
    return max(MIN_GRACE_SECONDS, GRACE_SHARE * seconds)


@dataclass(eq=False, kw_only=True)
class Slot:
    """A place for a worker; a worker that dies is replaced.

    Args:
        number: Counts from 0.
        job: What the worker works on.
        is_ready: Whether it has opened the data.
        deaths: Workers that died here before they were ready, one after the other.
        hung: Why it was killed, if it was.
        began: Value of `time.monotonic()` when it took what it is at.
        allowed: Seconds that it may take.
        late: When it was first seen to take longer: the grace begins when somebody looks, so that
            a search that was suspended, workers and all, does not lose them.
    """

    number: int
    job: Job | None = None
    is_ready: bool = False
    deaths: int = 0
    hung: str = ""
    began: float = 0.0
    allowed: float = math.inf
    late: float | None = None

    def clear(self) -> None:
        """Forget the worker that was here."""
        self.job, self.is_ready, self.hung = None, False, ""
        self.expect(math.inf)

    def expect(self, seconds: float) -> None:
        """Begin to count the time that it may take; none, where it begins after its time is up."""
        self.began, self.allowed, self.late = time.monotonic(), max(0.0, seconds), None

    def spent(self) -> float:
        """Return the seconds since it took what it is at."""
        return time.monotonic() - self.began

    def hanging(self, grace: Callable[[float], float]) -> str:
        """Return why the worker is to be killed; nothing if it is not.

        Args:
            grace: From the seconds of a job to the seconds past them after which it hangs.
        """
        now = time.monotonic()
        over = now - self.began - self.allowed
        if self.hung or over < 0:
            return ""
        self.late = now if self.late is None else self.late
        if now - self.late < grace(self.allowed):
            return ""
        what = STILL_RUNNING if self.is_ready else "not ready"
        return f"{what} {over:.0f} s after its limit of {self.allowed:.0f} s; killed"
