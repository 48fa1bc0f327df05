"""Trials begin with a part of their training; the best third of them goes on to the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from seqtune.search.oracle import Oracle, Proposal, Wait
from seqtune.search.trial import Result

SHARES = (1 / 3, 1.0)
"""Where a trial pauses, as shares of its training. In `benchmarks/fidelity.py` a third was better
than a ninth: much less than that, and compiling costs more than the training that is saved."""

FACTOR = 3
"""The best third goes on from each pause."""

ENDING = 0.25
"""In this last share of the time what is begun goes on, before anything new begins."""

MIDDLE = 0.5
"""Where only what has trained to its end counts, the first trial does not pause, so that there is a
network in any case; if it failed, the best goes on when this share of the time is left."""

CLEARLY = 2.0
"""What is so many margins behind the best at a pause does not go on, even where time is left."""

Margin = Callable[[float], float]
"""From a score at the first pause to how far two such scores may be apart by chance alone."""


class Halving:
    """Successive halving without waiting for a rung to be full.

    A trial that pauses goes on as soon as it is among the best third of those that came as far; no
    worker ever waits. The oracle learns the score of the first pause alone, so that all the scores
    that it compares come from as much training: of a trial that did not pause, that of its first
    folds.

    Args:
        oracle: Proposes configurations.
        direction: "min" or "max": which way scores are better.
        shares: Where a trial pauses, as shares of its training; the last is 1.
        ending: In this last share of the time what is begun goes on, before anything new begins.
        margin: What is clearly behind by it does not go on; None where scores are told apart.
        is_half_worthless: Whether a trial that paused is of no use unless it goes on.

    Source:
        Li et al., A System for Massively Parallel Hyperparameter Tuning (MLSys 2020, arXiv
        1810.05934), algorithm 2.
    """

    def __init__(
        self,
        oracle: Oracle,
        direction: str,
        shares: Sequence[float] = SHARES,
        ending: float = ENDING,
        margin: Margin | None = None,
        is_half_worthless: bool = False,
    ) -> None:
        self.oracle, self.direction, self.shares, self.ending = oracle, direction, shares, ending
        self.margin, self.is_half_worthless = margin, is_half_worthless
        self._rungs: list[dict[str, float]] = [{} for _ in shares]
        self._gone_on: list[set[str]] = [set() for _ in shares]
        self._values: dict[str, dict[str, Any]] = {}
        self._level: dict[str, int] = {}
        self._has_whole = False

    def ask(self, remaining: float, *, begins: bool = True) -> Proposal | Wait | None:
        """Return a paused trial that is good enough to go on, or else a new one."""
        if promoted := self._promote(math.floor):
            return promoted
        has_none = self.is_half_worthless and not self._has_whole
        is_late = remaining < (MIDDLE if has_none else self.ending)
        if (is_late or not begins) and (promoted := self._promote(math.ceil)):
            return promoted
        proposal = self.oracle.ask(remaining) if begins else None
        if proposal is None:
            return self._promote(math.ceil)
        if isinstance(proposal, Wait):
            return proposal
        is_first = self.is_half_worthless and not self._values
        self._values[proposal.trial] = proposal.values
        self._level[proposal.trial] = 0
        return Proposal(proposal.trial, proposal.values, 1.0 if is_first else self.shares[0])

    def tell(self, result: Result) -> None:
        """Say how a stretch of a trial went; one that failed or is done never goes on."""
        level = self._level.pop(result.trial, None)
        if level is None:
            return
        begun = result.after(self.shares[level])
        if level == 0:
            self.oracle.tell(result.trial, begun.score, result.reason, begun.cost)
        if begun.score is not None:
            self._rungs[level][result.trial] = begun.score
            self._values[result.trial] = result.values
        is_whole = self.is_half_worthless and not result.folds_left
        if result.reason or result.status != "stopped" or is_whole:
            self._gone_on[level].add(result.trial)
        self._has_whole |= is_whole and not result.reason

    def hear(self, trial: str, progress: float, score: float) -> bool:
        """Let every stretch come to its end."""
        return True

    def state(self) -> dict[str, Any]:
        """Return who paused where, and who went on; trials under way pause where they were."""
        under_way = {trial: level for trial, level in self._level.items() if level > 0}
        return {
            "has_whole": self._has_whole,
            "rungs": self._rungs,
            "values": {trial: self._values[trial] for rung in self._rungs for trial in rung},
            "gone_on": [
                sorted(trial for trial in gone if under_way.get(trial) != level + 1)
                for level, gone in enumerate(self._gone_on)
            ],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        self._rungs = [
            {trial: float(score) for trial, score in rung.items()} for rung in state["rungs"]
        ]
        self._gone_on = [set(gone) for gone in state["gone_on"]]
        self._values = dict(state["values"])
        self._has_whole = bool(state.get("has_whole", False))

    def _is_behind(self, score: float, best: float) -> bool:
        """Say whether a score at a pause is clearly worse than the best one."""
        return self.margin is not None and abs(score - best) > CLEARLY * self.margin(best)

    def _promote(self, rounding: Any) -> Proposal | None:
        """Return the best trial that waits among the best third, from the highest rung."""
        sign = 1 if self.direction == "min" else -1
        for level in reversed(range(len(self.shares) - 1)):
            rung, gone_on = self._rungs[level], self._gone_on[level]
            ranked = sorted(rung, key=lambda trial: (sign * rung[trial], trial))
            for trial in ranked[: rounding(len(rung) / FACTOR)]:
                if trial not in gone_on and not self._is_behind(rung[trial], rung[ranked[0]]):
                    gone_on.add(trial)
                    self._level[trial] = level + 1
                    share = self.shares[level + 1]
                    return Proposal(trial, self._values[trial], share, continues=True)
        return None
