"""Training batches drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.inputs import Arrays, network_inputs

Rows = npt.NDArray[np.int64]


class TrainingBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """An endless supply of training batches, a number of them per epoch.

    All cases come once, in a new order, before any comes again. Batch `index` of epoch `epoch`
    depends on the seed alone, not on what was drawn before.

    Args:
        codec: Scales and lengths.
        inputs: The cases.
        targets: (cases, classes) float32.
        rows: The cases that may be learnt from.
        values: The configuration.
        seed: Where the draws begin.
        steps: Batches per epoch.
    """

    def __init__(
        self,
        codec: Codec,
        inputs: Ragged,
        targets: npt.NDArray[np.float32],
        rows: Rows,
        values: Mapping[str, Any],
        seed: int,
        steps: int,
    ) -> None:
        super().__init__()
        self.codec, self.inputs, self.targets, self.rows = codec, inputs, targets, rows
        self.values, self.seed, self.steps, self.epoch = values, seed, steps, 0
        weights = np.array(codec.weights) if values["training.class_weights"] else None
        self._class_weights = weights

    def __len__(self) -> int:
        return self.steps

    def __getitem__(
        self, index: int
    ) -> tuple[Arrays, npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return inputs, targets (batch, classes) and weights (batch,)."""
        size = int(self.values["training.batch_size"])
        first = (self.epoch * self.steps + index) * size
        rows = self.rows[self._places(first, size)]
        draw = np.random.default_rng((self.seed, self.epoch, index))
        targets = self.targets[rows]
        weights = np.ones(size)
        if self._class_weights is not None:
            total = np.maximum(targets.sum(axis=1), 1.0)
            weights = (targets * self._class_weights).sum(axis=1) / total
            weights[targets.sum(axis=1) == 0] = 1.0
        preprocessed = network_inputs(self.codec, self.inputs, rows, self.values, draw)
        return preprocessed, self._softened(targets).astype(np.float32), weights.astype(np.float32)

    def _softened(self, targets: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
        """Return targets (batch, classes) with a share of each spread over all classes.

        Source:
            Szegedy et al., Rethinking the Inception Architecture, arXiv 1512.00567, section 7.
        """
        share = float(self.values["training.label_smoothing"])
        evenly = 0.5 if self.codec.labels.is_multi else 1 / targets.shape[1]
        return (1 - share) * targets + share * evenly

    def on_epoch_end(self) -> None:
        """Go on to draws of the next epoch."""
        self.epoch += 1

    def _places(self, first: int, size: int) -> Rows:
        """Return places `first` and on of the endless row of shuffled rounds."""
        count = len(self.rows)
        places = np.arange(first, first + size)
        rounds = places // count
        shuffled = np.empty(size, dtype=np.int64)
        for number in np.unique(rounds):
            order = np.random.default_rng((self.seed, 1_000_003, int(number))).permutation(count)
            chosen = rounds == number
            shuffled[chosen] = order[places[chosen] % count]
        return shuffled
