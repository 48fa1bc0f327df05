"""A trial stops where it is worse than the median of the others at the same point."""

from __future__ import annotations

from statistics import median
from typing import Any

from seqtune.search.oracle import Oracle
from seqtune.search.stopping.none import Never
from seqtune.tasks._values import is_better

GRACE = 0.2
"""Share of a trial's epochs before it may be stopped: the rate has only begun to fall."""

MIN_TRIALS = 4
"""A median counts from this many other trials on that have come as far."""


class Median(Never):
    """Stops what is worse than usual.

    After every epoch a trial's best score so far is compared with the median of the other trials'
    best scores at the same share of their epochs.

    Args:
        oracle: Proposes configurations.
        direction: "min" or "max": which way scores are better.

    Source:
        Golovin et al., Google Vizier: A Service for Black-Box Optimization (KDD 2017), section
        3.2.2, with the best score in place of the running average.
    """

    def __init__(self, oracle: Oracle, direction: str) -> None:
        super().__init__(oracle, direction)
        self.direction = direction
        self._best: dict[str, list[tuple[float, float]]] = {}

    def hear(self, trial: str, progress: float, score: float) -> bool:
        """Say whether a trial is still among the better half."""
        curve = self._best.setdefault(trial, [])
        best = (
            score if not curve or is_better(score, curve[-1][1], self.direction) else curve[-1][1]
        )
        curve.append((progress, best))
        others = [
            max(reached)[1]
            for name, points in self._best.items()
            if name != trial and (reached := [point for point in points if point[0] <= progress])
            if points[-1][0] >= progress
        ]
        if progress < GRACE or len(others) < MIN_TRIALS:
            return True
        return not is_better(median(others), best, self.direction)

    def state(self) -> dict[str, Any]:
        """Return the curves of all trials."""
        return {"best": self._best}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up the curves of all trials."""
        self._best = {
            name: [(float(progress), float(best)) for progress, best in points]
            for name, points in state.get("best", {}).items()
        }
