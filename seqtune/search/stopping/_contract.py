"""What every rule that stops or continues trials has in common."""

from __future__ import annotations

from typing import Any, Protocol

from seqtune.search.oracle import Proposal, Wait
from seqtune.search.trial import Result


class Stopping(Protocol):
    """Stands between the oracle and the loop: says what trains next, and for how long."""

    def ask(self, remaining: float, *, begins: bool = True) -> Proposal | Wait | None:
        """Return what to train next.

        Args:
            remaining: Share of the search's time that is left, 0 to 1.
            begins: Whether there is time for a trial that begins, and not only for one that goes
                on.

        Returns:
            A configuration, or a trial that goes on; a wish to wait for trials under way; None when
            nothing is left to train.
        """

    def tell(self, result: Result) -> None:
        """Say how a stretch of a trial went."""

    def hear(self, trial: str, progress: float, score: float) -> bool:
        """Say after an epoch whether a trial is to train on.

        Args:
            trial: The trial.
            progress: Share of its planned epochs that is done, 0 to 1.
            score: Validation score after the epoch.
        """

    def state(self) -> dict[str, Any]:
        """Return everything needed to go on later, as plain JSON values."""

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
