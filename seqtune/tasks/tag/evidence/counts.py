"""What is found and missed of each tag, or of each kind of span, sequence by sequence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.tasks._ratios import Ratio, ratio
from seqtune.tasks.tag.answers import STRANGE, TaggedSequences
from seqtune.tasks.tag.tag_errors import NEVER

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Counts:
    """Counts of a model.

    Args:
        right: (sequences, kinds) what was found and is right.
        support: (sequences, kinds) what there is.
        predicted: (sequences, kinds) what was found.
    """

    right: Ints
    support: Ints
    predicted: Ints

    def recall(self, kind: int) -> Ratio:
        """Return the share of what there is that was found."""
        return ratio(self.right[:, kind], self.support[:, kind])

    def precision(self, kind: int) -> Ratio:
        """Return the share of what was found that is right."""
        return ratio(self.right[:, kind], self.predicted[:, kind])

    def f1(self, kind: int) -> Ratio:
        """Return the harmonic mean of both."""
        return ratio(2 * self.right[:, kind], self.support[:, kind] + self.predicted[:, kind])


def kinds_of(found: TaggedSequences, most: int) -> tuple[str, ...]:
    """Return the tags, or kinds of spans, that occur in the truth, the commonest first.

    Args:
        found: Sequences whose tags are known.
        most: How many to return at most.
    """
    if found.tags.has_spans:
        times = Counter(_shown(kind) for kind in found.true_spans.kind)
    else:
        codes = np.minimum(found.targets[found.targets >= 0], len(found.tags))
        names = (*found.tags.names, NEVER)
        counted = np.bincount(codes, minlength=len(names)).tolist()
        times = Counter({name: count for name, count in zip(names, counted, strict=True) if count})
    return tuple(name for name, _ in sorted(times.items(), key=lambda each: (-each[1], each[0])))[
        :most
    ]


def counts_of(found: TaggedSequences, kinds: Sequence[str]) -> Counts:
    """Count what a model found.

    Args:
        found: Sequences with its tags.
        kinds: Of `kinds_of`.
    """
    numbers = {kind: number for number, kind in enumerate(kinds)}
    shape = len(found.offsets) - 1, len(kinds)

    def counted(sequences: Ints, codes: Ints) -> Ints:
        inside = codes >= 0
        cells = sequences[inside] * shape[1] + codes[inside]
        return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)

    def of_spans(start: Ints, names: Sequence[str], chosen: npt.NDArray[np.bool_]) -> Ints:
        codes = np.array([numbers.get(_shown(name), -1) for name in names], np.int64)
        return counted(found.sequence[start[chosen]], codes[chosen])

    if found.tags.has_spans:
        spans, truth = found.spans, found.true_spans
        every = np.ones(len(spans.kind), np.bool_)
        return Counts(
            right=of_spans(spans.start, spans.kind, found.right),
            support=of_spans(truth.start, truth.kind, np.ones(len(truth.kind), np.bool_)),
            predicted=of_spans(spans.start, spans.kind, every),
        )
    names = (*found.tags.names, NEVER)
    code_of = np.array([numbers.get(name, -1) for name in names], np.int64)
    scored = found.targets >= 0
    sequences = found.sequence[scored]
    given = code_of[found.predicted[scored]]
    known = code_of[np.minimum(found.targets[scored], len(found.tags))]
    is_right = ~found.wrong[scored]
    return Counts(
        right=counted(sequences[is_right], given[is_right]),
        support=counted(sequences, known),
        predicted=counted(sequences, given),
    )


def _shown(kind: str) -> str:
    return NEVER if kind == STRANGE else kind
