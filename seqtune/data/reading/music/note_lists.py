"""Reading JSON lists of sets of notes: pieces, each a list of steps, each a list of MIDI numbers.

{"train": [[[60, 64, 67], [60, 65], []], …], "valid": […], "test": […]}
[[[60, 64, 67], [60, 65], []], …]            pieces without parts
[[60, 64, 67], [60, 65], []]                 one piece
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from seqtune.data.reading.json_structure import check_depth
from seqtune.data.reading.music.piece import (
    MOST_SOUNDING,
    MOST_STEPS,
    PARTS,
    Piece,
    PieceSource,
    step_of,
)
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.errors import DataError

MOST_CHARACTERS = 30_000_000
"""Of a file; it is parsed whole."""

MOST_PIECES = 1_000_000
"""Of a file."""

DIVIDE = "divide it into several files in a folder"

EXAMPLE = 'expected pieces of steps of notes: {"train": [[[60, 64], [62]]]}, or [[[60, 64], [62]]]'

_START = re.compile(
    rf'\s*(?:\{{\s*"(?:{"|".join(PARTS)})"\s*:\s*)?\[\s*\[\s*(?:\[[\s\d\]]|\d+\s*[,\]]|\])'
)


def is_note_lists(start: str) -> bool:
    """Say whether a JSON file begins as one of pieces does; a table begins with an object.

    Example:
        >>> is_note_lists('{"train": [[[60,'), is_note_lists('[{"time": 1'), is_note_lists("[[60]")
        (True, False, True)
    """
    return _START.match(start.removeprefix("\ufeff")) is not None


def read_note_lists(file: OpenedFile, options: ReadOptions) -> PieceSource:
    """Read the pieces of a file.

    Args:
        file: The file, compressed or not.
        options: `steps_per_beat`: of a step this form does not say how long it is.

    Raises:
        DataError: It is no JSON, too large, or holds something else; says where.
    """
    scan = file.scan(options.encoding)
    if scan.characters > MOST_CHARACTERS:
        raise DataError(
            f"{file.path} has {scan.characters:,} characters; expected at most "
            f"{MOST_CHARACTERS:,} of lists of notes",
            DIVIDE,
        )
    text = "".join(file.texts(scan.encoding))
    check_depth(file.path, [text.encode("utf-8", "replace")])
    try:
        found = json.loads(text)
    except ValueError as error:
        reason = getattr(error, "msg", "a number has too many digits")
        line = getattr(error, "lineno", 1)
        raise DataError(f"{file.path}:{line}: not JSON: {reason}", EXAMPLE) from error
    per_beat = 1 if options.steps_per_beat == "auto" else int(options.steps_per_beat)
    pieces = list(_pieces(found, str(file.path)))
    if not pieces:
        raise DataError(f"{file.path} holds no piece", EXAMPLE)
    return PieceSource(
        file.path, pieces, per_beat, options, notes=file.notes, fingerprint=file.fingerprint()
    )


def _pieces(found: Any, path: str) -> Iterator[Piece]:
    """Yield the pieces, in the order of the file."""
    budget = _Budget(path)
    if not isinstance(found, dict):
        filled: list[Any] = next((each for each in found if isinstance(each, list) and each), [[]])
        is_one = isinstance(filled[0], (int, float))  # a note, and no step of a piece
        yield from _listed([found] if is_one else found, path, "", budget)
        return
    for key, value in found.items():
        if key not in PARTS:
            known = ", ".join(PARTS)
            raise DataError(f"{path}: found the part {key[:40]!r}, expected {known}", EXAMPLE)
        if not isinstance(value, list):
            raise DataError(f"{path}: the part {key!r} is no list of pieces", EXAMPLE)
        yield from _listed(value, f"{path}, {key}", PARTS[key], budget)


def _listed(found: list[Any], path: str, part: str, budget: _Budget) -> Iterator[Piece]:
    for number, piece in enumerate(found, start=1):
        name = f"{path}, piece {number:,}"
        if not isinstance(piece, list):
            raise DataError(f"{name}: found {str(piece)[:40]!r}, expected a list of steps", EXAMPLE)
        steps = []
        for at, step in enumerate(piece, start=1):
            place = f"{name}, step {at:,}"
            if not isinstance(step, list):
                raise DataError(
                    f"{place}: found {str(step)[:40]!r}, expected a list of notes", EXAMPLE
                )
            steps.append(step_of(step, place))
            budget.spend(len(steps), len(step))
        if steps:
            budget.count()
            yield Piece(name, tuple(steps), part)


class _Budget:
    """How much a file may hold."""

    def __init__(self, path: str) -> None:
        self.path, self.sounding, self.pieces = path, 0, 0

    def count(self) -> None:
        """Count a piece.

        Raises:
            DataError: There are too many.
        """
        self.pieces += 1
        if self.pieces > MOST_PIECES:
            raise DataError(f"{self.path} has more than {MOST_PIECES:,} pieces", DIVIDE)

    def spend(self, steps: int, notes: int) -> None:
        """Count a step.

        Raises:
            DataError: There are too many, or too many notes in all.
        """
        self.sounding += notes
        if steps > MOST_STEPS or self.sounding > MOST_SOUNDING:
            raise DataError(
                f"{self.path}: a piece has more than {MOST_STEPS:,} steps, or all have more than "
                f"{MOST_SOUNDING:,} notes",
                DIVIDE,
            )
