"""Training batches: pairs of like length side by side, in a new order each round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import numpy.typing as npt

from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.tasks.translate.buckets import Shape, smallest_of
from seqtune.tasks.translate.source_batch import Arrays, source_batch

if TYPE_CHECKING:
    from seqtune.tasks.translate.prepared import Prepared

Rows = npt.NDArray[np.int64]
Batch = tuple[Arrays, npt.NDArray[np.int32], npt.NDArray[np.float32]]


class TrainingBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """An endless supply of training batches, a number of them per epoch.

    Every pair comes once in a round, and all batches of a round have one of a few shapes. The order
    of a round, and with it every batch, depends on the seed alone. The last batch of a round is
    filled up with pairs that weigh nothing.

    Args:
        prepared: The pairs.
        values: The configuration.
        rows: (pairs,) those that may be learnt from.
        seed: Where the draws begin.
        steps: Batches per epoch.
    """

    def __init__(
        self, prepared: Prepared, values: Mapping[str, Any], rows: Rows, seed: int, steps: int
    ) -> None:
        super().__init__()
        self.codec, self.values, self.seed, self.steps = prepared.codec, values, seed, steps
        self.source = self.codec.source_name(values)
        self.target = str(values["tokens.target"])
        self.size = int(values["training.batch_size"])
        self.hidden = float(values["training.word_dropout"])
        self.inputs, self.targets = prepared.inputs[self.source], prepared.targets[self.target]
        self.rows, self.case, self.epoch = rows, prepared.case[rows], 0
        self.shapes = self.codec.shapes[self.source][self.target]
        lengths = self.inputs.lengths[self.case], self.targets.lengths[rows] + 1
        self._shape_of = smallest_of(self.shapes, *lengths)
        self._lengths = np.column_stack(lengths)
        self._round: tuple[int, list[tuple[Rows, Shape]]] = (-1, [])

    def __len__(self) -> int:
        return self.steps

    @property
    def batches_per_round(self) -> int:
        """Batches in which every pair comes once."""
        return -(-len(self.rows) // self.size)

    def __getitem__(self, index: int) -> Batch:
        """Return a batch.

        Returns:
            Inputs: `source` (batch, source steps) int32, or `series` (batch, source steps,
            channels) float32 and `length` (batch,) int32; and `previous` (batch, target steps)
            int32, the end and the tokens of the answer. Targets (batch, target steps) int32: the
            tokens and the end. Weights (batch, target steps) float32: 0 where padded, equal
            elsewhere, 1 on average.
        """
        place = self.epoch * self.steps + index
        number, within = divmod(place, self.batches_per_round)
        chosen, shape = self._batches_of(number)[within]
        return self._batch(chosen, shape, np.random.default_rng((self.seed, place)))

    def on_epoch_end(self) -> None:
        """Go on to draws of the next epoch."""
        self.epoch += 1

    def examples(self) -> list[Batch]:
        """Return a batch of each shape: for each of them a program is compiled."""
        draw = np.random.default_rng((self.seed, 1_000_033))
        some = np.argsort(self._lengths.sum(axis=1), kind="stable")[:1]
        fitting = [np.flatnonzero(self._shape_of == number) for number in range(len(self.shapes))]
        return [
            self._batch(rows[: self.size] if len(rows) else some, shape, draw)
            for rows, shape in zip(fitting, self.shapes, strict=True)
        ]

    def _batches_of(self, number: int) -> list[tuple[Rows, Shape]]:
        """Return the pairs and the shape of each batch of a round."""
        known, batches = self._round
        if known != number:
            batches = self._arranged(np.random.default_rng((self.seed, 1_000_003, number)))
            self._round = number, batches
        return batches

    def _arranged(self, draw: np.random.Generator) -> list[tuple[Rows, Shape]]:
        order = draw.permutation(len(self.rows))
        order = order[np.argsort(self._shape_of[order], kind="stable")]
        cut = [order[at : at + self.size] for at in range(0, len(order), self.size)]
        batches = [(rows, self._holding(rows)) for rows in cut]
        return [batches[at] for at in draw.permutation(len(batches))]

    def _holding(self, rows: Rows) -> Shape:
        """Return the smallest shape that holds all of some pairs; few batches mix two."""
        if self._shape_of[rows[0]] == self._shape_of[rows[-1]]:
            return self.shapes[int(self._shape_of[rows[0]])]
        longest = self._lengths[rows].max(axis=0)
        number = smallest_of(self.shapes, longest[:1], longest[1:])
        return self.shapes[int(number[0])]

    def _batch(self, chosen: Rows, shape: Shape, draw: np.random.Generator) -> Batch:
        filled = np.resize(chosen, self.size)
        inputs = source_batch(self.codec, self.inputs, self.case[filled], shape.source)
        tokens, lengths = self.targets.take(self.rows[filled], shape.target)
        targets = tokens.astype(np.int32, copy=False)  # padded with the end, as they are to end
        previous = np.concatenate([np.full((self.size, 1), END, np.int32), targets[:, :-1]], axis=1)
        if "source" in inputs:
            inputs["source"] = self._hide(inputs["source"], draw)
        inputs["previous"] = self._hide(previous, draw)
        mask = np.arange(shape.target) <= lengths[:, None]
        mask[len(chosen) :] = False
        weights = mask * (mask.size / mask.sum())
        return inputs, targets, weights.astype(np.float32)

    def _hide(self, tokens: npt.NDArray[np.int32], draw: np.random.Generator) -> Any:
        """Make tokens unknown at random (Gal & Ghahramani, arXiv 1512.05287, section 4.2)."""
        if self.hidden <= 0:
            return tokens
        hidden = (draw.random(tokens.shape) < self.hidden) & (tokens != END)
        return np.where(hidden, np.int32(UNKNOWN), tokens)
