"""What every trainer has in common: it makes steps until a schedule says that it is enough."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any, Protocol


class Pace(Protocol):
    """Sets the learning rate and ends a training; see `seqtune.search.training.Schedule`.

    Attributes:
        epochs: Epochs planned.
        is_over: Whether training ends here.
    """

    epochs: int
    is_over: bool

    def compiled(self, seconds: float) -> None:
        """Hear that a program was compiled before the first step, and how long that took."""

    def begin_epoch(self, epoch: int) -> float:
        """Return the learning rate of an epoch, counted from 0."""

    def after_batch(self) -> None:
        """Look at the clock."""

    def end_epoch(self, epoch: int, loss: float) -> None:
        """Look at the model, whose weights are those after the epoch.

        Args:
            epoch: Its number from 0.
            loss: Mean of its batches.
        """


class Batches(Sized, Protocol):
    """Training batches of an epoch; as many as its length says."""

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        """Return inputs, targets and, where they count differently, weights (batch,)."""

    def on_epoch_end(self) -> None:
        """Go on to the batches of the next epoch."""


class Trainer(Protocol):
    """Trains one model; what its optimiser remembers goes on from one training to the next.

    Attributes:
        operations: Floating-point operations of a step, known after the first.
    """

    operations: float

    def run(self, batches: Any, pace: Pace) -> None:
        """Train until the pace says that it is over; the model's weights are changed."""

    def forget(self) -> None:
        """Begin again with an optimiser that has seen nothing."""
