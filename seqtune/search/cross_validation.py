"""A trial over folds: where cases are few, each of them is predicted by a network without it.

A dozen validation cases cannot tell two configurations apart, and a search that looks at them a
hundred times finds the one that is right by chance. Over folds every case but those of the test
part has its say, and all folds stop at one epoch, so that none of them chooses its own.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.initializers import seed_everything
from seqtune.search.problem import Problem
from seqtune.search.schedule import Watch
from seqtune.search.trainer import trainer_for
from seqtune.search.training import ScoredSchedule, train
from seqtune.tasks._values import Fold, Values

Predictions = npt.NDArray[np.float64]

FOLD_SEEDS_APART = 32_452_843
"""The seeds of folds lie between none of those of trials."""


@dataclass
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

    problem: Problem
    values: Values
    seed: int
    epochs: int
    steps_per_epoch: int
    deadline: float
    watch: Watch
    model: Any = None
    scores: list[float] = field(default_factory=list)
    predictions: Predictions | None = None
    batches: int = 0
    operations: float = 0.0
    training_seconds: float = 0.0
    is_cut: bool = False
    trouble: str = ""

    def run(self) -> None:
        """Train all folds, and find the epoch at which they were best together."""
        by_fold: list[list[Predictions]] = []
        for number, fold in enumerate(self.problem.folds):
            by_fold.append(self._train(number, fold))
            if self.trouble:
                return
            self.epochs = min(self.epochs, len(by_fold[-1]))
        best = -math.inf
        sign = -1 if self.problem.direction == "min" else 1
        for parts in zip(*by_fold, strict=False):
            together = self._together(parts)
            self.scores.append(self.problem.objective(together))
            if sign * self.scores[-1] > best:
                best, self.predictions = sign * self.scores[-1], together
        if self.predictions is None:
            self.trouble = "no epoch was finished in every fold"

    def _train(self, number: int, fold: Fold) -> list[Predictions]:
        """Train one fold; return what it predicts for its cases after each epoch."""
        folds = len(self.problem.folds)
        seed = self.seed + FOLD_SEEDS_APART * number
        seed_everything(seed)
        problem = self.problem.with_data(fold.prepared)
        self.model = problem.task.build(fold.prepared, self.values)
        trainer = trainer_for(
            problem, self.model, self.values, folds * self.epochs * self.steps_per_epoch
        )
        now = time.monotonic()
        history = _History(
            problem, self.model, self.values, self.epochs,
            now + (self.deadline - now) / (folds - number),
            _FoldWatch(self.watch, number, folds, self.epochs),
        )  # fmt: skip
        train(
            problem, trainer, self.values, seed, history,
            steps_per_epoch=self.steps_per_epoch, until="train",
        )  # fmt: skip
        self.batches = history.batches
        self.operations = trainer.operations
        self.training_seconds += history.training_seconds
        self.is_cut = self.is_cut or history.is_cut
        self.trouble = history.trouble
        return history.predictions

    def _together(self, parts: Sequence[Predictions]) -> Predictions:
        """Put the predictions of all folds in the order of the validation part."""
        count = sum(map(len, parts))
        whole = np.empty((count, *parts[0].shape[1:]))
        for fold, part in zip(self.problem.folds, parts, strict=True):
            whole[fold.places] = part
        return whole


class _History(ScoredSchedule):
    """A schedule that keeps what the model predicts for a fold after each epoch."""

    def __init__(self, *options: Any) -> None:
        super().__init__(*options)
        self.predictions: list[Predictions] = []

    def keep(self, epoch: int, predictions: Predictions, score: float) -> None:
        """Keep the predictions."""
        self.predictions.append(predictions)


@dataclass
class _FoldWatch(Watch):
    """Counts the epochs of all folds as those of one training."""

    whole: Watch
    number: int
    folds: int
    epochs: int

    def epoch(self, epoch: int, epochs: int, score: float) -> None:
        """Hear of an epoch of this fold."""
        self.whole.epoch(self.number * self.epochs + epoch, self.folds * self.epochs, score)

    def is_over(self) -> bool:
        """Say whether training is to end."""
        return self.whole.is_over()
