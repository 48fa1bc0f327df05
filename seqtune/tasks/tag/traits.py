"""What a tagger watches for drift: tags, words, lengths, channels.

Many series are watched series by series, by their means, and few step by step. A run has both, so
that few new ones are compared with the steps of the run, however many series these are of.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from seqtune.data.drift.sample import Numbers, Sample, Samples, Words
from seqtune.data.ragged import Ragged
from seqtune.data.reading.source import Source
from seqtune.tasks._case_traits import some, traits_of_channels, unseen
from seqtune.tasks._values import Context
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.parts import TRAIN
from seqtune.tasks.tag.prepared import Prepared
from seqtune.tasks.tag.read_sequences import aligned, read_sequences
from seqtune.tasks.tag.sequences import Rows, Sequences

FEW = 20
"""Where the run, or what is new, has fewer series, each step is watched, in its time."""

MOST_STEPS = 200_000
"""So many steps are compared at most: the last ones."""


def usual(prepared: Prepared) -> Samples:
    """Return what is watched of the sequences that the run was fitted on."""
    codec = prepared.codec
    every = np.arange(len(prepared.parts))
    chosen = some(every)
    found = prepared.as_given(chosen)
    counts = np.bincount(prepared.targets[prepared.targets >= 0], minlength=len(codec.tags))
    tags = {name: n for name, n in zip(codec.tags.names, counts.tolist(), strict=True) if n}
    watched: dict[str, Sample] = {"tags": Words(tags, len(every))}
    if codec.lexicon is not None:
        held_out = np.flatnonzero(prepared.parts[chosen] != TRAIN)
        watched |= _unknown(codec, found, held_out)
        is_cut = len({*found.names}) < len(found)  # how long a block is says nothing of a text
        return watched if is_cut else {**watched, **_lengths(found)}
    watched |= _of_steps(codec, found, np.arange(found.positions))
    if len({*found.names}) >= FEW:
        watched |= _of_series(codec, found)
    return watched


def new(prepared: Prepared, source: Source, context: Context, known: float = 0.0) -> Samples:
    """Return what is watched of new sequences; tags where they have some."""
    codec = prepared.codec
    label = aligned(source, codec.roles).label
    has_labels = label in source.names
    every = read_sequences(source, codec.roles, with_labels=has_labels, to_learn=False)
    found = every.take(unseen(len(every), known))
    tags = found.tags
    if codec.lexicon is not None:
        watched = {**_unknown(codec, found, np.arange(len(found))), **_lengths(found)}
    elif min(len(found), len({*prepared.names.texts(np.arange(len(prepared.parts)))})) >= FEW:
        watched = _of_series(codec, found)
    else:
        steps = _unseen_steps(prepared, every, known)
        watched = _of_steps(codec, every, steps)
        tags = [every.tags[step] for step in steps.tolist()] if every.tags else ()
    counts = Counter(tag for tag in tags if tag)
    if counts and not codec.tags.has_spans:  # spans may be marked in another way
        return {"tags": Words(counts, len(found)), **watched}
    return watched


def _unseen_steps(prepared: Prepared, found: Sequences, known: float) -> Rows:
    """Return the steps of few series that come after those of the run; all where none does.

    Args:
        prepared: The data of the run.
        found: The series.
        known: About which share of their steps the run was fitted on. Where it is none, a series
            is another one, whatever its name.
    """
    every = np.arange(found.positions)
    if not known:
        return every
    seen: Counter[str] = Counter()
    names = prepared.names.texts(np.arange(len(prepared.parts)))
    for name, steps in zip(names, np.diff(prepared.inputs.offsets).tolist(), strict=True):
        seen[name] += steps  # a long series is cut into blocks of its name
    first = found.offsets[:-1] + np.array([seen[name] for name in found.names], np.int64)
    unknown = every[every >= np.repeat(first, found.lengths)]
    return unknown if len(unknown) else every


def _of_steps(codec: Codec, found: Sequences, chosen: Rows) -> dict[str, Sample]:
    """Return the values of each channel, step by step."""
    assert found.values is not None
    values = found.values[chosen[-MOST_STEPS:]]
    steps = np.arange(len(values))
    return {
        f"{name} by step": Numbers(values[:, number], steps)
        for number, name in enumerate(codec.roles.channels)
    }


def _of_series(codec: Codec, found: Sequences) -> dict[str, Sample]:
    """Return the mean of each channel of each series, and how long these are."""
    assert found.values is not None
    series = Ragged(found.values, found.offsets)
    return traits_of_channels(codec.roles.channels, series, np.arange(len(found)))


def _lengths(found: Sequences) -> dict[str, Sample]:
    return {"tokens": Numbers(found.lengths.astype(np.float64))}


def _unknown(codec: Codec, found: Sequences, held_out: Rows) -> dict[str, Sample]:
    """Return which share of the tokens of some sentences is not in the vocabulary."""
    assert codec.lexicon is not None
    lexicon = codec.lexicon
    words = [each.lower() if lexicon.lower else each for each in found.tokens]
    unknown = np.array([word not in lexicon.numbers for word in words], np.float64)
    shares = [
        float(unknown[found.offsets[each] : found.offsets[each + 1]].mean())
        for each in held_out.tolist()
        if found.lengths[each]
    ]
    return {"unknown tokens": Numbers(np.array(shares))}
