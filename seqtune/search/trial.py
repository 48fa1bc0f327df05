"""What one worker does with one configuration: build, train in its time, keep the best epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from seqtune.errors import SeqtuneError
from seqtune.files import whole_file
from seqtune.initializers import seed_everything
from seqtune.tasks._contract import Task, Until


@dataclass(frozen=True)
class Job:
    """A trial to run.

    Args:
        trial: Its name.
        values: A value for every dimension of the recipe, by path.
        seed: Seeds the weights, the dropout and the order of batches.
        seconds: Wall time it may take, building and compiling included.
        folder: The run folder, where the model and its validation predictions are written.
        steps_per_epoch: Batches between two validations.
    """

    trial: str
    values: dict[str, Any]
    seed: int
    seconds: float
    folder: Path
    steps_per_epoch: int


@dataclass(frozen=True)
class Result:
    """How a trial went; a line of `trials.jsonl`.

    Args:
        trial: Its name.
        status: "completed", "stopped" (cut by the clock at its best epoch) or "failed".
        values: Its configuration.
        score: Best validation score; None if it failed.
        scores: Validation score after every epoch.
        seconds: Wall time of the trial.
        training_seconds: Wall time in training steps alone.
        parameters: Weights of the network.
        reason: Why it failed.
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

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


OnEpoch = Callable[[int, int, float], None]
"""Hears epoch, epochs and score after every epoch of a trial."""


def model_path(folder: Path, trial: str) -> Path:
    """Return where a trial's network is kept in a run folder."""
    return folder / "models" / f"{trial}.keras"


def predictions_path(folder: Path, trial: str) -> Path:
    """Return where a trial's validation predictions are kept in a run folder."""
    return folder / "trials" / f"{trial}.npy"


def run_trial(task: Task, prepared: Any, job: Job, on_epoch: OnEpoch) -> Result:
    """Train one configuration and keep its best epoch; whatever goes wrong is in the result.

    This is the one place below the command line where any exception is caught: a trial that fails
    must cost a trial, not the search.

    Args:
        task: What is learnt.
        prepared: The data.
        job: What to train, for how long, and where to keep it.
        on_epoch: Hears of every epoch.
    """
    began = time.monotonic()
    try:
        return _train_and_keep(task, prepared, job, on_epoch, began)
    except SeqtuneError as error:
        reason = error.message
    except Exception as error:
        first_line = next(iter(str(error).strip().splitlines()), "no message")
        reason = f"{type(error).__name__}: {first_line}"
    return Result(job.trial, "failed", job.values, seconds=time.monotonic() - began, reason=reason)


def _train_and_keep(task: Task, prepared: Any, job: Job, on_epoch: OnEpoch, began: float) -> Result:
    seed_everything(job.seed)
    model = task.build(prepared, job.values)
    epochs = max(1, math.ceil(int(job.values["training.steps"]) / job.steps_per_epoch))
    monitor = Monitor(task, prepared, job, epochs, began + job.seconds, on_epoch)
    compile_model(task, prepared, model, job.values)
    train(task, prepared, model, job, monitor, until="train")
    if monitor.trouble or monitor.best_weights is None:
        raise TrialFailedError(monitor.trouble or "no epoch was finished")
    model.set_weights(monitor.best_weights)
    with whole_file(model_path(job.folder, job.trial)) as path:
        model.save(path)
    with whole_file(predictions_path(job.folder, job.trial)) as path:
        np.save(path, monitor.best_predictions)
    return Result(
        trial=job.trial,
        status="stopped" if monitor.is_cut else "completed",
        values=job.values,
        score=monitor.best_score,
        scores=monitor.scores,
        seconds=time.monotonic() - began,
        training_seconds=monitor.training_seconds,
        parameters=int(model.count_params()),
    )


class TrialFailedError(SeqtuneError):
    """The trial cannot give a usable network."""


