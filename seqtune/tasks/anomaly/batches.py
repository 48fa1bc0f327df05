"""Training batches: segments of the training rows drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.codec import Codec, Coded
from seqtune.tasks.anomaly.inputs import gather


class TrainingBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """An endless supply of training batches, a number of them per epoch.

    Some segments begin before their series, so that networks know how a series begins. Batch
    `index` of epoch `epoch` depends on the seed alone, not on what was drawn before.

    Args:
        coded: The panel.
        codec: Ranges and cycles.
        bounds: (series, 2) first row, and first row that may not be seen, of each series.
        steps_long: Rows of a segment.
        skipped: Rows at the beginning of a segment that are not learnt from: the network has seen
            too little there.
        values: The configuration.
        seed: Where the draws begin.
        steps: Batches per epoch.
    """

    def __init__(
        self,
        coded: Coded,
        codec: Codec,
        bounds: npt.NDArray[np.int64],
        values: Mapping[str, Any],
        seed: int,
        steps: int,
        *,
        steps_long: int,
        skipped: int,
    ) -> None:
        super().__init__()
        self.coded, self.codec, self.bounds, self.values = coded, codec, bounds, values
        self.seed, self.steps, self.epoch = seed, steps, 0
        self.steps_long, self.skipped = steps_long, skipped
        lengths = (bounds[:, 1] - bounds[:, 0]).astype(np.float64)
        self.share = lengths / lengths.sum()

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[dict[str, npt.NDArray[Any]], npt.NDArray[Any]]:
        """Return inputs and truth (batch, steps, 2 * watched): values, and whether they count."""
        draw = np.random.default_rng((self.seed, self.epoch, index))
        size = int(self.values["training.batch_size"])
        bounds = self.bounds[draw.choice(len(self.bounds), size, p=self.share)]
        # a segment may begin up to `skipped` rows before its series
        last = np.maximum(bounds[:, 1] - self.steps_long, bounds[:, 0] - self.skipped)
        start = draw.integers(bounds[:, 0] - self.skipped, last + 1)
        rows = start[:, None] + np.arange(self.steps_long)
        inputs, truth, weight = gather(self.coded, self.codec, self.values, rows, bounds)
        is_early = np.arange(self.steps_long) < self.skipped
        weight = weight * ~(is_early & (start >= bounds[:, 0])[:, None])[..., None]
        return inputs, np.concatenate([truth, weight], axis=2, dtype=np.float32)

    def on_epoch_end(self) -> None:
        """Go on to draws of the next epoch."""
        self.epoch += 1
