"""Training batches of several lengths."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np

from seqtune.search.schedule import Schedule, Watch
from seqtune.search.trainer.keras_fit import KerasFit

VALUES = {
    "training.learning_rate": 0.01,
    "training.weight_decay": 0.0,
    "training.clip_norm": 1.0,
    "training.batch_size": 2,
}


class Uneven(keras.utils.PyDataset):
    """A batch of two rows for each length, in their order."""

    def __init__(self, lengths: Sequence[int]) -> None:
        super().__init__()
        self.lengths, self.epoch = lengths, 0
        self.asked: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, place: int) -> Any:
        self.asked.append((self.epoch, self.lengths[place]))
        return self._batch(self.lengths[place])

    def on_epoch_end(self) -> None:
        self.epoch += 1

    def examples(self) -> list[Any]:
        return [self._batch(length) for length in sorted(set(self.lengths))]

    def _batch(self, length: int) -> Any:
        x = np.ones((2, length, 1), np.float32)
        return {"x": x}, x[:, 0], np.ones(2, np.float32)


def trained_on(lengths: Sequence[int], epochs: int) -> tuple[list[tuple[int, int]], float]:
    """Train a network by Keras's own `fit`.

    Returns:
        Epoch and length of each batch that was asked for, and the last loss.
    """
    inputs = keras.Input((None, 1), name="x")
    model = keras.Model({"x": inputs}, keras.layers.Dense(1)(keras.layers.LSTM(2)(inputs)))
    task = SimpleNamespace(loss=lambda prepared, values: "mse")
    problem: Any = SimpleNamespace(task=task, prepared=None)
    losses: list[float] = []

    class Heard(Schedule):
        def after_epoch(self, epoch: int, loss: float) -> None:
            losses.append(loss)

    batches = Uneven(lengths)
    schedule = Heard(0.01, epochs, time.monotonic() + 600, Watch())
    KerasFit(problem, model, VALUES).run(batches, schedule)
    return batches.asked, losses[-1]
