"""A few lengths of batches, so that sequences of like length share one and little is padding.

A network is compiled once for each length.
"""

from __future__ import annotations

from math import inf

import numpy as np
import numpy.typing as npt

LITTLE_PADDING = 0.15
"""As few lengths as leave no more padding than this share of all positions."""

MOST = 8
SECONDS_PER_LENGTH = 30
"""So much of the budget is one length worth: compiling a training step takes seconds."""

CANDIDATES = 64
"""Lengths that are tried, at equal shares of the positions."""

Lengths = npt.NDArray[np.int64]


def choose_lengths(lengths: Lengths, seconds: float = inf) -> tuple[int, ...]:
    """Choose the fewest lengths that leave little padding; a sequence is in the shortest it fits.

    Args:
        lengths: (sequences,) positions of each, at least one.
        seconds: The budget.

    Returns:
        The lengths, rising; the last holds every sequence.

    Example:
        >>> choose_lengths(np.array([3, 3, 3, 20]))
        (3, 20)
    """
    tried, costs = _best(lengths, MOST)
    most = int(min(MOST, max(2, seconds / SECONDS_PER_LENGTH), len(tried)))
    positions = float(lengths.sum())
    few = next(
        (k for k in range(1, most) if 1 - positions / costs[k - 1][0] <= LITTLE_PADDING), most
    )
    return costs[few - 1][1]


def padding_of(chosen: tuple[int, ...], lengths: Lengths) -> float:
    """Return the share of all positions that is padding."""
    held = np.array(chosen)[number_of(chosen, lengths)]
    return float(1 - lengths.sum() / held.sum())


def number_of(chosen: tuple[int, ...], lengths: Lengths) -> Lengths:
    """Return the number of the shortest length that holds each sequence, (sequences,)."""
    return np.searchsorted(np.array(chosen), lengths).astype(np.int64)


def _best(lengths: Lengths, most: int) -> tuple[Lengths, list[tuple[float, tuple[int, ...]]]]:
    """Return what was tried, and for 1, 2, … lengths the positions that they need, and which.

    It is the exact optimum over the lengths that are tried, by dynamic programming: the last of k
    lengths holds what the k - 1 before it do not.
    """
    different, counts = np.unique(lengths, return_counts=True)
    tried = different
    if len(different) > CANDIDATES:
        weight = np.cumsum(different * counts) / lengths.sum()
        places = np.searchsorted(weight, np.linspace(0, 1, CANDIDATES + 1)[1:] - 1e-9)
        tried = np.unique(np.append(different[np.minimum(places, len(weight) - 1)], different[-1]))
    held = np.bincount(np.searchsorted(tried, different), counts, len(tried))
    below = np.concatenate([[0.0], np.cumsum(held)])  # sequences shorter than each candidate
    # from i to j: sequences above candidate i - 1, up to j, all as long as j
    step = (below[None, 1:] - below[:-1, None]) * tried[None, :]
    step[np.tril_indices(len(tried), -1)] = np.inf
    best = step[0]
    ways: list[tuple[int, ...]] = [(int(each),) for each in tried]
    found = [(float(best[-1]), ways[-1])]
    for _ in range(1, min(most, len(tried))):
        both = np.concatenate([[np.inf], best[:-1]])[:, None] + step  # (from, to)
        chosen = both.argmin(axis=0)
        is_better = both.min(axis=0) < best
        ways = [
            (*ways[chosen[to] - 1], int(tried[to])) if is_better[to] else ways[to]
            for to in range(len(tried))
        ]
        best = np.minimum(best, both.min(axis=0))
        found.append((float(best[-1]), ways[-1]))
    return tried, found
