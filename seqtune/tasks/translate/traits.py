"""What a translator watches for drift: how long its texts are, and what it cannot read."""

from __future__ import annotations

import numpy as np

from seqtune.data.drift.sample import Numbers, Sample, Samples
from seqtune.data.reading.source import Source
from seqtune.tasks._case_traits import some, traits_of_channels, traits_of_tokens, unseen
from seqtune.tasks._values import Context
from seqtune.tasks.translate.codec import SERIES, Codec
from seqtune.tasks.translate.encode import encode_numbers
from seqtune.tasks.translate.pairs import read_pairs
from seqtune.tasks.translate.prepared import Prepared
from seqtune.tasks.translate.split import TRAIN

ANSWERS = "answers: characters"


def usual(prepared: Prepared) -> Samples:
    """Return what is watched of the cases that the run was fitted on."""
    codec = prepared.codec
    name = codec.source_names[0]
    cases = np.arange(len(prepared.parts))
    answers = prepared.target_texts(some(np.arange(len(prepared.case))))
    found: dict[str, Sample] = {ANSWERS: _lengths(answers)}
    if name == SERIES:
        return {**found, **traits_of_channels(_channels(codec), prepared.inputs[name], cases)}
    held_out = np.flatnonzero(prepared.parts != TRAIN)
    tokens = prepared.inputs[name]
    return {**found, **traits_of_tokens(codec.roles.source, tokens, cases, held_out)}


def new(prepared: Prepared, source: Source, context: Context, known: float = 0.0) -> Samples:
    """Return what is watched of new sources; answers where they have some."""
    codec = prepared.codec
    has_answers = codec.roles.target in source.names
    pairs = read_pairs(
        source, codec.roles,
        lower=codec.lower, with_targets=has_answers, categories=codec.categories,
    )  # fmt: skip
    chosen = unseen(len(pairs), known)
    pairs = pairs if len(chosen) == len(pairs) else pairs.take(chosen)
    name, every = codec.source_names[0], np.arange(len(pairs))
    found: dict[str, Sample] = {ANSWERS: _lengths(pairs.targets)} if has_answers else {}
    if name == SERIES:
        series, _ = encode_numbers(codec, pairs)
        return {**found, **traits_of_channels(_channels(codec), series, every)}
    tokens, _ = codec.source_tokens(pairs.sources, name)
    return {**found, **traits_of_tokens(codec.roles.source, tokens, every, every)}


def _channels(codec: Codec) -> tuple[str, ...]:
    """Return a name for each channel; a category is one channel for each of its words."""
    names = tuple(codec.roles.channels)
    if len(names) == codec.channels:
        return names
    return tuple(f"channel {number + 1}" for number in range(codec.channels))


def _lengths(texts: object) -> Numbers:
    return Numbers(np.array([float(len(text)) for text in texts]))  # type: ignore[attr-defined]
