"""Training batches: pieces of like length side by side, in a new order each round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from seqtune.tasks.tag.augmentation import vary
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.inputs import Arrays, Inputs
from seqtune.tasks.tag.lengths import number_of
from seqtune.tasks.tag.weighted_loss import ABSENT
from seqtune.tasks.tag.windows import side_by_side

Rows = npt.NDArray[np.int64]
Pieces = tuple[Rows, Rows, int]
"""Where the pieces of a batch begin, their positions, and the number of the batch's length."""

Targets = npt.NDArray[np.int32]
Batch = tuple[Arrays, Targets, npt.NDArray[np.float32]]


class TrainingBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """An endless supply of training batches, a number of them per epoch.

    Every position comes at least once in a round. Batches have one of a few lengths, and of each
    length about as many positions; a long sequence is cut at other places in each round. All
    depends on the seed alone.

    Args:
        prepared: The sequences, their tags and the codec.
        values: The configuration.
        chosen: The sequences that may be learnt from.
        seed: Where the draws begin.
        steps: Batches per epoch.
    """

    def __init__(
        self, prepared: Any, values: Mapping[str, Any], chosen: Rows, seed: int, steps: int
    ) -> None:
        super().__init__()
        self.codec: Codec = prepared.codec
        self.inputs: Inputs = prepared.inputs
        self.targets, self.values = prepared.targets, values
        self.seed, self.steps, self.epoch = seed, steps, 0
        self._chosen = np.asarray(chosen, np.int64)
        size = int(values["training.batch_size"])
        self.rows = tuple(rows_of(size, self.codec.usual, length) for length in self.codec.lengths)
        self._begin(0, 0)

    def __len__(self) -> int:
        return self.steps

    @property
    def batches_per_round(self) -> int:
        """Batches of this round; others have a few more or less where sequences are cut."""
        return len(self._batches)

    def __getitem__(self, index: int) -> Batch:
        """Return a batch.

        Returns:
            Inputs as `Inputs.batch` gives them. Targets (batch, steps) int32: the number of a tag,
            -1 where it is not known, -2 where padded. Weights (batch, steps) float32: 0 where there
            is nothing to learn, equal elsewhere, 1 on average.
        """
        place = self.epoch * self.steps + index
        if place < self._first:
            self._begin(0, 0)
        while place >= self._first + len(self._batches):
            self._begin(self._number + 1, self._first + len(self._batches))
        draw = np.random.default_rng((self.seed, place))
        return self._batch(self._batches[place - self._first], draw)

    def on_epoch_end(self) -> None:
        """Go on to draws of the next epoch."""
        self.epoch += 1

    def examples(self) -> list[Batch]:
        """Return a batch of each length: for each of them a program is compiled."""
        start, length, _ = self._batches[0]
        shortest = np.minimum(length[:1], self.codec.lengths[0])
        return [
            self._batch((np.repeat(start[:1], rows), np.repeat(shortest, rows), number),
                        np.random.default_rng((self.seed, 1_000_033)))
            for number, rows in enumerate(self.rows)
        ]  # fmt: skip

    def _begin(self, number: int, first: int) -> None:
        """Make the batches of a round whose first one has the place `first` among all."""
        draw = np.random.default_rng((self.seed, 1_000_003, number))
        self._number, self._first, self._batches = number, first, self._arranged(draw)

    def _arranged(self, draw: np.random.Generator) -> list[Pieces]:
        """Return the batches of a round; pieces that are left of a length join longer ones."""
        begin, end = self.inputs.offsets[:-1], self.inputs.offsets[1:]
        start, length = side_by_side(
            begin[self._chosen], end[self._chosen], self.codec.longest, draw
        )
        order = draw.permutation(len(start))
        fits = number_of(self.codec.lengths, length)
        batches: list[Pieces] = []
        left = order[:0]
        for number, rows in enumerate(self.rows):
            waiting = np.concatenate([left, order[fits[order] == number]])
            full = len(waiting) // rows * rows
            left = waiting[full:]
            if number + 1 == len(self.rows) and len(left):
                more = draw.choice(order, rows - len(left), replace=True)  # nothing is padding
                waiting, full = np.concatenate([waiting, more]), full + rows
            batches += [
                (start[chosen], length[chosen], number)
                for chosen in waiting[:full].reshape(-1, rows)
            ]
        return [batches[at] for at in draw.permutation(len(batches))]

    def _batch(self, pieces: Pieces, draw: np.random.Generator) -> Batch:
        start, length, number = pieces
        steps = self.codec.lengths[number]
        inputs = vary(self.inputs.batch(self.codec, start, length, steps, self.values),
                      self.codec, self.values, draw)  # fmt: skip
        step = np.arange(steps)
        present = step < length[:, None]
        targets = self.targets[np.where(present, start[:, None] + step, 0)]
        learnt: Targets = np.where(present, targets, ABSENT).astype(np.int32)
        weights = (learnt >= 0).astype(np.float32)
        scale = np.float32(weights.size / max(1.0, float(weights.sum())))
        return inputs, learnt, (weights * scale).astype(np.float32)


def rows_of(size: int, usual: int, length: int) -> int:
    """Return how many pieces of a length a batch has: as many positions as of usual pieces.

    Args:
        size: Pieces of a batch, if all were as long as usual.
        usual: Mean positions of a piece.
        length: Positions that each is padded to.

    Example:
        >>> rows_of(32, 16, 16), rows_of(32, 16, 64)
        (32, 8)
    """
    return max(1, round(size * usual / length))
