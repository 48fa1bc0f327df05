"""Sources to be answered: as networks read them, as simple methods do, and their references."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.tasks.translate.decoding_settings import GREEDY, DecodingSettings


class Inputs(Mapping[str, Ragged]):
    """Sources by what a network may read; each is encoded when it is first asked for.

    Args:
        names: Kinds of token, or "series".
        encode: Returns the sources as one of these.
    """

    def __init__(self, names: Sequence[str], encode: Callable[[str], Ragged]) -> None:
        self._names, self._encode = tuple(names), encode
        self._done: dict[str, Ragged] = {}

    def __getitem__(self, name: str) -> Ragged:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._done:
            self._done[name] = self._encode(name)
        return self._done[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True)
class EncodedPairs:
    """Cases of a held-out part, or new ones: a source each, and the answers that are known.

    Args:
        inputs: From what a network reads (a kind of token, or "series") to the sources as that;
            features are a series of one step.
        references: The different answers of each case; () where none is known.
        sources: Each source as text; features as `name=value` with semicolons between; "" for a
            series.
        lines: (cases,) int64, the row of the table at which each begins.
        names: What the cases are called; empty where they are called by their row.
        decoding: How answers are searched for.
        plain: Returns the sources as simple methods take them: texts, or (steps, channels) float64.
        where: From the number of a case to where it stands.
    """

    inputs: Mapping[str, Ragged]
    references: Sequence[Sequence[str]]
    sources: Sequence[str]
    lines: npt.NDArray[np.int64]
    names: Sequence[str] = ()
    decoding: DecodingSettings = GREEDY
    plain: Callable[[], Sequence[Any]] = field(default=tuple, repr=False)
    where: Callable[[int], str] = field(default=str, repr=False)

    def __len__(self) -> int:
        return len(self.sources)

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """(cases,) int64, the numbers of the cases."""
        return np.arange(len(self))
