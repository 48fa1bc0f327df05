"""The simple methods on the sequences of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.kept_fits import kept_fit
from seqtune.baselines.problem import PARTS, Portion, Problem
from seqtune.baselines.runner import quietly
from seqtune.baselines.tag._fitting import TagFitting
from seqtune.errors import RunError, literal
from seqtune.progress import Listener
from seqtune.registry import baselines
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.encoded import EncodedSequences
from seqtune.tasks.tag.prepared import Prepared
from seqtune.tasks.tag.sequences import Sequences

Floats = npt.NDArray[np.float64]
Known = tuple[Sequences, npt.NDArray[np.int64]]
"""Sequences, and the number of each position's tag, -1 where it has none."""

SAMPLES = (400, 4_000)
"""Training positions, about, of the samples that say how long a method takes."""

TAGGED_SHARE = 4
"""One of so many sequences of a sample is also tagged."""


def fitting_of(codec: Codec, seed: int) -> TagFitting:
    """Return how simple methods are fitted on such sequences."""
    return TagFitting(codec.kind, len(codec.tags), codec.is_causal, seed)


def problem_of(prepared: Prepared, seed: int) -> Problem:
    """Return what the methods tag: the validation part, and the test part by a fit on more.

    Args:
        prepared: The sequences.
        seed: Of the methods that draw at random.
    """
    train = known_sequences(prepared, prepared.until("train"))
    before = known_sequences(prepared, prepared.until("validation"))

    def portion(known: Known, asked: Sequences) -> Portion:
        return Portion(known, asked, (known[0].positions, asked.positions))

    def sample(size: int) -> Portion:
        some = _sample(train, size)
        return portion(some, some[0].take(np.arange(len(some[0]))[::TAGGED_SHARE]))

    def gather(name: str, answers: Sequence[Floats], listener: Listener) -> dict[str, Floats]:
        return dict(zip(PARTS, answers, strict=True))

    portions = [
        portion(known, prepared.encoded(part).plain())
        for known, part in zip((train, before), PARTS, strict=True)
    ]
    return Problem(fitting_of(prepared.codec, seed), portions, gather, SAMPLES, sample)


def known_sequences(prepared: Prepared, chosen: npt.NDArray[np.int64]) -> Known:
    """Return sequences as simple methods learn from them."""
    sequences = prepared.sequences(chosen)
    return sequences, prepared.targets[prepared.inputs.places(chosen)].astype(np.int64)


def tag_by_method(prepared: Prepared, encoded: EncodedSequences, name: str, seed: int) -> Floats:
    """Return the probabilities of a simple method that is fitted on all sequences of the run.

    Args:
        prepared: The run's sequences.
        encoded: What is tagged.
        name: The method.
        seed: Of the methods that draw at random.

    Raises:
        RunError: The method does not tag such sequences.
    """
    fitting = fitting_of(prepared.codec, seed)
    methods = baselines("tag")
    if name not in methods or fitting.refusal(methods[name]):
        raise RunError(f"{literal(name)} is no method for {fitting.kind}", "seqtune report RUN")

    def fit() -> Any:
        known = known_sequences(prepared, np.arange(len(prepared.parts)))
        return fitting.fit(methods[name], known)

    def answer() -> Floats:
        return fitting.predict(kept_fit(prepared, (name, seed), fit), encoded.plain())

    return quietly(answer)


def _sample(known: Known, size: int) -> Known:
    """Return sequences spread over all, with about so many positions, a labelled one among them.

    A long sequence is cut: no sample is larger than it must be.
    """
    sequences, targets = known
    count = max(1, min(len(sequences), round(len(sequences) * size / max(1, sequences.positions))))
    chosen = np.unique(np.linspace(0, len(sequences) - 1, count).astype(np.int64))
    taken, places = sequences.take(chosen), sequences.places(chosen)
    if taken.positions > 2 * size or not (targets[places] >= 0).any():
        return _stretch(sequences, targets, size)
    return taken, targets[places]


def _stretch(sequences: Sequences, targets: npt.NDArray[np.int64], size: int) -> Known:
    """Return so many positions from the first labelled one on, of its sequence."""
    first = int(np.argmax(targets >= 0))
    number = int(np.searchsorted(sequences.offsets, first, side="right")) - 1
    whole = sequences.take([number])
    begin = first - int(sequences.offsets[number])
    part = slice(begin, begin + size)
    rows = whole.rows[part]
    cut = replace(
        whole,
        offsets=np.array([0, len(rows)], np.int64),
        rows=rows,
        tokens=whole.tokens[part],
        values=None if whole.values is None else whole.values[part],
        tags=whole.tags[part],
    )
    return cut, targets[first : first + cut.positions]
