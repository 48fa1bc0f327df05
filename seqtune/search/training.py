"""Training one network, and remembering its best epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from seqtune.search.problem import Problem
from seqtune.search.schedule import Schedule, Watch
from seqtune.search.trainer._contract import Trainer
from seqtune.tasks._values import Until, is_better


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


class ScoredSchedule(Schedule):
    """A schedule that scores the model on validation data after every epoch.

    Args:
        problem: Task and data.
        model: The network.
        values: The configuration.
        epochs: Epochs planned.
        deadline: Value of `time.monotonic()` at which training must have ended.
        watch: Follows the training, and may end it.

    Attributes:
        trouble: Why the training failed; empty where it did not.
    """

    def __init__(
        self,
        problem: Problem,
        model: Any,
        values: Mapping[str, Any],
        epochs: int,
        deadline: float,
        watch: Watch,
    ) -> None:
        super().__init__(float(values["training.learning_rate"]), epochs, deadline, watch)
        self.problem, self.model, self.values = problem, model, values
        self.trouble = ""

    def after_epoch(self, epoch: int, loss: float) -> None:
        """Score the epoch; stop at a loss or a score that is not finite."""
        if not math.isfinite(loss):
            self._fail(f"the loss became {loss} in epoch {epoch + 1}")
            return
        predictions = self.problem.predict(self.model, self.values, "validation")
        score = self.problem.objective(predictions)
        if not math.isfinite(score):
            self._fail(f"the validation score became {score} in epoch {epoch + 1}")
            return
        self.keep(epoch, predictions, score)
        self.watch.epoch(epoch + 1, self.planned, score)

    def keep(self, epoch: int, predictions: Any, score: float) -> None:
        """Remember what an epoch, counted from 0, came to."""
        raise NotImplementedError

    def _fail(self, trouble: str) -> None:
        self.trouble, self.is_over = trouble, True


class Monitor(ScoredSchedule):
    """A schedule that remembers the best epoch, and stops when no better one comes.

    Args:
        best: The best score of training that lies behind the model; None if there is none.
        options: Arguments of `ScoredSchedule`.
    """

    def __init__(self, *options: Any, best: float | None = None) -> None:
        super().__init__(*options)
        self.patience = int(self.values["training.patience"])
        self.scores: list[float] = []
        self.best_score = best
        self.best_weights: list[Any] | None = None
        self.best_predictions: Any = None
        self.is_exhausted = False
        self._best_epoch = 0

    def keep(self, epoch: int, predictions: Any, score: float) -> None:
        """Keep the weights of the best epoch; stop when patience is over."""
        self.scores.append(score)
        direction = self.problem.direction
        if self.best_score is None or is_better(score, self.best_score, direction):
            self.best_score, self._best_epoch = score, epoch
            self.best_weights = [np.array(weight) for weight in self.model.get_weights()]
            self.best_predictions = predictions
        elif epoch - self._best_epoch >= self.patience:
            self.is_exhausted = self.is_over = True
