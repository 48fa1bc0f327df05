"""What a tagger watches for drift: tags, words, lengths, channels."""

from __future__ import annotations

from collections import Counter

import numpy as np

from seqtune.data.drift.sample import Numbers, Sample, Samples, Words
from seqtune.data.reading.source import Source
from seqtune.tasks._case_traits import some, unseen
from seqtune.tasks._values import Context
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.parts import TRAIN
from seqtune.tasks.tag.prepared import Prepared
from seqtune.tasks.tag.read_sequences import aligned, read_sequences
from seqtune.tasks.tag.sequences import Rows, Sequences

FEW = 20
"""Of fewer series each step is watched, in its time; of more, the mean of each."""


def usual(prepared: Prepared) -> Samples:
    """Return what is watched of the sequences that the run was fitted on."""
    codec = prepared.codec
    every = np.arange(len(prepared.parts))
    chosen = some(every)
    found = prepared.as_given(chosen)
    counts = np.bincount(prepared.targets[prepared.targets >= 0], minlength=len(codec.tags))
    tags = {name: n for name, n in zip(codec.tags.names, counts.tolist(), strict=True) if n}
    held_out = np.flatnonzero(prepared.parts[chosen] != TRAIN)
    return {"tags": Words(tags, len(every)), **_of_sequences(codec, found, held_out)}


def new(prepared: Prepared, source: Source, context: Context, known: float = 0.0) -> Samples:
    """Return what is watched of new sequences; tags where they have some."""
    codec = prepared.codec
    label = aligned(source, codec.roles).label
    has_labels = label in source.names
    found = read_sequences(source, codec.roles, with_labels=has_labels, to_learn=False)
    chosen = unseen(len(found), known)
    if len(chosen) < len(found):
        found = found.take(chosen)
    tags: dict[str, Sample] = {}
    counts = Counter(tag for tag in found.tags if tag)
    if counts and not codec.tags.has_spans:  # spans may be marked in another way
        tags = {"tags": Words(counts, len(found))}
    return {**tags, **_of_sequences(codec, found, np.arange(len(found)))}


def _of_sequences(codec: Codec, found: Sequences, held_out: Rows) -> dict[str, Sample]:
    lengths = found.lengths.astype(np.float64)
    if codec.lexicon is not None:
        lexicon = codec.lexicon
        words = [each.lower() if lexicon.lower else each for each in found.tokens]
        unknown = np.array([word not in lexicon.numbers for word in words], np.float64)
        shares = [
            float(unknown[found.offsets[each] : found.offsets[each + 1]].mean())
            for each in held_out.tolist()
            if lengths[each]
        ]
        return {"tokens": Numbers(lengths), "unknown tokens": Numbers(np.array(shares))}
    assert found.values is not None
    if len(found) < FEW:
        steps = np.arange(found.positions)
        return {
            name: Numbers(found.values[:, number], steps)
            for number, name in enumerate(codec.roles.channels)
        }
    samples: dict[str, Sample] = {"steps": Numbers(lengths)}
    for number, name in enumerate(codec.roles.channels):
        column = found.values[:, number]
        known = np.isfinite(column)
        ends = found.offsets
        count = np.concatenate([[0], np.cumsum(known)])
        total = np.concatenate([[0.0], np.cumsum(np.where(known, column, 0.0))])
        many = count[ends[1:]] - count[ends[:-1]]
        mean = (total[ends[1:]] - total[ends[:-1]]) / np.maximum(many, 1)
        samples[name] = Numbers(np.where(many > 0, mean, np.nan))
    return samples
