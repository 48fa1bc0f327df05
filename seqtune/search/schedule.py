"""When a network's training ends, and its learning rate until then."""

from __future__ import annotations

import math
import time

import numpy as np


class Watch:
    """Follows the training of a network from outside; this one lets it train."""

    def epoch(self, epoch: int, epochs: int, score: float) -> None:
        """Hear of an epoch: its number from 1, how many are planned, the validation score."""

    def is_over(self) -> bool:
        """Say whether training is to end at its best epoch; asked after every batch."""
        return False


WARM_SHARE, WARM_BATCHES = 0.05, 100
"""The rate rises over this share of the batches that are planned, and over so many at most: before
the first epoch has ended nobody knows how many there is time for."""


class Schedule:
    """Anneals the learning rate over the epochs that fit into the time, and stops at its end.

    The rate follows half a cosine, a step for each epoch, from its peak to zero; over the first
    batches it rises from zero in a straight line. A network that goes on later starts another
    cosine (warm restarts: Loshchilov & Hutter, SGDR, arXiv 1608.03983, equation 5). The length of
    the cosine is the planned number of epochs, or as many as the clock allows, so that a trial cut
    short has annealed all the same.

    Args:
        peak: The highest learning rate.
        epochs: Epochs planned.
        deadline: Value of `time.monotonic()` at which training must have ended.
        watch: Follows the training, and may end it.
    """

    def __init__(self, peak: float, epochs: int, deadline: float, watch: Watch) -> None:
        self.peak, self.epochs, self.deadline, self.watch = peak, epochs, deadline, watch
        self.planned = epochs
        self.is_over = False
        self.is_cut = False
        self.training_seconds = 0.0
        self.batches = 0
        self._epoch_began = 0.0
        self._rate, self._first_batch, self._warm = peak, 0, 0.0
        self._compile_seconds = 0.0
        self._is_compiled = False
        self._epoch_seconds: list[float] = []

    def compiled(self) -> None:
        """Hear that a program was compiled before the first step, outside the first epoch."""
        self._is_compiled = True

    def begin_epoch(self, epoch: int, batches: int) -> None:
        """Hear that an epoch, counted from 0, begins, and of how many batches."""
        self._epoch_began = time.monotonic()
        progress = min(1.0, (epoch + 0.5) / max(1, self.planned))
        self._rate = self.peak * 0.5 * (1 + math.cos(math.pi * progress))
        self._first_batch = epoch * batches
        self._warm = min(WARM_SHARE * self.planned * batches, WARM_BATCHES)

    def rate(self, index: int) -> float:
        """Return the learning rate of a batch of this epoch, counted from 0."""
        return self._rate * min(1.0, (self._first_batch + index + 1) / max(1.0, self._warm))

    def after_batch(self) -> None:
        """Take the time of a very first batch that compiles; end an epoch that is too long."""
        now = time.monotonic()
        self.batches += 1
        if not self._is_compiled:
            self._compile_seconds, self._is_compiled = now - self._epoch_began, True
        if now > self.deadline or self.watch.is_over():
            self.is_cut = self.is_over = True

    def end_epoch(self, epoch: int, loss: float) -> None:
        """Plan the epochs that are left."""
        self.training_seconds += time.monotonic() - self._epoch_began
        if epoch == 0:
            self.training_seconds -= self._compile_seconds
        self.after_epoch(epoch, loss)
        self._epoch_seconds.append(time.monotonic() - self._epoch_began)
        # an ordinary epoch costs the median of those that compiled nothing
        first = max(0.0, self._epoch_seconds[0] - self._compile_seconds)
        usual = float(np.median(self._epoch_seconds[1:] or [first]))
        affordable = max(0.0, (self.deadline - time.monotonic()) / max(usual, 1e-9))
        self.planned = epoch + 1 + int(min(self.epochs - epoch - 1, affordable))
        if epoch + 1 >= self.planned:
            self.is_cut = self.is_cut or self.planned < self.epochs
            self.is_over = True

    def after_epoch(self, epoch: int, loss: float) -> None:
        """Look at the model after an epoch; nothing by default."""
