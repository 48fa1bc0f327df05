"""Training one network: the learning rate by the clock, and the best epoch remembered."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from seqtune.search.problem import Problem
from seqtune.search.trainer._contract import Trainer
from seqtune.tasks._contract import Until, is_better


class Watch:
    """Follows the training of a network from outside; this one lets it train."""

    def epoch(self, epoch: int, epochs: int, score: float) -> None:
        """Hear of an epoch: its number from 1, how many are planned, the validation score."""

    def is_over(self) -> bool:
        """Say whether training is to end at its best epoch; asked after every batch."""
        return False


def train(
    problem: Problem,
    trainer: Trainer,
    values: Mapping[str, Any],
    seed: int,
    schedule: Schedule,
    *,
    steps_per_epoch: int,
    until: Until,
) -> None:
    """Train a model as long as its schedule lets it.

    Args:
        problem: Task and data.
        trainer: Trains the model; its weights are changed.
        values: The configuration.
        seed: Seeds the order of batches.
        schedule: Sets the learning rate, stops in time.
        steps_per_epoch: Batches between two looks at the model.
        until: The last part of the data whose rows are trained on.
    """
    batches = problem.task.batches(
        problem.prepared, values, seed, steps=steps_per_epoch, until=until
    )
    trainer.run(batches, schedule)


class Schedule:
    """Anneals the learning rate over the epochs that fit into the time, and stops at its end.

    The rate follows half a cosine from its peak to zero after a short warm-up; a network that goes
    on later starts another cosine (warm restarts: Loshchilov & Hutter, SGDR, arXiv 1608.03983,
    equation 5). The length of the cosine is the planned number of epochs, or as many as the clock
    allows, so that a trial cut short has annealed all the same.

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
        self._compile_seconds = 0.0
        self._is_compiled = False
        self._epoch_seconds: list[float] = []

    def compiled(self, seconds: float) -> None:
        """Hear that a program was compiled before the first step, and how long that took."""
        self._is_compiled = True

    def begin_epoch(self, epoch: int) -> float:
        """Return the learning rate of an epoch, counted from 0."""
        self._epoch_began = time.monotonic()
        progress = min(1.0, (epoch + 0.5) / max(1, self.planned))
        warm = min(1.0, (epoch + 1) / max(1.0, 0.05 * self.planned))
        return self.peak * warm * 0.5 * (1 + math.cos(math.pi * progress))

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


class Monitor(Schedule):
    """A schedule that scores the model on validation data and remembers its best epoch.

    Args:
        problem: Task and data.
        model: The network.
        values: The configuration.
        epochs: Epochs planned.
        deadline: Value of `time.monotonic()` at which training must have ended.
        watch: Follows the training, and may end it.
        best: The best score of training that lies behind the model; None if there is none.
    """

    def __init__(
        self,
        problem: Problem,
        model: Any,
        values: Mapping[str, Any],
        epochs: int,
        deadline: float,
        watch: Watch,
        best: float | None = None,
    ) -> None:
        super().__init__(float(values["training.learning_rate"]), epochs, deadline, watch)
        self.problem, self.model, self.values = problem, model, values
        self.patience = int(values["training.patience"])
        self.scores: list[float] = []
        self.best_score = best
        self.best_weights: list[Any] | None = None
        self.best_predictions: Any = None
        self.trouble = ""
        self.is_exhausted = False
        self._best_epoch = 0

    def after_epoch(self, epoch: int, loss: float) -> None:
        """Score the epoch; stop at a loss or score that is no number, or when patience is over."""
        if not math.isfinite(loss):
            self.trouble = f"the loss became {loss} in epoch {epoch + 1}"
            self.is_over = True
            return
        task, prepared = self.problem.task, self.problem.prepared
        predictions = task.apply(self.model, prepared, self.values, "validation")
        score = self.problem.objective(predictions)
        if not math.isfinite(score):
            self.trouble = f"the validation score became {score} in epoch {epoch + 1}"
            self.is_over = True
            return
        self.scores.append(score)
        if self.best_score is None or is_better(score, self.best_score, task.direction):
            self.best_score, self._best_epoch = score, epoch
            self.best_weights = [np.array(weight) for weight in self.model.get_weights()]
            self.best_predictions = predictions
        elif epoch - self._best_epoch >= self.patience:
            self.is_exhausted = True
            self.is_over = True
        self.watch.epoch(epoch + 1, self.planned, score)
