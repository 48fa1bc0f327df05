"""Long sequences cut into windows that overlap, and joined again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]

OVERLAP = 0.25
"""Share of a window that it has in common with the next one."""


@dataclass(frozen=True)
class Windows:
    """Pieces of sequences; every position is kept from one of them.

    Args:
        start: (windows,) the first position of each.
        length: (windows,) its positions.
        keep_from: (windows,) the first position that is kept from it.
        keep_to: (windows,) the position behind the last one that is kept.
    """

    start: Rows
    length: Rows
    keep_from: Rows
    keep_to: Rows

    def __len__(self) -> int:
        return len(self.start)


def overlapping(offsets: Rows, longest: int, *, is_causal: bool = False) -> Windows:
    """Cut sequences into windows; short ones are whole.

    The windows of a sequence are spread evenly. Each position is kept from the window in which it
    is farthest from a cut; where only what came before counts, from the one that began first.

    Args:
        offsets: (sequences + 1,), where each sequence begins.
        longest: Positions of a window.
        is_causal: Whether a network looks back alone.

    Example:
        >>> cut = overlapping(np.array([0, 10]), 4)
        >>> cut.start.tolist(), cut.keep_from.tolist()
        ([0, 3, 6], [0, 3, 6])
    """
    lengths = np.diff(offsets)
    overlap = min(max(1, int(longest * OVERLAP)), longest - 1)
    beyond = np.maximum(lengths - overlap, 1)
    counts = np.where(lengths == 0, 0, -(-beyond // (longest - overlap)))
    counts = np.where(lengths <= longest, np.minimum(counts, 1), counts)
    total = int(counts.sum())
    of = np.repeat(np.arange(len(lengths)), counts)  # (windows,) the sequence of each
    number = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    free = np.maximum(lengths - longest, 0)[of]
    within = (number * free) // np.maximum(counts[of] - 1, 1)
    start = offsets[:-1][of] + within
    length = np.minimum(lengths[of], longest)
    end = start + length
    is_first, is_last = number == 0, number == counts[of] - 1
    before, after = np.roll(end, 1), np.roll(start, -1)  # of the windows on both sides
    keep_from = np.where(is_first, start, before if is_causal else (before + start) // 2)
    keep_to = np.where(is_last, end, end if is_causal else (end + after) // 2)
    return Windows(start, length, keep_from, keep_to)


def side_by_side(
    begin: Rows, end: Rows, longest: int, draw: np.random.Generator
) -> tuple[Rows, Rows]:
    """Cut long sequences where chance wants it, so that training sees no cut twice.

    Args:
        begin: (sequences,) the first position of each.
        end: (sequences,) the position behind its last.
        longest: Positions of a piece at most.
        draw: Draws the first cut of each sequence that is longer.

    Returns:
        Where pieces begin, and their positions, (pieces,) each; together they are all positions.
    """
    lengths = end - begin
    is_long = lengths > longest
    first = np.where(is_long, draw.integers(1, longest + 1, len(lengths)), lengths)
    counts = np.where(lengths == 0, 0, 1 + -(-(lengths - first) // longest))
    of = np.repeat(np.arange(len(lengths)), counts)
    number = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    start = np.where(number == 0, 0, first[of] + (number - 1) * longest)
    stop = np.minimum(first[of] + number * longest, lengths[of])
    return begin[of] + start, stop - start
