"""A trial over folds: where cases are few, each of them is predicted by a network without it.

A dozen validation cases cannot tell two configurations apart, and a search that looks at them a
hundred times finds the one that is right by chance. Over folds every case but those of the test
part has its say, and all folds stop at one epoch, so that none of them chooses its own.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from seqtune.initializers import seed_everything
from seqtune.search.problem import Problem
from seqtune.search.schedule import Watch
from seqtune.search.trainer import trainer_for
from seqtune.search.training import ScoredSchedule, train
from seqtune.tasks._values import Fold, Values

Predictions = npt.NDArray[np.float64]
_Each = TypeVar("_Each")

FOLD_SEEDS_APART = 32_452_843
"""The seeds of folds lie between none of those of trials."""


@dataclass
class CrossValidation:
    """Trains a configuration once for each fold, or for some of them and later for the others.

    Args:
        problem: Task and data; its validation part is what all folds are, together.
        values: The configuration.
        seed: Seeds the weights, the dropout and the order of batches.
        epochs: Epochs of each fold.
        steps_per_epoch: Batches between two looks at a fold.
        deadline: Value of `time.monotonic()` at which all must have ended.
        watch: Follows the training, and may end it.
        until: Folds that it has behind it in the end; all, if None.
        by_fold: What it predicted in the folds that are behind it, after each epoch; takes those of
            each fold that is trained.
        seconds: Wall time that training may take once the network is compiled, at least as long as
            that took; None for the time to the deadline.

    Attributes:
        model: The network of the last fold, as its training ended.
        scores: What trials are compared by, of all these folds together, after each epoch of the
            fold that had the fewest.
        fold_scores: The best of these of the first fold alone, of the first two, and so on.
        predictions: For the validation part, at the best of these epochs; None as long as a fold is
            left.
        batches: Optimiser steps of all folds that were trained.
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
    until: int | None = None
    by_fold: list[list[Predictions]] = field(default_factory=list)
    seconds: float | None = None
    model: Any = None
    scores: list[float] = field(default_factory=list)
    fold_scores: list[float] = field(default_factory=list)
    predictions: Predictions | None = None
    batches: int = 0
    training_seconds: float = 0.0
    is_cut: bool = False
    trouble: str = ""
    _trainer: Any = None
    _began: float = field(init=False)
    _is_compiled: bool = False

    def __post_init__(self) -> None:
        self._began = time.monotonic()

    @property
    def operations(self) -> float:
        """Floating-point operations of an optimiser step."""
        return float(self._trainer.operations)

    @property
    def folds_left(self) -> int:
        """Folds that it was not trained in."""
        return len(self.problem.folds) - len(self.by_fold)

    def run(self) -> None:
        """Train the folds, and find the epoch at which they were best together."""
        folds = self.problem.folds
        until = len(folds) if self.until is None else self.until
        self.epochs = min([self.epochs, *map(len, self.by_fold)])
        for number in range(len(self.by_fold), until):
            predictions = self._train(number, folds[number], until)
            if self.trouble:
                return
            is_over = self.watch.is_over()
            if is_over and self.by_fold:
                self.is_cut = True
                break  # all others would have to stop where this one did
            self.by_fold.append(predictions)
            self.epochs = min(self.epochs, len(predictions))
            if is_over:
                break
        self.fold_scores = self._begun_scores()
        if not min(map(len, self.by_fold)):
            self.trouble = "no epoch was finished in every fold"
            return
        self.fold_scores = self._begun_scores()
        self.by_fold = _aligned(self.by_fold)
        self._score()

    def _begun_scores(self) -> list[float]:
        """Return the best score of the first folds, as if it had been trained in no others."""
        best = min if self.problem.direction == "min" else max
        scores = [
            [self._fold_score(number, part) for part in epochs]
            for number, epochs in enumerate(self.by_fold)
        ]
        counts = range(1, len(scores) + 1)
        together = (zip(*_aligned(scores[:count]), strict=True) for count in counts)
        return [best(map(self._mean, parts)) for parts in together]

    def _score(self) -> None:
        """Score the folds together after each epoch."""
        best = -math.inf
        sign = -1 if self.problem.direction == "min" else 1
        for parts in zip(*self.by_fold, strict=True):
            together = None if self.folds_left else self._together(parts)
            score = (
                self._mean([self._fold_score(*each) for each in enumerate(parts)])
                if together is None
                else self.problem.objective(together)
            )
            self.scores.append(score)
            if sign * score > best:
                best, self.predictions = sign * score, together

    def _fold_score(self, number: int, predictions: Predictions) -> float:
        """Return the score of predictions for the cases of a fold."""
        fold = self.problem.folds[number]
        return self.problem.with_data(fold.prepared).objective(predictions)

    def _mean(self, scores: Sequence[float]) -> float:
        """Return the mean of the scores of the first folds, each as often as it has cases."""
        sizes = [len(fold.places) for fold in self.problem.folds[: len(scores)]]
        return float(np.average(scores, weights=sizes))

    def _train(self, number: int, fold: Fold, until: int) -> list[Predictions]:
        """Train one fold; return what it predicts for its cases after each epoch."""
        folds = len(self.problem.folds)
        seed = self.seed + FOLD_SEEDS_APART * number
        seed_everything(seed)
        problem = self.problem.with_data(fold.prepared)
        self._begin(problem, folds * self.epochs * self.steps_per_epoch)
        history = _History(
            problem, self.model, self.values, self.epochs, self.deadline,
            _FoldWatch(self.watch, number, folds, self.epochs),
            share_time=partial(self._share_time, until - number),
        )  # fmt: skip
        train(
            problem, self._trainer, self.values, seed, history,
            steps_per_epoch=self.steps_per_epoch, until="train",
        )  # fmt: skip
        self.batches += history.batches
        self.training_seconds += history.training_seconds
        self.is_cut = self.is_cut or history.is_cut
        self.trouble = history.trouble
        return history.predictions

    def _share_time(self, waiting: int) -> float:
        """Return when a fold must have ended that has its programs now.

        Compiling is taken from the time of all folds: else the first would have none left, and all
        of them would stop where it did.

        Args:
            waiting: How many folds share the time, this one among them.
        """
        now = time.monotonic()
        if not self._is_compiled:
            self._is_compiled = True
            if self.seconds is not None:
                self.deadline = min(self.deadline, now + max(self.seconds, now - self._began))
        return now + (self.deadline - now) / waiting

    def _begin(self, problem: Problem, steps: int) -> None:
        """Give the network first weights; one network serves all folds, compiled once."""
        fresh = problem.task.build(problem.prepared, self.values)
        if self.model is not None:
            for variable, drawn in zip(self.model.variables, fresh.variables, strict=True):
                variable.assign(drawn.value)
            self._trainer.forget()
            return
        self.model, self._trainer = fresh, trainer_for(problem, fresh, self.values, steps)
        # what predicts is compiled now, so that no epoch seems to take as long
        problem.predict(fresh, self.values, "validation")

    def _together(self, parts: Sequence[Predictions]) -> Predictions:
        """Put the predictions of all folds in the order of the validation part."""
        count = sum(map(len, parts))
        whole = np.empty((count, *parts[0].shape[1:]))
        for fold, part in zip(self.problem.folds, parts, strict=True):
            whole[fold.places] = part
        return whole


