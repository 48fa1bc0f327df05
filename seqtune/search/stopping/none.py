"""Every trial trains to its end; with Hyperband, to the end that Hyperband gives it."""

from __future__ import annotations

from typing import Any

from seqtune.search.oracle import Oracle, Proposal, Wait
from seqtune.search.trial import Result


class Never:
    """Stops nothing.

    Args:
        oracle: Proposes configurations.
        direction: Not used.
    """

    def __init__(self, oracle: Oracle, direction: str) -> None:
        self.oracle = oracle

    def ask(self, remaining: float, *, begins: bool = True) -> Proposal | Wait | None:
        """Return the oracle's next proposal."""
        return self.oracle.ask(remaining) if begins else None

    def tell(self, result: Result) -> None:
        """Pass the score on."""
        self.oracle.tell(result.trial, result.score, result.reason, result.cost)

    def hear(self, trial: str, progress: float, score: float) -> bool:
        """Let every trial train on."""
        return True

    def state(self) -> dict[str, Any]:
        """Return nothing: there is nothing to remember."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Remember nothing."""
