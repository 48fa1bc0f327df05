"""The target of each distinct source: of several its commonest, the first of equals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence


def commonest_by_source(sources: Sequence[Hashable], targets: Sequence[str]) -> dict[int, str]:
    """Return the commonest target of each distinct source, by the place where it first stands.

    Args:
        sources: One per pair.
        targets: One per pair.

    Returns:
        In the order of the sources.

    Example:
        >>> commonest_by_source(["a", "b", "a", "a"], ["x", "y", "z", "z"])
        {0: 'z', 1: 'y'}
    """
    first: dict[Hashable, int] = {}
    counts: dict[int, Counter[str]] = {}
    for place, (source, target) in enumerate(zip(sources, targets, strict=True)):
        counts.setdefault(first.setdefault(source, place), Counter())[target] += 1
    return {place: those.most_common(1)[0][0] for place, those in counts.items()}
