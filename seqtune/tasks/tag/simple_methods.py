"""The simple methods on the sequences of a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from seqtune.baselines.problem import PARTS, Portion, Problem
from seqtune.baselines.runner import quietly
from seqtune.baselines.tag._fitting import Known, TagFitting
from seqtune.errors import RunError, literal
from seqtune.progress import Listener
from seqtune.registry import baselines
from seqtune.tasks.tag.encoded import EncodedSequences
from seqtune.tasks.tag.sequences import Sequences

Floats = npt.NDArray[np.float64]

SAMPLES = (400, 4_000)
"""Training positions, about, of the samples that say how long a method takes."""

TAGGED_SHARE = 4
"""One of so many sequences of a sample is also tagged."""


def problem_of(
    fitting: TagFitting, train: Known, before: Known, asked: Sequence[EncodedSequences]
) -> Problem:
    """Return what the methods tag: the validation part, and the test part by a fit on more.

    Args:
        fitting: How they are fitted.
        train: The training part and its targets.
        before: Training and validation part together, and their targets.
        asked: The validation part, and the test part.
    """

    def portion(known: Known, asked: Sequences) -> Portion:
        return Portion(known, asked, (known[0].positions, asked.positions))

    def sample(size: int) -> Portion:
        some = _sample(train, size)
        return portion(some, some[0].take(np.arange(len(some[0]))[::TAGGED_SHARE]))

    def gather(name: str, answers: Sequence[Floats], listener: Listener) -> dict[str, Floats]:
        return dict(zip(PARTS, answers, strict=True))

    portions = [
        portion(known, each.plain()) for known, each in zip((train, before), asked, strict=True)
    ]
    return Problem(fitting, portions, gather, SAMPLES, sample)


def tag_by_method(
    fitting: TagFitting, known: Known, encoded: EncodedSequences, name: str
) -> Floats:
    """Return the probabilities of a simple method that is fitted on all sequences of the run.

    Args:
        fitting: How it is fitted.
        known: All sequences and their targets.
        encoded: What is tagged.
        name: The method.

    Raises:
        RunError: The method does not tag such sequences.
    """
    methods = baselines("tag")
    if name not in methods or fitting.refusal(methods[name]):
        raise RunError(f"{literal(name)} is no method for {fitting.kind}", "seqtune report RUN")

    def answer() -> Floats:
        return fitting.predict(fitting.fit(methods[name], known), encoded.plain())

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
    values = None if whole.values is None else whole.values[part]
    cut = Sequences(
        np.array([0, len(whole.rows[part])], np.int64),
        whole.rows[part],
        whole.tokens[part],
        values,
        whole.tags[part],
        whole.names,
        whole.groups,
    )
    return cut, targets[first : first + cut.positions]
