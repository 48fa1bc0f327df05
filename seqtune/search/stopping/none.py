"""Every trial trains to its end; with Hyperband, to the end that Hyperband gives it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from seqtune.search.oracle import Oracle, Proposal, Wait
from seqtune.search.trial import Result


class Never:
    """Stops nothing.

    Args:
        oracle: Proposes configurations.
        direction: Not used.
        is_half_worthless: Whether a trial that paused is of no use unless it goes on; the first one
            that does not fail then trains to its end at once.
    """

    def __init__(self, oracle: Oracle, direction: str, is_half_worthless: bool = False) -> None:
        self.oracle, self.is_half_worthless = oracle, is_half_worthless
        self._whole: str | None = None
        self._share = 1.0

    def ask(self, remaining: float, *, begins: bool = True) -> Proposal | Wait | None:
        """Return the oracle's next proposal."""
        proposal = self.oracle.ask(remaining) if begins else None
        if not (self.is_half_worthless and isinstance(proposal, Proposal)):
            return proposal
        if self._whole is None:
            self._whole, self._share = proposal.trial, proposal.share
        return replace(proposal, share=1.0) if proposal.trial == self._whole else proposal

    def tell(self, result: Result) -> None:
        """Pass the score on: of the first one that of as many folds as the oracle asked for."""
        if result.trial == self._whole:
            if result.reason or result.folds_left:
                self._whole = None
            result = result.after(self._share)
        self.oracle.tell(result.trial, result.score, result.reason, result.cost)

    def hear(self, trial: str, progress: float, score: float) -> bool:
        """Let every trial train on."""
        return True

    def state(self) -> dict[str, Any]:
        """Return which trial trains to its end at once."""
        return {"whole": self._whole, "share": self._share}

    def restore(self, state: dict[str, Any]) -> None:
        """Remember which trial trains to its end at once."""
        self._whole, self._share = state.get("whole"), float(state.get("share", 1.0))
