"""What every trainer has in common: it makes steps until a schedule says that it is enough."""

from __future__ import annotations

from typing import Any, Protocol

from seqtune.search.schedule import Schedule


class Trainer(Protocol):
    """Trains one model; what its optimiser remembers goes on from one training to the next.

    Attributes:
        operations: Floating-point operations of a step, known after the first.
    """

    operations: float

    def run(self, batches: Any, schedule: Schedule) -> None:
        """Train until the schedule says that it is over; the model's weights are changed.

        With `training.average`, what the schedule finds in the model after an epoch, and what is in
        it at the end, is their average over the last steps.

        Args:
            batches: Training batches of an epoch, with a length: inputs, targets and, where they
                count differently, weights (batch, …). Where they come in several shapes,
                `examples()` returns a batch of each: all are compiled before the first step.
            schedule: Sets the learning rate and ends the training.
        """

    def forget(self) -> None:
        """Begin again with an optimiser that has seen nothing."""
