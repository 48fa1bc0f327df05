"""A few shapes of batches, so that pairs of like length share one and little of it is padding.

A network is compiled once for each shape. Six of them, chosen to the data, leave less padding than
a shape for each length of a grid, and cost less time to compile.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

MOST_SHAPES = 6
CANDIDATES = 24
"""Lengths that are tried for each side of a shape."""

ROUNDS = 8

Lengths = npt.NDArray[np.int64]


class Shape(NamedTuple):
    """How many steps a batch has.

    Args:
        source: Tokens, or steps, of the sources.
        target: Tokens of the answers, the end among them.
    """

    source: int
    target: int


def find_shapes(sources: Lengths, targets: Lengths, most: int = MOST_SHAPES) -> tuple[Shape, ...]:
    """Choose shapes that leave little padding.

    Shapes move, one side at a time, to where all pairs together need the fewest steps, each pair
    in the smallest shape that holds it; until none moves any more.

    Args:
        sources: (pairs,) steps of each source.
        targets: (pairs,) tokens of each answer, the end among them.
        most: Shapes at most.

    Returns:
        The shapes, the smallest first; the last one holds every pair.
    """
    found, counts = np.unique(np.column_stack([sources, targets]), axis=0, return_counts=True)
    largest = found.max(axis=0)
    order = np.argsort(found.sum(axis=1), kind="stable")
    share = np.cumsum(counts[order]) / counts.sum()
    shapes = [largest]
    for quantile in np.linspace(0, 1, most + 1)[1:-1]:
        within = found[order[: int(np.searchsorted(share, quantile)) + 1]]
        shapes.append(_quantile(within, counts[order[: len(within)]], 0.9))
    tried = [_candidates(found[:, side], counts) for side in (0, 1)]
    best = np.array(shapes, np.int64)
    costs = _costs(best, found)
    for _ in range(ROUNDS):
        before = float((costs.min(axis=0) * counts).sum())
        for number in range(1, len(best)):
            others = np.delete(costs, number, axis=0).min(axis=0)
            for side in (0, 1):
                moved = np.repeat(best[number][None], len(tried[side]), axis=0)
                moved[:, side] = tried[side]
                each = _costs(moved, found)
                total = (np.minimum(each, others) * counts).sum(axis=1)
                least = int(total.argmin())
                if total[least] < (np.minimum(costs[number], others) * counts).sum():
                    best[number], costs[number] = moved[least], each[least]
        if float((costs.min(axis=0) * counts).sum()) >= before:
            break
    used = np.unique(costs.argmin(axis=0))
    kept = {(int(a), int(b)) for a, b in best[np.union1d(used, [0])]}
    return tuple(Shape(*each) for each in sorted(kept, key=lambda shape: (sum(shape), shape)))


def padding_of(shapes: tuple[Shape, ...], sources: Lengths, targets: Lengths) -> float:
    """Return the share of all steps that is padding where each pair is in its smallest shape."""
    pairs = np.column_stack([sources, targets])
    steps = _costs(np.array(shapes, np.int64), pairs).min(axis=0).sum()
    return float(1 - pairs.sum() / steps)


def smallest_of(
    shapes: tuple[Shape, ...], sources: Lengths, targets: Lengths
) -> npt.NDArray[np.int64]:
    """Return the number of the smallest shape that holds each pair, (pairs,)."""
    costs = _costs(np.array(shapes, np.int64), np.column_stack([sources, targets]))
    return costs.argmin(axis=0).astype(np.int64)


def _costs(shapes: Lengths, pairs: Lengths) -> npt.NDArray[np.float64]:
    """Return the steps of each shape for each pair, (shapes, pairs); infinite if too short."""
    holds = (shapes[:, None, :] >= pairs[None]).all(axis=2)
    costs: npt.NDArray[np.float64] = np.where(holds, shapes.sum(axis=1)[:, None], np.inf)
    return costs


def _quantile(found: Lengths, counts: Lengths, share: float) -> Lengths:
    rows = np.repeat(np.arange(len(found)), counts)
    return np.quantile(found[rows], share, axis=0, method="nearest").astype(np.int64)


def _candidates(lengths: Lengths, counts: Lengths) -> Lengths:
    """Return lengths to try: all of a few, else as many at equal shares of the pairs."""
    different = np.unique(lengths)
    if len(different) <= CANDIDATES:
        return different
    shares = np.linspace(0, 1, CANDIDATES)
    return np.unique(np.quantile(np.repeat(lengths, counts), shares, method="nearest"))
