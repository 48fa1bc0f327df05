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
        predictions = self.problem.predict(self.model, self.values, "validation")
        score = self.problem.objective(predictions)
        if not math.isfinite(score):
            self.trouble = f"the validation score became {score} in epoch {epoch + 1}"
            self.is_over = True
            return
        self.scores.append(score)
        if self.best_score is None or is_better(
            score, self.best_score, self.problem.task.direction
        ):
            self.best_score, self._best_epoch = score, epoch
            self.best_weights = [np.array(weight) for weight in self.model.get_weights()]
            self.best_predictions = predictions
        elif epoch - self._best_epoch >= self.patience:
            self.is_exhausted = True
            self.is_over = True
        self.watch.epoch(epoch + 1, self.planned, score)
