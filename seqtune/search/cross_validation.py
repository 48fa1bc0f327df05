"""A trial over folds: where cases are few, each of them is predicted by a network without it.

A dozen validation cases cannot tell two configurations apart, and a search that looks at them a
hundred times finds the one that is right by chance. Over folds every case but those of the test
part has its say, and all folds stop at one epoch, so that none of them chooses its own.
"""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.initializers import seed_everything
from seqtune.search.problem import Problem
from seqtune.search.schedule import Schedule, Watch
from seqtune.search.trainer import trainer_for
from seqtune.search.training import train
from seqtune.tasks._values import Fold, Values


class CrossValidation:
    """Trains a configuration once for each fold.

    Args:
        problem: Task and data; its validation part is what all folds are, together.
        values: The configuration.
        seed: Seeds the weights, the dropout and the order of batches.
        epochs: Epochs of each fold.
        steps_per_epoch: Batches between two looks at a fold.
        deadline: Value of `time.monotonic()` at which all must have ended.
        watch: Follows the training, and may end it.

    Attributes:
        model: The network of the last fold, as its training ended.
        scores: What trials are compared by, of all folds together, after each epoch that every
            fold has had.
        predictions: For the validation part, at the best of these epochs.
        batches: Optimiser steps of a fold.
        operations: Floating-point operations of one of them.
        training_seconds: Wall time in training steps.
        is_cut: Whether time or watch ended it early.
        trouble: Why nothing came of it; empty where something did.

    Source:
        Stone 1974, Cross-Validatory Choice and Assessment of Statistical Predictions, J. of the
        Royal Statistical Society B 36(2).
    """

    def __init__(
        self,
        problem: Problem,
        values: Values,
        seed: int,
        epochs: int,
        steps_per_epoch: int,
        deadline: float,
        watch: Watch,
    ) -> None:
        self.problem, self.values, self.seed = problem, values, seed
        self.epochs, self.steps_per_epoch = epochs, steps_per_epoch
        self.deadline, self.watch = deadline, watch
        self.model: Any = None
        self.scores: list[float] = []
        self.predictions: npt.NDArray[np.float64] | None = None
        self.batches = 0
        self.operations = 0.0
        self.training_seconds = 0.0
        self.is_cut = False
        self.trouble = ""

    def run(self) -> None:
        """Train all folds, and find the epoch at which they were best together."""
        folds = self.problem.folds
        by_fold: list[list[npt.NDArray[np.float64]]] = []
        for number, fold in enumerate(folds):
            by_fold.append(self._train(number, fold, len(folds)))
            if self.trouble:
                return
            self.epochs = min(self.epochs, len(by_fold[-1]))
        best = -math.inf
        sign = -1 if self.problem.task.direction == "min" else 1
        for epoch in range(self.epochs):
            together = self._together([history[epoch] for history in by_fold])
            self.scores.append(self.problem.objective(together))
            if sign * self.scores[-1] > best:
                best, self.predictions = sign * self.scores[-1], together
        if self.predictions is None:
            self.trouble = "no epoch was finished in every fold"

    def _train(self, number: int, fold: Fold, folds: int) -> list[npt.NDArray[np.float64]]:
        """Train one fold; return what it predicts for its cases after each epoch."""
        seed_everything(self.seed + number)
        problem = self.problem.with_data(fold.prepared)
        self.model = problem.task.build(fold.prepared, self.values)
        trainer = trainer_for(
            problem, self.model, self.values, folds * self.epochs * self.steps_per_epoch
        )
        now = time.monotonic()
        deadline = now + (self.deadline - now) / (folds - number)
        history = _History(
            problem, self.model, self.values, self.epochs, deadline, self.watch, number, folds
        )
        train(
            problem, trainer, self.values, self.seed + number, history,
            steps_per_epoch=self.steps_per_epoch, until="train",
        )  # fmt: skip
        self.batches = history.batches
        self.operations = trainer.operations
        self.training_seconds += history.training_seconds
        self.is_cut = self.is_cut or history.is_cut
        self.trouble = history.trouble
        return history.predictions

    def _together(self, parts: list[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
        """Put the predictions of all folds in the order of the validation part."""
        count = sum(map(len, parts))
        whole = np.empty((count, *parts[0].shape[1:]))
        for fold, part in zip(self.problem.folds, parts, strict=True):
            whole[fold.places] = part
        return whole


class _History(Schedule):
    """A schedule that keeps what the model predicts for a fold after each epoch."""

    def __init__(
        self,
        problem: Problem,
        model: Any,
        values: Values,
        epochs: int,
        deadline: float,
        watch: Watch,
        number: int,
        folds: int,
    ) -> None:
        super().__init__(float(values["training.learning_rate"]), epochs, deadline, watch)
        self.problem, self.model, self.values = problem, model, values
        self.number, self.folds = number, folds
        self.predictions: list[npt.NDArray[np.float64]] = []
        self.trouble = ""

    def after_epoch(self, epoch: int, loss: float) -> None:
        """Predict the fold; stop at a loss or a score that is no number."""
        predictions = self.problem.predict(self.model, self.values, "validation")
        score = self.problem.objective(predictions) if math.isfinite(loss) else math.nan
        if not math.isfinite(score):
            what = "loss" if not math.isfinite(loss) else "validation score"
            self.trouble = f"the {what} became no number in epoch {epoch + 1}"
            self.is_over = True
            return
        self.predictions.append(predictions)
        done = self.number * self.epochs + epoch + 1
        self.watch.epoch(done, self.folds * self.epochs, score)
