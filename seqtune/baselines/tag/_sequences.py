"""What a method that tags is fitted on and asked: sequences one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from seqtune.baselines.method import Floats, Integers


class Sequences(Protocol):
    """Sentences of tokens, or series of steps, flat.

    Attributes:
        offsets: (sequences + 1,) int64, where each begins among the positions.
        rows: (positions,) int64, the row of the table that each position is.
        tokens: (positions,) the tokens; empty for steps.
        values: (positions, channels) float64 without NaN; None for tokens.
        names: What each sequence is called, the same for all parts of one series; empty where
            all are of one.
    """

    @property
    def offsets(self) -> Integers: ...
    @property
    def rows(self) -> Integers: ...
    @property
    def tokens(self) -> Sequence[str]: ...
    @property
    def values(self) -> Floats | None: ...
    @property
    def names(self) -> Sequence[str]: ...


def positions_of(sequences: Sequences) -> int:
    """Return the number of positions of all sequences together."""
    return int(sequences.offsets[-1])


def frequencies_of(targets: Integers, tags: int) -> Floats:
    """Return (tags,) the share of each tag among the positions that have one."""
    counts = np.bincount(targets[targets >= 0], minlength=tags)
    return np.asarray(counts / max(1, counts.sum()), np.float64)


def bounds_of(offsets: Integers) -> tuple[Integers, Integers]:
    """Return (positions,) where the sequence of each position begins, and where it ends."""
    lengths = np.diff(offsets)
    return np.repeat(offsets[:-1], lengths), np.repeat(offsets[1:], lengths)


def steps_of(sequences: Sequences) -> Floats:
    """Return the values of series of steps.

    Raises:
        ValueError: There are none: these are tokens.
    """
    if sequences.values is None:
        raise ValueError("found tokens, expected steps with values")
    return sequences.values
