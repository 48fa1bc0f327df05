"""Network inputs: a part in its order, or training batches drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.tasks.classify.augmentation import hide_words, vary_series
from seqtune.tasks.classify.codec import Codec

Arrays = dict[str, npt.NDArray[Any]]
Rows = npt.NDArray[np.int64]


def network_inputs(
    codec: Codec,
    inputs: Ragged,
    rows: Rows,
    values: Mapping[str, Any],
    draw: np.random.Generator | None = None,
) -> Arrays:
    """Return cases as the network takes them.

    Args:
        codec: Scales and lengths.
        inputs: The cases, as tokens of the configuration's kind or as series.
        rows: Which of them.
        values: The configuration.
        draw: Varies them, for training; None leaves them as they are.

    Returns:
        `tokens` (cases, steps) int32; or `series` (cases, steps, channels) float32 and `length`
        (cases,) int32.
    """
    if codec.kind == "text":
        tokens, _ = inputs.take(rows, codec.longest[str(values["text.tokens"])])
        if draw is not None:
            tokens = hide_words(tokens, float(values["text.word_dropout"]), draw)
        return {"tokens": tokens.astype(np.int32, copy=False)}
    batch, lengths = inputs.take(rows, codec.longest["series"])
    scaled = codec.scaled(batch.astype(np.float64), lengths, str(values["series.scaling"]))
    if draw is not None:
        scaled = vary_series(scaled, lengths, values, draw)
    single = np.finfo(np.float32)  # values that are not scaled may be beyond it
    scaled = np.clip(scaled, single.min, single.max)
    return {"series": scaled.astype(np.float32), "length": lengths.astype(np.int32)}


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
