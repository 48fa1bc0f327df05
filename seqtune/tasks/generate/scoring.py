"""How likely a network finds a text, read in a few streams at the same time.

text     ......................................
stream 1   ::::::::::::
stream 2           ----::::::::::                - read, to know what came before; not scored
stream 3                     ----::::::::::      : scored
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.text.vocabulary import END
from seqtune.progress import Advance, no_progress
from seqtune.tasks._values import Network
from seqtune.tasks.generate.programs import SCORE_TARGETS, STEPS, state_shapes

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]

MAX_LANES = 64
LANE = 256
"""Tokens of a stream at least, where there are several."""

BEFORE = 192
"""Tokens that a stream reads before those that it scores: what a state remembers of more is worth
less than a thousandth of a bit."""


def log_probabilities(
    network: Network, array: Array, begin: int, end: int, advance: Advance = no_progress
) -> Floats:
    """Return the logarithm of the probability of each token of a stretch, and the entropy there.

    Args:
        network: The network.
        array: (tokens,) ids.
        begin: The first token that is scored, above 0; what stands before it is read.
        end: The token after the last.
        advance: Hears how many more tokens are done.

    Returns:
        (end - begin, 2) float64: the natural logarithm, and the entropy of what the network
        expected, in nats.
    """
    count = end - begin
    streams = 1
    while streams < MAX_LANES and count >= 2 * streams * LANE:
        streams *= 2
    each = -(-count // streams)
    before = BEFORE if streams > 1 else min(begin - 1, BEFORE)
    width = -(-(before + each) // STEPS) * STEPS
    first = begin - 1 - before + np.arange(streams) * each  # the place of each stream's first input
    states = [np.zeros((streams, *shape), np.float32) for shape in state_shapes(network)]
    found = np.empty((streams, width, 2))
    for step in range(0, width, STEPS):
        places = first[:, None] + step + np.arange(STEPS + 1)
        inside = (places >= 0) & (places < end)
        tokens = np.where(inside, array[np.clip(places, 0, end - 1)], END).astype(np.int32)
        *told, states = network.run(SCORE_TARGETS, tokens[:, :-1], tokens[:, 1:], states)
        found[:, step : step + STEPS] = np.stack([np.asarray(each) for each in told], axis=-1)
        advance(min(streams * STEPS, count))
    return found[:, before : before + each].reshape(-1, 2)[:count]
