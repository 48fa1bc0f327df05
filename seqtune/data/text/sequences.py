"""Sequences of tokens in the form that networks take: none empty, none too long."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import UNKNOWN

Ids = npt.NDArray[np.int32]
Lengths = npt.NDArray[np.int64]


def filled(ids: Ids, lengths: Lengths) -> Ragged:
    """Give the sequences that are empty the one token for unknown."""
    starts = np.cumsum(lengths) - lengths
    ids = np.insert(ids, starts[lengths == 0], UNKNOWN)
    return ragged(ids, np.maximum(lengths, 1))


def shortened(tokens: Ragged, max_length: int) -> Ragged:
    """Cut the middle out of sequences longer than `max_length`."""
    lengths = np.minimum(tokens.lengths, max_length)
    short = ragged(np.empty(int(lengths.sum()), np.int32), lengths)
    sequence = np.repeat(np.arange(len(tokens)), lengths)
    position = np.arange(len(short.values)) - short.offsets[sequence]
    head = max_length - max_length // 4
    left_out = np.where(position >= head, (tokens.lengths - lengths)[sequence], 0)
    return Ragged(tokens.values[tokens.offsets[sequence] + position + left_out], short.offsets)


def ragged(values: Ids, lengths: Lengths) -> Ragged:
    """Return sequences of these lengths that lie one after the other in `values`."""
    return Ragged(values, np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]))
