"""Notes that begin and end at times of their own, brought to a grid of steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seqtune.data.reading.music.piece import Piece, sounding

GRIDS = (1, 2, 3, 4, 6, 8, 12, 16, 24)
"""Steps of a quarter note that are tried, the coarsest first."""

CLOSE, CLOSE_STEP = 0.03, 0.12
"""So far from a step of the grid, in quarter notes and in steps, a note still begins on it."""

ENOUGH = 0.95
"""Share of the notes that begin on the grid that is taken."""

USUAL = 4
"""Sixteenths, where no grid holds enough notes: somebody played freely."""


@dataclass(frozen=True)
class Played:
    """The notes of a file.

    Args:
        path: The file, for messages.
        notes: Begin and end in quarter notes, and the note, of each; at least one.
    """

    path: str
    notes: Sequence[tuple[float, float, int]]


def grid_of(played: Sequence[Played]) -> int:
    """Return how many steps of a quarter note there are: the coarsest grid that holds the notes.

    Example:
        >>> grid_of([Played("tune", [(0, 1, 60), (1, 1.5, 62), (1.5, 2, 64)])])
        2
    """
    begins = [note[0] for each in played for note in each.notes]
    for grid in GRIDS:
        near = min(CLOSE * grid, CLOSE_STEP)
        held = sum(abs(begin * grid - round(begin * grid)) <= near for begin in begins)
        if held >= ENOUGH * len(begins):
            return grid
    return USUAL


def piece_of(played: Played, grid: int) -> Piece:
    """Return the sets of notes that sound in each step.

    Args:
        played: The notes of a file.
        grid: Steps of a quarter note.
    """
    spans = []
    for begin, end, note in played.notes:
        first = round(begin * grid)
        spans.append((first, max(round(end * grid), first + 1), note))
    return Piece(played.path, sounding(spans, played.path))
