"""Training by Keras's own `fit`: what serves any backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from types import MethodType
from typing import Any

import keras
import numpy as np

from seqtune.search.problem import Problem
from seqtune.search.schedule import Schedule
from seqtune.search.trainer.kept_weights import AverageWeights, is_averaging, is_statistic
from seqtune.search.trainer.open_axes import with_open_axes


class KerasFit:
    """Trains a model that Keras has compiled.

    Args:
        problem: Task and data.
        model: The network.
        values: Its configuration.
    """

    def __init__(self, problem: Problem, model: Any, values: Mapping[str, Any]) -> None:
        self.model = model
        self._is_averaging = is_averaging(values)
        # each weight is multiplied and added once forward and twice backward, for every example
        self.operations = 6.0 * model.count_params() * int(values.get("training.batch_size", 1))
        optimizer = keras.optimizers.AdamW(
            learning_rate=float(values["training.learning_rate"]),
            weight_decay=float(values["training.weight_decay"]),
            global_clipnorm=float(values["training.clip_norm"]) or None,
        )
        _update_plainly(optimizer)
        loss = problem.task.loss(problem.prepared, values)
        model.compile(optimizer=optimizer, loss=loss, jit_compile="auto")

    def run(self, batches: Any, schedule: Schedule) -> None:
        """Train until the schedule says that it is over."""
        average = _Average(self.model) if self._is_averaging else None
        is_open = hasattr(batches, "examples") and keras.backend.backend() == "tensorflow"
        self.model.fit(
            with_open_axes(batches) if is_open else batches,
            epochs=schedule.epochs,
            verbose=0,
            callbacks=[_Follower(schedule, average, batches.on_epoch_end if is_open else None)],
            shuffle=False,
        )
        if average is not None:
            average.put_in()

    def forget(self) -> None:
        """Set steps and moments of the optimiser to zero; the schedule gives the rates."""
        for variable in self.model.optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))


class _Follower(keras.callbacks.Callback):  # type: ignore[misc]
    """Lets a schedule hear what Keras does, and Keras what the schedule wants.

    Args:
        schedule: What hears, and is asked.
        average: What is looked at in place of the weights; None for themselves.
        go_on: Lets the batches go on to the next epoch, where Keras does not know them as its own.
    """

    def __init__(
        self,
        schedule: Schedule,
        average: _Average | None = None,
        go_on: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self.schedule, self.average, self.go_on = schedule, average, go_on

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Begin an epoch."""
        self.schedule.begin_epoch(epoch, int(self.params["steps"]))

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Set the learning rate of the batch."""
        self.model.optimizer.learning_rate = self.schedule.rate(batch)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Take the weights; look at the clock."""
        if self.average is not None:
            self.average.take()
        self.schedule.after_batch()
        self.model.stop_training = self.schedule.is_over

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Look at the model."""
        if self.go_on is not None:
            self.go_on()
        with self.average.shown() if self.average is not None else nullcontext():
            self.schedule.end_epoch(epoch, float((logs or {}).get("loss", 0.0)))
        self.model.stop_training = self.schedule.is_over


class _Average:
    """The average of a model's weights over its steps, and how the model comes to have it.

    Args:
        model: Is trained by Keras.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        statistics = filter(is_statistic, model.non_trainable_variables)
        self._variables = [*model.trainable_variables, *statistics]
        self._kept = AverageWeights([True] * len(self._variables))

    def take(self) -> None:
        """Take the weights that a step has left."""
        if hasattr(self._model, "jax_state_sync"):  # JAX lets variables wait for the epoch to end
            self._model.jax_state_sync()
        self._kept.take([variable.value for variable in self._variables])

    def put_in(self) -> None:
        """Give the model the average in place of its weights, if there is one."""
        for variable, array in zip(self._variables, self._kept.arrays, strict=False):
            variable.assign(array)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Let the model have the average for a while, and then its weights again."""
        own = [keras.ops.copy(variable.value) for variable in self._variables]
        self.put_in()
        try:
            yield
        finally:
            for variable, array in zip(self._variables, own, strict=True):
                variable.assign(array)


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
