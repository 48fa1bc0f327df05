"""Training batches: streams that go through the text side by side, each on from where it was."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Tokens = npt.NDArray[np.int32]


class Streams(keras.utils.PyDataset):  # type: ignore[misc]
    """An endless supply of batches, a number of them per epoch.

    The streams begin at equal distances, the first at a place that the seed gives, and go through
    the text round and round: what the network remembers at the end of a batch is what it needs at
    the beginning of the next.

    Args:
        tokens: (tokens,) of the text.
        streams: Rows of a batch.
        steps: Tokens of each row.
        seed: Gives the place where the first stream begins.
        batches: Batches per epoch.
    """

    def __init__(self, tokens: Array, streams: int, steps: int, seed: int, batches: int) -> None:
        super().__init__()
        self.tokens, self.steps, self.batches, self.epoch = tokens, steps, batches, 0
        first = int(np.random.default_rng(seed).integers(len(tokens)))
        self.begins = first + (np.arange(streams, dtype=np.int64) * len(tokens)) // streams

    def __len__(self) -> int:
        return self.batches

    def __getitem__(self, index: int) -> tuple[Tokens, Tokens]:
        """Return tokens (streams, steps) and those that come after each of them."""
        done = (self.epoch * self.batches + index) * self.steps
        places = self.begins[:, None] + done + np.arange(self.steps + 1)
        read = self.tokens[places % len(self.tokens)].astype(np.int32)
        return read[:, :-1], read[:, 1:]

    def on_epoch_end(self) -> None:
        """Go on to the batches of the next epoch."""
        self.epoch += 1


class GapStreams(Streams):
    """Streams through the text, of which each token is predicted from the others."""

    def __getitem__(self, index: int) -> tuple[Tokens, Tokens]:
        """Return tokens (streams, steps), and the same as what is to be predicted."""
        done = (self.epoch * self.batches + index) * self.steps
        places = self.begins[:, None] + done + np.arange(self.steps)
        read = self.tokens[places % len(self.tokens)].astype(np.int32)
        return read, read
