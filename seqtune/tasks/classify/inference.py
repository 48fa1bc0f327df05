"""Probabilities of cases: by one network, or by a simple method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.classification import methods_for, probabilities_of
from seqtune.data.ragged import Ragged
from seqtune.errors import RunError, literal
from seqtune.progress import Advance, no_progress
from seqtune.runtime.programs import batch_rows
from seqtune.tasks._values import Network
from seqtune.tasks.classify.batches import network_inputs
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.encoded import EncodedCases
from seqtune.tasks.classify.prepared import Prepared

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


def method_probabilities(prepared: Prepared, cases: EncodedCases, method: str, seed: int) -> Floats:
    """Return the probabilities of a simple method that is fitted on all cases of the run.

    Args:
        prepared: The run's cases.
        cases: What is classified.
        method: Name of the method.
        seed: Of the methods that draw at random.

    Raises:
        RunError: The method does not classify such cases.
    """
    kind = prepared.codec.kind
    if method not in methods_for(kind):  # type: ignore[arg-type]
        raise RunError(f"{literal(method)} is no method for {kind}", "seqtune report RUN")
    every = np.arange(len(prepared.parts))
    return probabilities_of(
        method,
        prepared.cases(every),
        prepared.targets.astype(np.float64),
        cases.plain(),
        is_multi=prepared.codec.labels.is_multi,
        seed=seed,
    )