def _aligned(by_fold: Sequence[list[_Each]]) -> list[list[_Each]]:
    """Return as many epochs of each fold as that has which had the fewest.

    Of one with more of them, those after as large a share of its training count: its learning rate
    has fallen as far.

    Example:
        >>> _aligned([["a1", "a2", "a3", "a4"], ["b1", "b2"]])
        [['a2', 'a4'], ['b1', 'b2']]
    """
    epochs = min(map(len, by_fold))
    places = range(1, epochs + 1)
    return [[each[-(-place * len(each) // epochs) - 1] for place in places] for each in by_fold]


class _History(ScoredSchedule):
    """A schedule that keeps what the model predicts for a fold after each epoch.

    Args:
        options: Arguments of `ScoredSchedule`.
        share_time: Returns the deadline of the fold, as soon as its programs are there.
    """

    def __init__(self, *options: Any, share_time: Callable[[], float]) -> None:
        super().__init__(*options)
        self.predictions: list[Predictions] = []
        self._share_time = share_time

    def compiled(self) -> None:
        """Hear that a program was compiled before the first step."""
        super().compiled()
        self.deadline = self._share_time()

    def after_batch(self) -> None:
        """Share the time after a very first batch that compiles."""
        if not self._is_compiled:
            self.deadline = self._share_time()
        super().after_batch()

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
