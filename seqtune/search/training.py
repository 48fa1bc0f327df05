"""Training one network: optimiser, learning rate by the clock, and the best epoch remembered."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from types import MethodType
from typing import Any

import keras
import numpy as np

from seqtune.search.problem import Problem
from seqtune.tasks._contract import Until, is_better


class Watch:
    """Follows the training of a network from outside; this one lets it train."""

    def epoch(self, epoch: int, epochs: int, score: float) -> None:
        """Hear of an epoch: its number from 1, how many are planned, the validation score."""

    def is_over(self) -> bool:
        """Say whether training is to end at its best epoch; asked after every batch."""
        return False


def compile_model(problem: Problem, model: Any, values: Mapping[str, Any]) -> None:
    """Give a model its optimiser and loss.

    AdamW with decoupled weight decay (Loshchilov & Hutter, arXiv 1711.05101), gradients clipped by
    their global norm (Pascanu et al., arXiv 1211.5063).

    Args:
        problem: Task and data.
        model: The network.
        values: Its configuration.
    """
    optimizer = keras.optimizers.AdamW(
        learning_rate=float(values["training.learning_rate"]),
        weight_decay=float(values["training.weight_decay"]),
        global_clipnorm=float(values["training.clip_norm"]) or None,
    )
    _update_plainly(optimizer)
    loss = problem.task.loss(problem.prepared, values)
    model.compile(optimizer=optimizer, loss=loss, jit_compile="auto")


def _update_plainly(optimizer: Any) -> None:
    """Let an optimiser on TensorFlow update its variables itself, not through `tf.distribute`.

    Through `tf.distribute`, the training function of every recurrent network stays in memory for
    good: 25 MB for each trial, measured with Keras 3.15. The numbers are the same either way. The
    methods are Keras's own; where it has no such ones any more, nothing is changed.
    """
    if keras.backend.backend() != "tensorflow":
        return
    base = next(
        (each for each in type(optimizer).__mro__ if each.__name__ == "BaseOptimizer"), None
    )
    for name in ("_backend_update_step", "_apply_weight_decay"):
        if base is not None and hasattr(base, name):
            setattr(optimizer, name, MethodType(getattr(base, name), optimizer))


def train(
    problem: Problem,
    model: Any,
    values: Mapping[str, Any],
    seed: int,
    schedule: Schedule,
    *,
    steps_per_epoch: int,
    until: Until,
) -> None:
    """Train a compiled model as long as its schedule lets it.

    Args:
        problem: Task and data.
        model: The network; its weights are changed.
        values: Its configuration.
        seed: Seeds the order of batches.
        schedule: Sets the learning rate, stops in time.
        steps_per_epoch: Batches between two looks at the model.
        until: The last part of the data whose rows are trained on.
    """
    batches = problem.task.batches(
        problem.prepared, values, seed, steps=steps_per_epoch, until=until
    )
    model.fit(batches, epochs=schedule.epochs, verbose=0, callbacks=[schedule], shuffle=False)


class Schedule(keras.callbacks.Callback):  # type: ignore[misc]
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
        super().__init__()
        self.peak, self.epochs, self.deadline, self.watch = peak, epochs, deadline, watch
        self.planned = epochs
        self.is_cut = False
        self.training_seconds = 0.0
        self.batches = 0
        self._epoch_began = 0.0
        self._compile_seconds = 0.0
        self._epoch_seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Set the learning rate of the epoch."""
        self._epoch_began = time.monotonic()
        progress = min(1.0, (epoch + 0.5) / max(1, self.planned))
        warm = min(1.0, (epoch + 1) / max(1.0, 0.05 * self.planned))
        rate = self.peak * warm * 0.5 * (1 + math.cos(math.pi * progress))
        self.model.optimizer.learning_rate = rate

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Take the time of the very first batch, which compiles; end an epoch that is too long."""
        now = time.monotonic()
        self.batches += 1
        if not self._compile_seconds:
            self._compile_seconds = now - self._epoch_began
        if now > self.deadline or self.watch.is_over():
            self.is_cut = True
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Plan the epochs that are left."""
        self.training_seconds += time.monotonic() - self._epoch_began
        if epoch == 0:
            self.training_seconds -= self._compile_seconds
        self.after_epoch(epoch, logs or {})
        self._epoch_seconds.append(time.monotonic() - self._epoch_began)
        # an ordinary epoch costs the median of those that compiled nothing
        first = max(0.0, self._epoch_seconds[0] - self._compile_seconds)
        usual = float(np.median(self._epoch_seconds[1:] or [first]))
        affordable = int((self.deadline - time.monotonic()) / max(usual, 1e-9))
        self.planned = min(self.epochs, epoch + 1 + max(0, affordable))
        if epoch + 1 >= self.planned:
            self.is_cut = self.is_cut or self.planned < self.epochs
            self.model.stop_training = True

    def after_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        """Look at the model after an epoch; nothing by default."""


class Monitor(Schedule):
    """A schedule that scores the model on validation data and remembers its best epoch.

    Args:
        problem: Task and data.
        values: The configuration.
        epochs: Epochs planned.
        deadline: Value of `time.monotonic()` at which training must have ended.
        watch: Follows the training, and may end it.
        best: The best score of training that lies behind the model; None if there is none.
    """

    def __init__(
        self,
        problem: Problem,
        values: Mapping[str, Any],
        epochs: int,
        deadline: float,
        watch: Watch,
        best: float | None = None,
    ) -> None:
        super().__init__(float(values["training.learning_rate"]), epochs, deadline, watch)
        self.problem, self.values = problem, values
        self.patience = int(values["training.patience"])
        self.scores: list[float] = []
        self.best_score = best
        self.best_weights: list[Any] | None = None
        self.best_predictions: Any = None
        self.trouble = ""
        self.is_exhausted = False
        self._best_epoch = 0

    def after_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        """Score the epoch; stop at a loss or score that is no number, or when patience is over."""
        loss = float(logs.get("loss", 0.0))
        if not math.isfinite(loss):
            self.trouble = f"the loss became {loss} in epoch {epoch + 1}"
            self.model.stop_training = True
            return
        task, prepared = self.problem.task, self.problem.prepared
        predictions = task.apply(self.model, prepared, self.values, "validation")
        score = self.problem.objective(predictions)
        if not math.isfinite(score):
            self.trouble = f"the validation score became {score} in epoch {epoch + 1}"
            self.model.stop_training = True
            return
        self.scores.append(score)
        if self.best_score is None or is_better(score, self.best_score, task.direction):
            self.best_score, self._best_epoch = score, epoch
            self.best_weights = [np.array(weight) for weight in self.model.get_weights()]
            self.best_predictions = predictions
        elif epoch - self._best_epoch >= self.patience:
            self.is_exhausted = True
            self.model.stop_training = True
        self.watch.epoch(epoch + 1, self.planned, score)
