"""Probabilities of cases: by one network, by a row of the leaderboard, by a simple method."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.classification import methods_for, probabilities_of
from seqtune.data.ragged import Ragged
from seqtune.errors import literal
from seqtune.files import damaged
from seqtune.metrics.calibration import scaled
from seqtune.progress import Advance, ProgressCounter, no_progress
from seqtune.runtime.programs import batch_rows, predict
from seqtune.tasks.classify.batches import network_inputs
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.prepared import Prepared

Floats = npt.NDArray[np.float64]

CHUNK = 512
"""Cases that are predicted at a time."""


def network_probabilities(
    model: Any,
    codec: Codec,
    inputs: Ragged,
    rows: npt.NDArray[np.int64],
    values: Mapping[str, Any],
    tell: Advance = no_progress,
) -> Floats:
    """Return the probability of each class by one network, in chunks of one size.

    Args:
        model: The network.
        codec: Scales, lengths and classes.
        inputs: The cases, as tokens of the configuration's kind or as series.
        rows: Which of them.
        values: The network's configuration.
        tell: Is told how many more cases are done.

    Returns:
        (rows, classes) float64.
    """
    size = batch_rows(len(rows), CHUNK)
    logits = np.empty((len(rows), len(codec.labels.names)))
    for start in range(0, len(rows), size):
        chosen = rows[np.minimum(np.arange(start, start + size), len(rows) - 1)]
        output = predict(model, network_inputs(codec, inputs, chosen, values))
        logits[start : start + size] = np.asarray(output, np.float64)[: len(rows) - start]
        tell(min(size, len(rows) - start))
    return from_logits(logits, is_multi=codec.labels.is_multi)


def from_logits(logits: Floats, *, is_multi: bool) -> Floats:
    """Return probabilities (cases, classes) of logits: softmax, or sigmoid of each."""
    if is_multi:
        probabilities: Floats = 0.5 * (1.0 + np.tanh(0.5 * logits))
        return probabilities
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def row_probabilities(
    run: Any, name: str, cases: Sequence[Any], encoded: Callable[[str], Ragged]
) -> Floats:
    """Return the probabilities that a row of the leaderboard gives.

    Args:
        run: The run.
        name: The row.
        cases: The cases as simple methods take them.
        encoded: From what a network reads ("series", or a kind of token) to the cases as that.

    Returns:
        (cases, classes) float64, calibrated.
    """
    prepared: Prepared = run.prepared
    codec = prepared.codec
    if run.choose(name).kind == "baseline":
        return _by_method(run, name, cases)
    rows = np.arange(len(cases))
    total = np.zeros((len(cases), len(codec.labels.names)))
    members = run.members[name]
    tally = ProgressCounter(run.listener, len(members) * len(cases), "cases")
    for member in members:
        if member.baseline:
            part = _by_method(run, member.baseline, cases)
            tally.add(len(cases))
        else:
            model, inputs = run.network(member), encoded(input_name(codec, member.values))
            part = network_probabilities(model, codec, inputs, rows, member.values, tally.add)
        total += member.weight * _honest(run, member.baseline or member.trial, part)
    return _honest(run, name, total)


def _honest(run: Any, name: str, probabilities: Floats) -> Floats:
    """Return probabilities at the temperature of a trial, a method or an ensemble."""
    temperature = run.calibrations.get(name, {}).get("temperature", 1.0)
    is_multi = run.prepared.codec.labels.is_multi
    return scaled(probabilities, temperature, is_multi=is_multi)


def input_name(codec: Codec, values: Mapping[str, Any]) -> str:
    """Return what the network of a configuration reads: "series", or a kind of token."""
    return str(values["text.tokens"]) if codec.kind == "text" else "series"


def _by_method(run: Any, name: str, cases: Sequence[Any]) -> Floats:
    """Fit a simple method to all cases of the run, and return its probabilities."""
    prepared: Prepared = run.prepared
    if name not in methods_for(prepared.codec.kind):  # type: ignore[arg-type]
        raise damaged(run.folder, f"{literal(name)} is no method for {prepared.codec.kind}")
    every = np.arange(len(prepared.parts))
    return probabilities_of(
        name,
        prepared.cases(every),
        prepared.targets.astype(np.float64),
        cases,
        is_multi=prepared.codec.labels.is_multi,
        seed=int(run.record["seed"]),
    )
