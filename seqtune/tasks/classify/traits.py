"""What a classifier watches for drift: labels, texts or channels; is it as right as it is sure?"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import numpy.typing as npt

from seqtune.data.drift.chance import beyond_normal
from seqtune.data.drift.sample import Sample, Samples, Words
from seqtune.data.drift.table import Finding
from seqtune.data.ragged import Ragged
from seqtune.data.reading.source import Source
from seqtune.tasks._case_traits import traits_of_channels, traits_of_tokens, unseen
from seqtune.tasks._values import Context
from seqtune.tasks.classify.cases import read_cases
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.encode import encode_cases
from seqtune.tasks.classify.encoded import EncodedCases
from seqtune.tasks.classify.prepared import Prepared

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

LABELS = "labels"


def usual(prepared: Prepared) -> Samples:
    """Return what is watched of the cases that the run was fitted on."""
    codec = prepared.codec
    cases = np.arange(len(prepared.parts))
    held_out = np.union1d(prepared.rows["validation"], prepared.rows["test"])
    if prepared.has_folds:  # the vocabulary knows all cases but those of the test part
        held_out = prepared.rows["test"]
    name = next(iter(prepared.inputs))
    counts = prepared.targets.sum(axis=0).astype(int).tolist()
    labels = {label: n for label, n in zip(codec.labels.names, counts, strict=True) if n}
    return {
        LABELS: Words(labels, len(cases)),
        **_of_inputs(codec, name, prepared.inputs[name], cases, held_out),
    }


def new(prepared: Prepared, source: Source, context: Context, known: float = 0.0) -> Samples:
    """Return what is watched of new cases; labels where they have some."""
    codec = prepared.codec
    has_labels = codec.roles.label in source.names
    cases = read_cases(source, codec.roles, with_labels=has_labels)
    chosen = unseen(len(cases), known)
    cases = cases if len(chosen) == len(cases) else cases.take(chosen)
    found: dict[str, Sample] = {}
    if has_labels:
        counts = Counter(label for cell in cases.labels for label in codec.labels.split(cell))
        if counts:
            found[LABELS] = Words(counts, sum(bool(cell) for cell in cases.labels))
    name = next(iter(codec.tokenizers), "series")
    inputs, _ = encode_cases(codec, cases, name)
    every = np.arange(len(cases))
    return {**found, **_of_inputs(codec, name, inputs, every, every)}


def _of_inputs(
    codec: Codec, name: str, inputs: Ragged, cases: Rows, held_out: Rows
) -> dict[str, Sample]:
    if codec.kind == "text":
        return traits_of_tokens(codec.roles.text, inputs, cases, held_out)
    channels = codec.roles.channels
    if codec.roles.series is None:  # the columns are the steps of one channel
        channels = ("values",)
    return traits_of_channels(tuple(channels), inputs, cases)


def of_predictions(prepared: Prepared, cases: EncodedCases, made: Floats) -> list[Finding]:
    """Return whether the classifier is right as often as it is sure.

    Args:
        prepared: The data of the run.
        cases: Cases with their labels.
        made: (cases, classes) probabilities.
    """
    if prepared.codec.labels.is_multi or not len(cases):
        return []
    best = made.argmax(axis=1)
    right = cases.targets[np.arange(len(best)), best] > 0
    sure = made.max(axis=1)
    share, promised = float(right.mean()), float(sure.mean())
    error = math.sqrt(max(float((sure * (1 - sure)).sum()), 1.0)) / len(best)
    chance = beyond_normal((share - promised) / error)
    return [Finding("answers", "confidence", promised, share, share - promised, chance, error)]
