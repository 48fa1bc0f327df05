"""Training batches: windows drawn at random, gathered when they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from seqtune.data.panel.window import WindowRange
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.preprocessing import actual_values, preprocess, step_weights

UNKNOWN_SHARE = 0.05
"""Share of training windows whose identity is hidden, so that unknown series have an embedding."""


class TrainingBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """An endless supply of training batches, a number of them per epoch.

    Batch `index` of epoch `epoch` depends on the seed alone, not on what was drawn before.

    Args:
        coded: The panel with its scales.
        codec: Horizon, periods and scales.
        windows: All windows that may be drawn.
        values: The configuration: batch size, loss and preprocessing.
        seed: Where the draws begin.
        steps: Batches per epoch.
    """

    def __init__(
        self,
        coded: CodedPanel,
        codec: Codec,
        windows: WindowRange,
        values: Mapping[str, Any],
        seed: int,
        steps: int,
    ) -> None:
        super().__init__()
        self.coded, self.codec, self.windows, self.values = coded, codec, windows, values
        self.seed, self.steps, self.epoch = seed, steps, 0

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[dict[str, npt.NDArray[Any]], npt.NDArray[Any]]:
        """Return inputs and truth (batch, horizon, 2): scaled target, weight."""
        draw = np.random.default_rng((self.seed, self.epoch, index))
        size = int(self.values["training.batch_size"])
        windows = self.windows.draw(draw, size, str(self.values["training.sampling"]))
        preprocessed = preprocess(self.coded, windows, self.codec, self.values)
        if "identity" in preprocessed.inputs:
            hidden = draw.random(size) < UNKNOWN_SHARE
            preprocessed.inputs["identity"] = np.where(hidden, 0, preprocessed.inputs["identity"])
        actual, observed = actual_values(self.coded, windows, self.codec.horizon)
        loss = str(self.values["training.loss"])
        weights = step_weights(self.coded, windows, preprocessed, (actual, observed), loss)
        target = np.where(observed, preprocessed.reduce(actual), 0.0)
        return preprocessed.inputs, np.stack([target, weights], axis=-1).astype(np.float32)

    def on_epoch_end(self) -> None:
        """Go on to draws of the next epoch."""
        self.epoch += 1
