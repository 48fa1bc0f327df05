"""Training a chosen network further, with rows that the selection had kept away from it.

A network that predicts should have seen all rows: first those of the validation part, which is
what the test part scores; then all of them, which is what predicts. Where the newest rows matter
most, it goes on from its best weights, at a low learning rate; where rows are few, it is trained
anew.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqtune.initializers import seed_everything
from seqtune.search.beginning import begin_network
from seqtune.search.network_file import load_network, save_network
from seqtune.search.problem import Problem
from seqtune.search.schedule import Schedule, Watch
from seqtune.search.trainer import trainer_for
from seqtune.search.trainer._contract import Trainer
from seqtune.search.training import train
from seqtune.search.trial import Result, reason_of
from seqtune.search.trial_files import model_path, predictions_path, save_predictions
from seqtune.tasks._values import Until

STEPS_SHARE = 0.3
"""Optimiser steps of each refit, as a share of the steps that the trial took to its best epoch: one
that was at its best after two epochs of twelve learns by heart in four more."""

RATE_SHARE = 0.3
"""Peak learning rate of the refit, as a share of the trial's."""

WORST_CHANGE = 1.5
"""A network that is this many times worse on validation rows, which it has now seen, is thrown
away: training has gone wrong."""

SETUP_SHARE = 0.2
"""Loading a network, and one look at each part of the data, as a share of what its trial took
beside training: its programs are compiled already. 0.1 to 0.2 were seen."""

LOADING_SECONDS = 0.4
"""What loading and looking take at least: a trial whose programs were there says little of them."""

MIN_SECONDS = 0.5
"""Less than this is not worth a refit."""


NO_TIME = "no time left"


