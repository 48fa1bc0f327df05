"""Probabilities of cases by one network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.progress import Advance, no_progress
from seqtune.runtime.programs import batch_rows
from seqtune.tasks._values import Network
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.inputs import network_inputs

Floats = npt.NDArray[np.float64]

CHUNK = 512
"""Cases that are predicted at a time."""


def network_probabilities(
    network: Network,
    codec: Codec,
    inputs: Ragged,
    rows: npt.NDArray[np.int64],
    values: Mapping[str, Any],
    advance: Advance = no_progress,
) -> Floats:
    """Return the probability of each class by one network, in chunks of one size.

    Args:
        network: The network.
        codec: Scales, lengths and classes.
        inputs: The cases, as tokens of the configuration's kind or as series.
        rows: Which of them.
        values: The network's configuration.
        advance: Hears how many more cases are done.

    Returns:
        (rows, classes) float64.
    """
    size = batch_rows(len(rows), CHUNK)
    logits = np.empty((len(rows), len(codec.labels.names)))
    for start in range(0, len(rows), size):
        chosen = rows[np.minimum(np.arange(start, start + size), len(rows) - 1)]
        output = network(network_inputs(codec, inputs, chosen, values))
        logits[start : start + size] = np.asarray(output, np.float64)[: len(rows) - start]
        advance(min(size, len(rows) - start))
    return from_logits(logits, is_multi=codec.labels.is_multi)


def from_logits(logits: Floats, *, is_multi: bool) -> Floats:
    """Return probabilities (cases, classes) of logits: softmax, or sigmoid of each."""
    if is_multi:
        probabilities: Floats = 0.5 * (1.0 + np.tanh(0.5 * logits))
        return probabilities
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def input_name(codec: Codec, values: Mapping[str, Any]) -> str:
    """Return what the network of a configuration reads: "series", or a kind of token."""
    return str(values["text.tokens"]) if codec.kind == "text" else "series"
