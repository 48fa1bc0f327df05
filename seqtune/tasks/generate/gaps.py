"""How likely networks that predict a token from both sides find a text."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.text.vocabulary import END
from seqtune.progress import Advance, no_progress
from seqtune.tasks._values import Network

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]

AROUND = 64
"""Tokens that are read on either side of those that are scored."""

SCORED = 128
"""Tokens that are scored in one row."""

ROWS = 16
"""Rows at a time: each has a probability of every word for every token."""


def gap_log_probabilities(
    network: Network, array: Array, begin: int, end: int, advance: Advance = no_progress
) -> Floats:
    """Return the logarithm of the probability of each token, given all around it.

    Args:
        network: The network.
        array: (tokens,) ids.
        begin: The first token that is scored.
        end: The token after the last; what stands behind it is not read.
        advance: Hears how many more tokens are done.

    Returns:
        (end - begin,) float64, natural logarithms.
    """
    starts = np.arange(begin, end, SCORED)
    found = np.empty((len(starts), SCORED))
    offsets = np.arange(-AROUND, SCORED + AROUND)
    for first in range(0, len(starts), ROWS):
        rows = np.minimum(np.arange(first, first + ROWS), len(starts) - 1)
        places = starts[rows, None] + offsets
        inside = (places >= 0) & (places < end)
        tokens = np.where(inside, array[np.clip(places, 0, end - 1)], END).astype(np.int32)
        logits = np.asarray(network(tokens), np.float64)
        logits = logits[:, AROUND : AROUND + SCORED]
        highest = logits.max(axis=-1, keepdims=True)
        total = np.log(np.exp(logits - highest).sum(axis=-1)) + highest[..., 0]
        targets = tokens[:, AROUND : AROUND + SCORED, None]
        scored = np.take_along_axis(logits, targets, axis=-1)[..., 0] - total
        found[first : first + ROWS] = scored[: len(starts) - first]
        advance(min(ROWS * SCORED, end - begin))
    return found.ravel()[: end - begin]