@dataclass(frozen=True)
class Refitted:
    """What came of a chosen network.

    Args:
        trial: The trial that made it.
        is_refitted: Whether it was trained further and saved so.
        reason: Why nothing came of it at all; empty where its test predictions were written.
        note: Why it was not trained further, or why that was taken back.
        seconds: Wall time.
    """

    trial: str
    is_refitted: bool = False
    reason: str = ""
    note: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class RefitJob:
    """Scores a chosen network on the test part, and trains it further on either side of that.

    Args:
        result: How its trial went.
        seed: Seeds dropout and the order of batches.
        seconds: Wall time it may take; with less than `MIN_SECONDS` it is only scored.
        steps_per_epoch: Batches per epoch.
        refit: Whether it is trained further at all.
    """

    result: Result
    seed: int
    seconds: float
    steps_per_epoch: int
    refit: bool

    @property
    def trial(self) -> str:
        """Name of the trial that made the network."""
        return self.result.trial

    def run(self, problem: Problem, watch: Watch) -> Refitted:
        """Predict the test part, and keep the network that has seen all rows.

        Args:
            problem: Task and data.
            watch: Follows the training, and may end it.
        """
        began = time.monotonic()
        try:
            is_refitted, note = self._work(problem, watch, began)
        except Exception as error:
            return self.failed(reason_of(error), time.monotonic() - began)
        return Refitted(self.trial, is_refitted, "", note, time.monotonic() - began)

    def failed(self, reason: str, seconds: float) -> Refitted:
        """Return what came of it when the worker died."""
        return Refitted(self.trial, reason=reason, seconds=seconds)

    def smaller(self) -> RefitJob | None:
        """Return None: a network is refitted as it was trained."""
        return None

    def _work(self, problem: Problem, watch: Watch, began: float) -> tuple[bool, str]:
        seed_everything(self.seed)
        values = self.result.values
        model = load_network(
            problem.task, problem.prepared, values, model_path(problem.folder, self.trial)
        )
        least = MIN_SECONDS + setup_seconds(self.result)
        if problem.task.search.refits_anew:  # with less time it would come to less than it was
            least = max(least, refit_seconds(self.result, anew=True, folds=len(problem.folds)))
        if not self.refit or self.seconds < least:
            problem.adopt(model, values)
            self._score_test(problem, model)
            return False, NO_TIME if self.refit else ""
        share = 1.0 if problem.task.search.refits_anew else STEPS_SHARE
        before = model.get_weights()
        steps = math.ceil(2 * share * best_epoch(self.result) * self.steps_per_epoch)
        trainer = trainer_for(problem, model, values, steps)
        deadline = began + self.seconds
        note = self._go_on(
            problem, model, trainer, watch, "validation", (deadline - time.monotonic()) / 2
        )
        if note or watch.is_over():
            model.set_weights(before)
        self._score_test(problem, model)
        if note or watch.is_over():
            return False, note or NO_TIME
        note = self._go_on(problem, model, trainer, watch, "test", deadline - time.monotonic())
        if note or watch.is_over():  # training that was cut off has not annealed
            return False, note or NO_TIME
        save_network(model, refitted_path(problem.folder, self.trial))
        return True, ""

    def _go_on(
        self,
        problem: Problem,
        model: Any,
        trainer: Trainer,
        watch: Watch,
        until: Until,
        seconds: float,
    ) -> str:
        """Train further; return why it did harm, or nothing."""
        rate = float(self.result.values["training.learning_rate"])
        if problem.task.search.refits_anew:
            epochs, peak = best_epoch(self.result), rate
            begun = begin_network(problem, self.trial, self.result.values)
            model.set_weights(begun.get_weights())
            trainer.forget()  # the refit before
        else:
            epochs, peak = max(1, round(STEPS_SHARE * best_epoch(self.result))), RATE_SHARE * rate
        schedule = Schedule(peak, epochs, time.monotonic() + seconds, watch)
        train(
            problem, trainer, self.result.values, self.seed, schedule,
            steps_per_epoch=self.steps_per_epoch, until=until,
        )  # fmt: skip
        return self._harm(problem, model)

    def _harm(self, problem: Problem, model: Any) -> str:
        predictions = problem.predict(model, self.result.values, "validation")
        score = problem.objective(predictions)
        before = float(self.result.score or 0.0)
        is_sound = (
            score <= WORST_CHANGE * before
            if problem.direction == "min"
            else score * WORST_CHANGE >= before
        )
        return "" if is_sound else f"{problem.metric} went from {before:.3g} to {score:.3g}"

    def _score_test(self, problem: Problem, model: Any) -> None:
        predictions = problem.predict(model, self.result.values, "test")
        save_predictions(test_predictions_path(problem.folder, self.trial), predictions)


def best_epoch(result: Result) -> int:
    """Return how many epochs a trial had trained when it was at its best; all, if none was.

    Example:
        >>> best_epoch(Result("t001", "completed", {}, score=0.8, scores=[0.7, 0.8, 0.6]))
        2
    """
    if result.score not in result.scores:
        return max(1, len(result.scores))
    return 1 + result.scores.index(result.score)


def setup_seconds(result: Result) -> float:
    """Return what a refit of a trial's network is likely to take beside training."""
    return max(LOADING_SECONDS, SETUP_SHARE * (result.seconds - result.training_seconds))


def refit_seconds(result: Result, *, anew: bool = False, folds: int = 0) -> float:
    """Return what a refit of a trial's network is likely to take in all.

    Args:
        result: How its trial went.
        anew: Whether it is trained from the start.
        folds: In how many folds a trial trains it.

    Example:
        >>> refit_seconds(Result("t001", "completed", {}, seconds=15.0, training_seconds=10.0))
        7.0
    """
    share = best_epoch(result) / max(1, len(result.scores)) * (1.0 if anew else STEPS_SHARE)
    return setup_seconds(result) + 2 * share * result.training_seconds / max(
        1, folds - result.folds_left
    )


def refitted_path(folder: Path, trial: str) -> Path:
    """Return where a refitted network is kept in a run folder."""
    return model_path(folder, trial).with_name(f"{trial}-refitted.keras")


def test_predictions_path(folder: Path, trial: str) -> Path:
    """Return where a chosen trial's predictions for the test part are kept in a run folder."""
    return predictions_path(folder, trial).with_name(f"{trial}-test.npy")
