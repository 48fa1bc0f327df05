"""What one worker does with one configuration: build, train in its time, keep the best epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

from seqtune.errors import SeqtuneError
from seqtune.initializers import seed_everything
from seqtune.search.beginning import begin_network
from seqtune.search.cross_validation import CrossValidation
from seqtune.search.fold_predictions import load_folds, save_folds
from seqtune.search.network_file import load_network, save_network
from seqtune.search.patience import patiently
from seqtune.search.problem import Problem
from seqtune.search.schedule import Watch
from seqtune.search.trainer import trainer_for
from seqtune.search.training import Monitor, train
from seqtune.search.trial_files import folds_path, model_path, predictions_path, save_predictions

SEEDS_APART = 15_485_863
"""How far apart the seeds of searches lie: further than any search has trials."""

MIN_SAVING_SECONDS = 8.0
"""So long past its time a trial waits for room on the disk: after `MIN_GRACE_SECONDS` it is
killed."""

MIN_STEPS = 50
"""A network that was cut after fewer optimiser steps has seen next to nothing."""


@dataclass(frozen=True)
class Result:
    """How a trial has gone so far; a line of `trials.jsonl`.

    Args:
        trial: Its name.
        status: "completed" (trained to the end), "stopped" (cut by the clock or because others were
            better, at its best epoch, or before its last fold) or "failed".
        values: Its configuration.
        score: Best validation score; None if it failed.
        scores: Validation score after every epoch.
        seconds: Wall time of the trial.
        training_seconds: Wall time in training steps alone.
        parameters: Weights of the network.
        reason: Why it failed.
        steps: Optimiser steps that it has behind it.
        operations: Floating-point operations of one of them; 0 where they were not counted.
        folds_left: Folds that it was not trained in yet; its score is of the others alone. Over
            folds, `steps` are those of all folds, divided by their number, and `operations` those
            of a step in each.
        fold_scores: Over folds, its best score of the first of them, of the first two, and so on,
            as far as it was trained.
    """

    trial: str
    status: str
    values: dict[str, Any]
    score: float | None = None
    scores: list[float] = field(default_factory=list)
    seconds: float = 0.0
    training_seconds: float = 0.0
    parameters: int = 0
    reason: str = ""
    steps: int = 0
    operations: float = 0.0
    folds_left: int = 0
    fold_scores: list[float] = field(default_factory=list)

    @property
    def cost(self) -> float | None:
        """Operations of its training so far; None where they were not counted."""
        return self.steps * self.operations or None

    @property
    def is_trained(self) -> bool:
        """Whether it saw enough to be compared: a score after a few steps is luck."""
        return self.status == "completed" or self.steps >= MIN_STEPS

    def after(self, share: float) -> Result:
        """Return what it was after a share of its folds: like is to be compared with like.

        Args:
            share: Above 0; rounded down to whole folds, at least one.

        Returns:
            The same trial with the score and the steps of its first folds; itself where it has no
            more of them behind it, and where there are none.

        Example:
            >>> Result("t001", "completed", {}, score=0.8, steps=50,
            ...        fold_scores=[0.9, 0.7, 0.8, 0.8, 0.8]).after(0.4).score
            0.7
        """
        done = len(self.fold_scores)
        folds = max(1, math.floor(share * (done + self.folds_left) + 1e-9))
        if folds >= done:
            return self
        score, steps = self.fold_scores[folds - 1], math.ceil(self.steps * folds / done)
        return replace(self, score=score, steps=steps)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def usable(results: Iterable[Result]) -> list[Result]:
    """Return the trials that have a score; hardly trained ones only where there are no others.

    A score of some folds is none: the trials of all of them have another, of all cases.

    Example:
        >>> early = Result("t001", "stopped", {}, score=0.5, steps=10)
        >>> usable([early, Result("t002", "completed", {}, score=0.6, steps=110)])[0].trial
        't002'
    """
    scored = [each for each in results if each.score is not None and not each.folds_left]
    return [result for result in scored if result.is_trained] or scored


@dataclass(frozen=True)
class TrialJob:
    """A stretch of a trial's training.

    Args:
        trial: The trial's name.
        values: A value for every dimension of the recipe, by path.
        seed: Seeds the weights, the dropout and the order of batches.
        seconds: Wall time it may take, building and compiling included.
        until: Optimiser steps that the trial has behind it when the stretch ends.
        steps_per_epoch: Batches between two validations.
        earlier: How the trial has gone so far; None if it begins.
        training: Over folds, wall time that training may take of it, compiling apart.
    """

    trial: str
    values: dict[str, Any]
    seed: int
    seconds: float
    until: int
    steps_per_epoch: int
    earlier: Result | None = None
    training: float | None = None

    def run(self, problem: Problem, watch: Watch) -> Result:
        """Train, and keep the best epoch; a failure is in the result.

        This is the one place below the command line where any exception is caught: a trial that
        fails must cost a trial, not the search.

        Args:
            problem: Task and data.
            watch: Follows the training, and may end it.
        """
        began = time.monotonic()
        try:
            result = self._train_and_keep(problem, watch, began)
        except Exception as error:
            return self.failed(reason_of(error), time.monotonic() - began)
        return replace(result, seconds=self._before.seconds + time.monotonic() - began)

    def failed(self, reason: str, seconds: float) -> Result:
        """Return the result of a stretch that was lost; what the trial had before it stays."""
        if self.earlier is None:
            return Result(self.trial, "failed", self.values, seconds=seconds, reason=reason)
        return replace(self.earlier, seconds=self.earlier.seconds + seconds, reason=reason)

    def smaller(self) -> TrialJob | None:
        """Return the same with half the batch; None where it cannot be halved."""
        batch = int(self.values["training.batch_size"])
        if batch < 2:
            return None
        return replace(self, values={**self.values, "training.batch_size": batch // 2})

    @property
    def _before(self) -> Result:
        return self.earlier or Result(self.trial, "stopped", self.values)

    def _train_over_folds(self, problem: Problem, watch: Watch, began: float) -> Result:
        """Train once for each fold that is due; the network that is kept is that of the last one.

        A stretch ends with a whole number of folds: the share of its steps that a trial is to have
        behind it is a share of its folds.
        """
        before, count, steps = self._before, len(problem.folds), total_steps(self.values)
        done = count - before.folds_left if self.earlier else 0
        if done == count:
            return replace(before, status="completed")
        kept = folds_path(problem.folder, self.trial)
        epochs = max(1, math.ceil(steps / self.steps_per_epoch))
        folds = CrossValidation(
            problem, self.values, self.seed, epochs, self.steps_per_epoch, began + self.seconds,
            watch,
            until=min(count, max(done + 1, count * self.until // steps)),
            by_fold=load_folds(kept, problem.folds[:done]) if done else [],
            seconds=self.training,
        )  # fmt: skip
        folds.run()
        if folds.trouble:
            raise TrialFailedError(folds.trouble)

        def write() -> None:
            if folds.predictions is None:
                save_folds(kept, folds.by_fold)
            else:
                save_predictions(predictions_path(problem.folder, self.trial), folds.predictions)

        self._keep(problem, folds.model, write, watch, began)
        choose = min if problem.direction == "min" else max
        is_done = not (folds.folds_left or folds.is_cut) and len(folds.scores) == epochs
        return Result(
            trial=self.trial,
            status="completed" if is_done else "stopped",
            values=self.values,
            score=choose(folds.scores),
            scores=folds.scores,
            training_seconds=before.training_seconds + folds.training_seconds,
            parameters=int(folds.model.count_params()),
            steps=min(
                before.steps + math.ceil(folds.batches / count), epochs * self.steps_per_epoch
            ),
            operations=count * folds.operations,
            folds_left=folds.folds_left,
            fold_scores=folds.fold_scores,
        )

    def _keep(
        self, problem: Problem, model: Any, predictions: Callable[[], None], watch: Watch,
        began: float,
    ) -> None:  # fmt: skip
        """Write network and predictions; wait while the disk is full."""

        def write() -> None:
            save_network(model, model_path(problem.folder, self.trial))
            predictions()

        left = began + self.seconds - time.monotonic()
        patiently(write, max(0.0, left) + MIN_SAVING_SECONDS, is_over=watch.is_over)

    def _train_and_keep(self, problem: Problem, watch: Watch, began: float) -> Result:
        if problem.folds:
            return self._train_over_folds(problem, watch, began)
        before = self._before
        seed = self.seed + 1_000_003 * before.steps  # another stretch draws other batches
        seed_everything(seed)
        if self.earlier is None:
            model = begin_network(problem, self.trial, self.values)
        else:
            model = load_network(
                problem.task,
                problem.prepared,
                self.values,
                model_path(problem.folder, self.trial),
            )
        epochs = max(1, math.ceil((self.until - before.steps) / self.steps_per_epoch))
        trainer = trainer_for(problem, model, self.values, epochs * self.steps_per_epoch)
        deadline = began + self.seconds
        monitor = Monitor(problem, model, self.values, epochs, deadline, watch, best=before.score)
        train(
            problem, trainer, self.values, seed, monitor,
            steps_per_epoch=self.steps_per_epoch, until="train",
        )  # fmt: skip
        if monitor.trouble or monitor.best_score is None:
            raise TrialFailedError(monitor.trouble or "no epoch was finished")
        if monitor.best_weights is not None:
            model.set_weights(monitor.best_weights)
            path = predictions_path(problem.folder, self.trial)
            write = partial(save_predictions, path, monitor.best_predictions)
            self._keep(problem, model, write, watch, began)
        steps = before.steps + monitor.batches
        is_done = monitor.is_exhausted or (not monitor.is_cut and steps >= total_steps(self.values))
        return Result(
            trial=self.trial,
            status="completed" if is_done else "stopped",
            values=self.values,
            score=monitor.best_score,
            scores=[*before.scores, *monitor.scores],
            training_seconds=before.training_seconds + monitor.training_seconds,
            parameters=int(model.count_params()),
            steps=steps,
            operations=trainer.operations,
        )


class TrialFailedError(SeqtuneError):
    """The trial cannot give a usable network."""


def reason_of(error: Exception) -> str:
    """Return in one line why something failed.

    Example:
        >>> reason_of(ValueError("too wide"))
        'ValueError: too wide'
    """
    if isinstance(error, SeqtuneError):
        return error.message
    first_line = next(iter(str(error).strip().splitlines()), "no message")
    return f"{type(error).__name__}: {first_line}"


def trial_seed(seed: int, trial: str) -> int:
    """Return the seed of a trial: no two trials of a search have the same, nor of two searches.

    Args:
        seed: The seed of the search.
        trial: Its name.

    Example:
        >>> trial_seed(0, "t002"), trial_seed(1, "t001")
        (2, 15485864)
    """
    return seed * SEEDS_APART + int(trial[1:])


def total_steps(values: Mapping[str, Any]) -> int:
    """Return the optimiser steps of a configuration that is trained to the end."""
    return int(values["training.steps"])
