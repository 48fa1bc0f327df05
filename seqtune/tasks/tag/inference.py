"""The probability of each tag at each position, by one network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.progress import Advance, no_progress
from seqtune.runtime.program import Program
from seqtune.runtime.programs import batch_rows
from seqtune.tasks._values import Network
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.crf_marginals import chain_marginals
from seqtune.tasks.tag.encoded import EncodedSequences
from seqtune.tasks.tag.lengths import number_of
from seqtune.tasks.tag.windows import Windows, overlapping

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

CHAIN_PARTS = Program("chain_parts", "seqtune.tasks.tag.network_programs")
"""The emissions of a batch, and what follows what."""

PROGRAMS = 3
"""So many lengths at most are windows padded to."""

POSITIONS = 8192
"""Positions that are predicted at a time."""


def network_marginals(
    network: Network,
    codec: Codec,
    encoded: EncodedSequences,
    values: Mapping[str, Any],
    advance: Advance = no_progress,
) -> Floats:
    """Return the probability of each tag.

    Sequences that are longer than a network reads at once are cut into windows that overlap; each
    position is taken from the window in which it is farthest from a cut.

    Args:
        network: The network.
        codec: Scales, lengths and tags.
        encoded: The sequences.
        values: The network's configuration.
        advance: Hears how many more positions are done.

    Returns:
        (positions, tags) float64; rows sum to 1.
    """
    inputs = encoded.inputs
    windows = overlapping(inputs.offsets, codec.longest, is_causal=codec.is_causal)
    found = np.empty((inputs.positions, len(codec.tags)))
    for chosen, real, steps in _chunks(windows, few_of(codec.lengths)):
        start, length = windows.start[chosen], windows.length[chosen]
        steps = network.fitting("steps", steps)
        batch = inputs.batch(codec, start, length, steps, values)
        if is_chain(values):
            emissions, transitions, borders = network.run(CHAIN_PARTS, batch)
            chances = chain_marginals(
                emissions, transitions, borders, length, is_causal=codec.is_causal
            )
        else:
            chances = _softmax(network(batch))
        place = start[:real, None] + np.arange(steps)  # (windows, steps)
        low, high = windows.keep_from[chosen[:real], None], windows.keep_to[chosen[:real], None]
        kept = (place >= low) & (place < high)
        found[place[kept]] = chances[:real][kept]
        advance(int(kept.sum()))
    return found


def is_chain(values: Mapping[str, Any]) -> bool:
    """Say whether a network decides the tags of a sequence together."""
    return bool(values["network.head"] == "crf")


def few_of(lengths: tuple[int, ...]) -> tuple[int, ...]:
    """Return every second length from the longest on, and every third or fourth of many.

    A program is compiled for each of them and for each network: padding costs less here, where
    nothing is learnt from it.

    Example:
        >>> few_of((5, 9, 14, 20, 31, 66))
        (9, 20, 66)
    """
    return lengths[:: -max(1, -(-len(lengths) // PROGRAMS))][::-1]


def _chunks(windows: Windows, lengths: tuple[int, ...]) -> Iterator[tuple[Rows, int, int]]:
    """Yield windows of like length, how many of them are real, and the steps they are padded to.

    All chunks of a length but the last have as many windows; the last is filled up with any of
    them.
    """
    fits = number_of(lengths, windows.length)
    for number, steps in enumerate(lengths):
        rows = np.flatnonzero(fits == number)
        most = 1 << (max(1, POSITIONS // steps).bit_length() - 1)
        for at in range(0, len(rows), most):
            chosen = rows[at : at + most]
            size = batch_rows(len(chosen), most)
            yield np.pad(chosen, (0, size - len(chosen)), mode="edge"), len(chosen), steps


def _softmax(logits: npt.NDArray[Any]) -> Floats:
    """Return probabilities (…, tags) of logits."""
    exact = np.asarray(logits, np.float64)
    powers = np.exp(exact - exact.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares
