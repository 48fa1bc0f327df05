"""Cases to be classified: as networks read them, as simple methods do, and with their labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class EncodedCases:
    """Cases of a held-out part, or new ones; what nobody asks for is not encoded.

    Args:
        inputs: From what a network reads ("series", or a kind of token) to the cases as that.
        rows: (cases,) int64, which of them are meant.
        plain: Returns them as simple methods take them: texts, or (steps, channels) float64.
        truth: Returns their targets, (cases, classes), 0 or 1.
        where: From the number of a case to where it stands.
        text: From the number of a case to its text; empty for a series.
        names: What the cases are called; empty where they are rows.
        lines: (cases,) the row of the table at which each begins; empty where nobody asks.
    """

    inputs: Callable[[str], Ragged]
    rows: npt.NDArray[np.int64]
    plain: Callable[[], Sequence[Any]]
    truth: Callable[[], Floats]
    where: Callable[[int], str] = str
    text: Callable[[int], str] = lambda case: ""
    names: Sequence[str] = ()
    lines: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def targets(self) -> Floats:
        """(cases, classes), 0 or 1."""
        return self.truth()
