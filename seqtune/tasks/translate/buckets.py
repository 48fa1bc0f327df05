"""A few shapes of batches, so that pairs of like length share one and little of it is padding.

A network is compiled once for each shape. A few of them, chosen to the data, leave less padding
than a shape for each length of a grid, and cost less time to compile.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FEW_SHAPES, MOST_SHAPES = 6, 8

PAIRS_PER_SHAPE = 150
"""So many pairs are worth compiling a shape for."""

SECONDS_PER_SHAPE = 30
"""So much of the budget is: compiling a training step takes one to four seconds."""

"""So many shapes where they leave little padding, else the most."""

LITTLE_PADDING = 0.15

USUAL_SHARE, FAR = 0.995, 0.9
"""Nearly all pairs; and the part of the longest below which their length saves something."""

SAMPLE = 5_000
"""Pairs that shapes are fitted to."""

CANDIDATES = 32
"""Lengths that are tried for each side of a shape."""

STARTS = tuple((power, cover) for power in (0.6, 1.0, 1.6) for cover in (0.5, 0.9))
"""From so many beginnings the search starts: the powers make the first shapes narrower or wider,
the covers say which share of the pairs up to a shape it holds."""

ROUNDS = 20

Lengths = npt.NDArray[np.int64]
Costs = npt.NDArray[np.float64]


class Shape(NamedTuple):
    """How many steps a batch has.

    Args:
        source: Tokens, or steps, of the sources.
        target: Tokens of the answers, the end among them.
    """

    source: int
    target: int


def choose_shapes(
    sources: Lengths, targets: Lengths, *, holds_all: bool, seconds: float = inf
) -> tuple[tuple[Shape, ...], int]:
    """Choose as few shapes as leave little padding, and never many.

    Args:
        sources: (pairs,) steps of each source.
        targets: (pairs,) tokens of each answer, the end among them.
        holds_all: Whether the last shape must hold every pair. If not, and if much would be
            padding, one pair in 200 may be longer: a batch then holds its beginning.
        seconds: The budget: a shape costs seconds to compile, which a short search has not.

    Returns:
        The shapes, the smallest first; and how many pairs the last one does not hold.
    """
    worth = min(len(sources) // PAIRS_PER_SHAPE, seconds // SECONDS_PER_SHAPE)
    few = int(min(FEW_SHAPES, max(2, worth)))
    shapes = find_shapes(sources, targets, few)
    if padding_of(shapes, sources, targets) <= LITTLE_PADDING:
        return shapes, 0
    longer = 0
    if not holds_all:
        usual = [_usual(lengths) for lengths in (sources, targets)]
        longer = int(((sources > usual[0]) | (targets > usual[1])).sum())
        sources, targets = np.minimum(sources, usual[0]), np.minimum(targets, usual[1])
        shapes = find_shapes(sources, targets, few) if longer else shapes
    if few == FEW_SHAPES and padding_of(shapes, sources, targets) > LITTLE_PADDING:
        shapes = find_shapes(sources, targets, MOST_SHAPES)
    return shapes, longer


def _usual(lengths: Lengths) -> int:
    """Return the length that nearly all have, where others are far longer; else the longest."""
    longest, usual = int(lengths.max()), np.quantile(lengths, USUAL_SHARE, method="higher")
    return int(usual) if usual < FAR * longest else longest


def find_shapes(sources: Lengths, targets: Lengths, most: int) -> tuple[Shape, ...]:
    """Choose shapes that leave as little padding as possible.

    Shapes move, one side at a time or both, to where all pairs together need the fewest steps, each
    pair in the smallest shape that holds it; until none moves any more. Of several beginnings the
    best end is taken.

    Args:
        sources: (pairs,) steps of each source.
        targets: (pairs,) tokens of each answer, the end among them.
        most: Shapes at most.

    Returns:
        The shapes, the smallest first; the last one holds every pair.
    """
    pairs = np.column_stack([sources, targets])
    if len(pairs) > SAMPLE:
        some = np.random.default_rng(len(pairs)).choice(len(pairs), SAMPLE, replace=False)
        pairs = np.concatenate([pairs[some], pairs.max(axis=0)[None]])
    found, counts = np.unique(pairs, axis=0, return_counts=True)
    tried = [_candidates(found[:, side], counts) for side in (0, 1)]
    ends = (_descended(start, found, counts, tried) for start in _starts(found, counts, most))
    best, costs = min(ends, key=lambda end: float((end[1].min(axis=0) * counts).sum()))
    used = {0, *costs.argmin(axis=0).tolist()}
    shapes = {Shape(*best[number].tolist()) for number in used}
    return tuple(sorted(shapes, key=lambda shape: (sum(shape), shape)))


def padding_of(shapes: tuple[Shape, ...], sources: Lengths, targets: Lengths) -> float:
    """Return the share of all steps that is padding where each pair is in its smallest shape."""
    pairs = np.column_stack([sources, targets])
    steps = _costs(np.array(shapes, np.int64), pairs).min(axis=0).sum()
    return float(1 - pairs.sum() / steps)


def smallest_of(
    shapes: tuple[Shape, ...], sources: Lengths, targets: Lengths
) -> npt.NDArray[np.int64]:
    """Return the number of the smallest shape that holds each pair, (pairs,)."""
    sources = np.minimum(sources, max(shape.source for shape in shapes))
    targets = np.minimum(targets, max(shape.target for shape in shapes))
    costs = _costs(np.array(shapes, np.int64), np.column_stack([sources, targets]))
    found: Lengths = costs.argmin(axis=0).astype(np.int64)
    return found


def _starts(found: Lengths, counts: Lengths, most: int) -> list[Lengths]:
    """Return beginnings, (shapes, 2) each; the first shape of each holds every pair."""
    rows = np.repeat(np.arange(len(found)), counts)
    rows = rows[np.argsort(found[rows].sum(axis=1), kind="stable")]
    starts = []
    for power, cover in STARTS:
        shapes = [found.max(axis=0)]
        for share in np.linspace(0, 1, most + 1)[1:-1] ** power:
            within = found[rows[: max(1, int(share * len(rows)))]]
            shapes.append(np.quantile(within, cover, axis=0, method="nearest"))
        starts.append(np.array(shapes, np.int64))
    return starts


def _descended(
    shapes: Lengths, found: Lengths, counts: Lengths, tried: list[Lengths]
) -> tuple[Lengths, Costs]:
    """Move shapes, but the first, as long as pairs then need fewer steps; return their costs."""
    costs, before = _costs(shapes, found), np.inf
    for _ in range(ROUNDS):
        for number in range(1, len(shapes)):
            others = np.delete(costs, number, axis=0).min(axis=0)
            for side in (None, 0, 1):
                moved = _moved(shapes[number], side, tried)
                each = _costs(moved, found)
                least = int((np.minimum(each, others) @ counts).argmin())
                shapes[number], costs[number] = moved[least], each[least]
        total = float(costs.min(axis=0) @ counts)
        if total >= before:
            break
        before = total
    return shapes, costs


def _moved(shape: Lengths, side: int | None, tried: list[Lengths]) -> Lengths:
    """Return where a shape may move to, (places, 2): one side alone, or both together.

    Both go by equal shares of the pairs: lengths of source and answer rise with each other.
    """
    if side is None:
        places = max(map(len, tried))
        rows = [np.linspace(0, len(each) - 1, places).round().astype(int) for each in tried]
        both = np.column_stack([each[row] for each, row in zip(tried, rows, strict=True)])
        return np.concatenate([shape[None], both])
    moved = np.repeat(shape[None], len(tried[side]), axis=0)
    moved[:, side] = tried[side]
    return moved


def _costs(shapes: Lengths, pairs: Lengths) -> Costs:
    """Return the steps of each shape for each pair, (shapes, pairs); infinite if too short."""
    holds = (shapes[:, :1] >= pairs[:, 0]) & (shapes[:, 1:] >= pairs[:, 1])
    costs: Costs = np.where(holds, shapes.sum(axis=1)[:, None], np.inf)
    return costs


def _candidates(lengths: Lengths, counts: Lengths) -> Lengths:
    """Return lengths to try: all of a few, else as many at equal shares of the pairs."""
    different = np.unique(lengths)
    if len(different) <= CANDIDATES:
        return different
    shares = np.linspace(0, 1, CANDIDATES)
    chosen = np.quantile(np.repeat(lengths, counts), shares, method="nearest")
    different = np.unique(chosen)
    return different.astype(np.int64)
