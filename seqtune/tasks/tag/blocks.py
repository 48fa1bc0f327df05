"""Few long series are cut by time into blocks, each of which belongs to one part.

    series   |--- training ---|-- validation --|-- test --|--- training ---|-- validation --| …
             '------------------ a round -----------------'

Rounds are as many as it takes for every tag to occur in every part, so long as no block is shorter
than what a network reads at once.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from seqtune.tasks.tag.sequences import Rows, Sequences
from seqtune.tasks.tag.tag_codes import tag_codes

PARTS = (0, 1, 2)
"""Training, validation and test, in the order of time."""

MOST_ROUNDS = 64


def cut_into_blocks(
    sequences: Sequences,
    validation: float,
    test: float,
    longest: int,
    most_rounds: int = MOST_ROUNDS,
) -> tuple[Sequences, npt.NDArray[np.int8], int]:
    """Cut series into blocks of training, validation and test.

    Args:
        sequences: Long series, or long texts.
        validation: Share of the positions.
        test: Share of the positions.
        longest: Positions that a block has at least, where there is more than one round.
        most_rounds: Rounds at most; with one, the last block of each series tests.

    Returns:
        The blocks, those of a series one after the other under its name; the part of each,
        (blocks,) int8; and how many rounds the longest series has.
    """
    codes = tag_codes(sequences.tags)[1]
    best: tuple[int, Rows, Rows] | None = None
    rounds = 1
    while rounds <= most_rounds:
        counts = _rounds_of(sequences, rounds, min(validation, test), longest)
        if best is not None and counts.max(initial=1) < rounds:
            break
        bounds, parts = _bounds(sequences, counts, validation, test)
        lacking = _lacking(codes, bounds, parts)
        if best is None or lacking < best[0]:
            best = (lacking, counts, bounds)
        if not lacking:
            break
        rounds *= 2
    assert best is not None
    bounds, parts = _bounds(sequences, best[1], validation, test)
    return _cut(sequences, bounds, parts), parts, int(best[1].max(initial=1))


def _rounds_of(sequences: Sequences, rounds: int, share: float, longest: int) -> Rows:
    """Return how many rounds each series has, (sequences,): fewer where it is too short for all."""
    fits = np.floor(sequences.lengths * share / max(1, longest)).astype(np.int64)
    return np.clip(fits, 1, rounds)


def _bounds(
    sequences: Sequences, rounds: Rows, validation: float, test: float
) -> tuple[Rows, npt.NDArray[np.int8]]:
    """Return where blocks begin, (blocks + 1,), and the part of each; empty blocks are left out."""
    starts: list[int] = []
    parts: list[int] = []
    for begin, length, count in zip(
        sequences.offsets[:-1].tolist(), sequences.lengths.tolist(), rounds.tolist(), strict=True
    ):
        edges = begin + np.round(np.linspace(0, length, count + 1)).astype(np.int64)
        for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            size = last - first
            held = [round(share * size) for share in (validation, test)]
            held = [max(1, each) for each in held] if size >= len(PARTS) else [0, 0]
            places = (first, last - sum(held), last - held[1], last)
            for part in PARTS:
                if places[part + 1] > places[part]:
                    starts.append(places[part])
                    parts.append(part)
    return np.array([*starts, sequences.positions], np.int64), np.array(parts, np.int8)


def _lacking(codes: Rows, bounds: Rows, parts: npt.NDArray[np.int8]) -> int:
    """Return in how many parts tags are missing, over all tags that occur at least thrice."""
    part = np.repeat(parts.astype(np.int64), np.diff(bounds))
    known = codes >= 0
    names = int(codes.max(initial=-1)) + 1
    table = np.zeros((len(PARTS), names), np.int64)
    np.add.at(table, (part[known], codes[known]), 1)
    common = table.sum(axis=0) >= len(PARTS)
    return int((table[:, common] == 0).sum())


def _cut(sequences: Sequences, bounds: Rows, parts: npt.NDArray[np.int8]) -> Sequences:
    origin = np.searchsorted(sequences.offsets, bounds[:-1], side="right") - 1
    return replace(
        sequences,
        offsets=bounds,
        names=[sequences.names[each] for each in origin.tolist()] if sequences.names else (),
        groups=None if sequences.groups is None else sequences.groups[origin],
    )
