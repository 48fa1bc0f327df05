"""Pieces of music as sets of notes, a set for each step of time; what every form is brought to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.errors import DataError

NOTES = 128
"""MIDI numbers the notes from 0 to 127; 60 is the C in the middle of a piano."""

MOST_STEPS = 1_000_000
"""Steps of a piece at most: a day of music in sixteenths."""

MOST_SOUNDING = 10_000_000
"""Notes of all steps of a file at most."""

PARTS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("valid", "validation", "val", "dev"), "validation"),
    "test": "test",
}
"""What files call the parts of their data, and what those are called here."""

Step = tuple[int, ...]
"""The notes that sound in a step, ascending, none twice; () where none does."""


@dataclass(frozen=True)
class Piece:
    """A piece of music.

    Args:
        name: Where it stands: a file, or its place in one.
        steps: Its steps, at least one.
        part: "train", "validation" or "test", where its file says so; else "".
    """

    name: str
    steps: tuple[Step, ...]
    part: str = ""


class PieceSource(Source):
    """Pieces of music; as a table, a row per piece.

    Args:
        path: The file or the folder.
        pieces: The pieces, at least one.
        per_beat: Steps of a quarter note.
        options: How they were to be read.
        notes: What was decided while reading.
        fingerprint: sha256 of the bytes.
    """

    rows_are_files = True

    def __init__(
        self,
        path: Path,
        pieces: Sequence[Piece],
        per_beat: int,
        options: ReadOptions,
        *,
        notes: tuple[str, ...] = (),
        fingerprint: str = "",
    ) -> None:
        sounding = sum(len(step) for piece in pieces for step in piece.steps)
        if not sounding:
            raise DataError(f"{path} holds no notes", "give a piece that has some")
        columns = {"piece": [each.name for each in pieces]}
        if any(each.part for each in pieces):
            columns["part"] = [each.part for each in pieces]
        super().__init__(path, pa.table(columns), options, notes=notes, fingerprint=fingerprint)
        self.pieces, self.per_beat = tuple(pieces), per_beat

    def where(self, row: int) -> str:
        """Return the place of a row for messages: its file, and which piece of it."""
        return self.pieces[row].name


def step_of(notes: Iterable[object], place: str) -> Step:
    """Return a set of notes, ascending.

    Args:
        notes: What stands in a file.
        place: Where, for messages.

    Raises:
        DataError: One is no note.
    """
    found: set[int] = set()
    for note in notes:
        if type(note) is not int or not 0 <= note < NOTES:
            raise DataError(
                f"{place}: found the note {str(note)[:40]!r}, expected a MIDI number from 0 to "
                f"{NOTES - 1}",
                "a step is a list of such numbers: [60, 64, 67]",
            )
        found.add(note)
    return tuple(sorted(found))


def sounding(spans: Sequence[tuple[int, int, int]], place: str) -> tuple[Step, ...]:
    """Return the steps of notes that begin and end.

    Args:
        spans: First step, the step after the last, and the note, of each.
        place: The file, for messages.

    Raises:
        DataError: There are too many steps.

    Example:
        >>> sounding([(0, 2, 60), (1, 2, 64), (3, 4, 62)], "tune")
        ((60,), (60, 64), (), (62,))
    """
    first, end = min(span[0] for span in spans), max(span[1] for span in spans)
    total = sum(last - begin for begin, last, _ in spans)
    if end - first > MOST_STEPS or total > MOST_SOUNDING:
        raise DataError(
            f"{place} has {end - first:,} steps of time and {total:,} notes in them; expected at "
            f"most {MOST_STEPS:,} and {MOST_SOUNDING:,}",
            "cut it, or --set data.steps_per_beat=1",
        )
    changes = sorted(
        change
        for begin, last, note in spans
        for change in ((begin - first, note, 1), (last - first, note, -1))
    )
    steps: list[Step] = []
    sounds: Counter[int] = Counter()
    for at, note, change in changes:
        if at > len(steps):  # one tuple for all steps of a chord that is held
            steps += [tuple(sorted(sounds))] * (at - len(steps))
        sounds[note] += change
        if not sounds[note]:
            del sounds[note]
    return tuple(steps)