def compile_model(task: Task, prepared: Any, model: Any, values: dict[str, Any]) -> None:
    """Give a model its optimiser and loss.

    AdamW with decoupled weight decay (Loshchilov & Hutter, arXiv 1711.05101), gradients clipped by
    their global norm (Pascanu et al., arXiv 1211.5063).

    Args:
        task: What is learnt.
        prepared: The data.
        model: The network.
        values: Its configuration.
    """
    optimizer = keras.optimizers.AdamW(
        learning_rate=float(values["training.learning_rate"]),
        weight_decay=float(values["training.weight_decay"]),
        global_clipnorm=float(values["training.clip_norm"]) or None,
    )
    model.compile(optimizer=optimizer, loss=task.loss(prepared, values), jit_compile="auto")


def train(
    task: Task, prepared: Any, model: Any, job: Job, schedule: Schedule, *, until: Until
) -> None:
    """Train a compiled model as long as its schedule lets it.

    Args:
        task: What is learnt.
        prepared: The data.
        model: The network; its weights are changed.
        job: Configuration and seed.
        schedule: Sets the learning rate, stops in time.
        until: The last part of the data whose rows are trained on.
    """
    batches = task.batches(prepared, job.values, job.seed, steps=job.steps_per_epoch, until=until)
    model.fit(batches, epochs=schedule.epochs, verbose=0, callbacks=[schedule], shuffle=False)


class Schedule(keras.callbacks.Callback):  # type: ignore[misc]
    """Anneals the learning rate over the epochs that fit into the time, and stops at its end.

    The rate follows half a cosine from its peak to zero (Loshchilov & Hutter, SGDR, arXiv
    1608.03983) after a short warm-up. The length of the cosine is the planned number of epochs,
    or as many as the clock allows, so that a trial cut short has annealed all the same.

    Args:
        peak: The highest learning rate.
        epochs: Epochs planned.
        deadline: Value of `time.monotonic()` at which training must have ended.
    """

    def __init__(self, peak: float, epochs: int, deadline: float) -> None:
        super().__init__()
        self.peak, self.epochs, self.deadline = peak, epochs, deadline
        self.planned = epochs
        self.is_cut = False
        self.training_seconds = 0.0
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
        if not self._compile_seconds:
            self._compile_seconds = now - self._epoch_began
        if now > self.deadline:
            self.is_cut = True
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Plan the epochs that are left."""
        self.training_seconds += time.monotonic() - self._epoch_began
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
        task: What is learnt.
        prepared: The data.
        job: The trial.
        epochs: Epochs planned.
        deadline: Value of `time.monotonic()` at which training must have ended.
        on_epoch: Hears of every epoch.
    """

    def __init__(
        self,
        task: Task,
        prepared: Any,
        job: Job,
        epochs: int,
        deadline: float,
        on_epoch: OnEpoch,
    ) -> None:
        super().__init__(float(job.values["training.learning_rate"]), epochs, deadline)
        self.task, self.prepared, self.job, self.on_epoch = task, prepared, job, on_epoch
        self.patience = int(job.values["training.patience"])
        self.scores: list[float] = []
        self.best_score: float | None = None
        self.best_weights: list[Any] | None = None
        self.best_predictions: Any = None
        self.trouble = ""
        self._best_epoch = 0

    def after_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        """Score the epoch; stop at a loss or score that is no number, or when patience is over."""
        loss = float(logs.get("loss", 0.0))
        if not math.isfinite(loss):
            self.trouble = f"the loss became {loss} in epoch {epoch + 1}"
            self.model.stop_training = True
            return
        predictions = self.task.apply(self.model, self.prepared, self.job.values, "validation")
        score = self.task.score(self.prepared, "validation", predictions)[self.task.metric]
        if not math.isfinite(score):
            self.trouble = f"the validation score became {score} in epoch {epoch + 1}"
            self.model.stop_training = True
            return
        self.scores.append(score)
        if self._is_better(score):
            self.best_score, self._best_epoch = score, epoch
            self.best_weights = [np.array(weight) for weight in self.model.get_weights()]
            self.best_predictions = predictions
        elif epoch - self._best_epoch >= self.patience:
            self.model.stop_training = True
        self.on_epoch(epoch + 1, self.planned, score)

    def _is_better(self, score: float) -> bool:
        if self.best_score is None:
            return True
        return score < self.best_score if self.task.direction == "min" else score > self.best_score
