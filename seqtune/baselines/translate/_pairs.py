"""Sources and the texts that they were turned into, and the units in which both are taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from seqtune.baselines.method import Floats

Answers = list[tuple[str, float]]
"""A text for each source, and the mean log-probability of its units; 0.0 where a method has none.
"""

Write = Callable[[Sequence[Any]], Answers]
"""A fitted method: from sources to a text for each."""


@runtime_checkable
class Rates(Protocol):
    """A fitted method that can rate any answer: networks and it can answer together."""

    def candidates(self, sources: Sequence[Any], most: int) -> list[list[str]]:
        """Return different targets of each source, the likeliest first; [] where it knows none.

        Args:
            sources: As for `Write`.
            most: Targets of each at most.
        """

    def log_probabilities(self, sources: Sequence[Any], targets: Sequence[str]) -> Floats:
        """Return how likely targets are, each of its source.

        Args:
            sources: (pairs,) one to each target.
            targets: (pairs,) any texts.

        Returns:
            (pairs,) natural logarithms, -inf for a target that it cannot make of its source; or,
            all of one source larger or smaller by the same amount.
        """


@dataclass(frozen=True)
class Pairs:
    """Sources, and a target for each.

    Args:
        sources: One per pair; equal sources may come again with another target. A text, which may
            be empty, or a (steps, channels) float64 array without NaN, of any length of at
            least 1.
        targets: One text per pair.
        kind: What a source is: "text", "symbols" (a text of symbols that blanks divide),
            "features" (an array of one step) or "series".
        target_kind: What a target is: "text" or "symbols".
    """

    sources: Sequence[Any]
    targets: Sequence[str]
    kind: str
    target_kind: str = "text"

    def __len__(self) -> int:
        return len(self.targets)


def units_of(text: str, kind: str) -> list[str]:
    """Return the symbols of a text, or its characters.

    Example:
        >>> units_of("a ts", "symbols"), units_of("a ts", "text")
        (['a', 'ts'], ['a', ' ', 't', 's'])
    """
    return text.split() if kind == "symbols" else list(text)


def joined(units: Sequence[str], kind: str) -> str:
    """Return the text of units; see `units_of`."""
    return (" " if kind == "symbols" else "").join(units)
