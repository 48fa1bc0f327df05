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

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.progress import Advance, no_progress
from seqtune.tasks._values import Network
from seqtune.tasks.generate.programs import SCORE_TARGETS, STEPS, state_shapes
from seqtune.tasks.generate.step_tokens import units_of

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
    """Return the logarithm of the probability of each token of a stretch.

    Args:
        network: The network.
        array: (tokens,) ids.
        begin: The first token that is scored, above 0; what stands before it is read.
        end: The token after the last.
        advance: Hears how many more tokens are done.

    Returns:
        (end - begin,) float64, natural logarithms.
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
    found = np.empty((streams, width))
    for step in range(0, width, STEPS):
        places = first[:, None] + step + np.arange(STEPS + 1)
        inside = (places >= 0) & (places < end)
        tokens = np.where(inside, array[np.clip(places, 0, end - 1)], END).astype(np.int32)
        scored, states = network.run(SCORE_TARGETS, tokens[:, :-1], tokens[:, 1:], states)
        found[:, step : step + STEPS] = np.asarray(scored)
        advance(min(streams * STEPS, count))
    return found[:, before : before + each].ravel()[:count]


LEAST = 1e-300
"""A probability below it counts as this."""


def predictions_of(tokens: Tokenizer, ids: Array, chances: Floats) -> Floats:
    """Return what predictions of a text are: they may be averaged over models.

    Args:
        tokens: The vocabulary.
        ids: (tokens,) of the text.
        chances: (tokens,) log-probability of each.

    Returns:
        (tokens, 2): the probability of each, the naming of unknown characters included, and how
        many characters it is; of events, how many steps.
    """
    named = np.where(ids == UNKNOWN, chances - tokens.surprise, chances)
    return np.stack([np.maximum(np.exp(named), LEAST), units_of(tokens, ids)], axis=1)
