"""Sequences to be tagged: as networks read them, as simple methods do, and with their tags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seqtune.tasks.tag.inputs import Inputs
from seqtune.tasks.tag.sequences import Sequences

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class EncodedSequences:
    """Sequences of a held-out part, or new ones; `len()` counts their positions.

    Args:
        inputs: The sequences as networks read them.
        plain: Returns them as simple methods take them: tokens, or values with gaps filled.
        truth: Returns the number of each position's tag, (positions,) int64; -1 where it is not
            known, and is not scored.
        rows: (positions,) the row of the table that each is.
        where: From a position to where it stands.
        names: What the sequences are called; empty where they are called by their rows.
    """

    inputs: Inputs
    plain: Callable[[], Sequences]
    truth: Callable[[], Rows]
    rows: Rows
    where: Callable[[int], str] = str
    names: Sequence[str] = ()

    def __len__(self) -> int:
        return self.inputs.positions

    @property
    def offsets(self) -> Rows:
        """(sequences + 1,), where each sequence begins among the positions."""
        return self.inputs.offsets

    @cached_property
    def targets(self) -> Rows:
        """(positions,) the number of each tag; -1 where it is not known."""
        return self.truth()
