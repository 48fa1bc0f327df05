"""Music in a file or a folder, whatever its form; None where there is none."""

from __future__ import annotations

import os
from pathlib import Path

from seqtune.data.reading.file_form import COMPRESSED_ENDINGS, MUSIC_ENDINGS
from seqtune.data.reading.folder import below, fingerprint_of, printable
from seqtune.data.reading.music.abc_tunes import read_abc
from seqtune.data.reading.music.midi import read_midi
from seqtune.data.reading.music.note_lists import is_note_lists, read_note_lists
from seqtune.data.reading.music.piece import Piece, PieceSource
from seqtune.data.reading.music.played import Played, grid_of, piece_of
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.errors import DataError, literal

FORMS = ("midi", "abc")
"""Forms of files in which notes begin and end at times of their own."""

MOST_FILES, MOST_IN_ALL = 100_000, 100_000_000
"""Of a folder: files of music, and the steps of all of them with the notes in these."""


def pieces_of(file: OpenedFile, options: ReadOptions) -> PieceSource | None:
    """Return the pieces of a file; None where it is something else.

    Args:
        file: A file of any form.
        options: `steps_per_beat`, and the encoding.

    Raises:
        DataError: It is music, and damaged.
        MissingExtra: It is MIDI, and the library for that is not installed.
    """
    if file.form == "json_lines" and file.start:
        is_pieces = is_note_lists(file.scan(options.encoding).start)
        return read_note_lists(file, options) if is_pieces else None
    if file.form not in FORMS:
        return None
    played = _played(file, options)
    if not played:
        raise DataError(f"{file.path} holds no notes", "give a piece that has some")
    return _on_grid(file.path, played, options, file.notes, file.fingerprint())


def is_music(entry: os.DirEntry[str]) -> bool:
    """Say whether an entry of a folder is music by its name, not a link to it."""
    name = entry.name.lower()
    for ending in COMPRESSED_ENDINGS:
        name = name.removesuffix(ending)
    return entry.is_file(follow_symlinks=False) and name.endswith(MUSIC_ENDINGS)


def pieces_in(folder: Path, options: ReadOptions) -> PieceSource | None:
    """Return the pieces of all files of a folder, in the order of their names; None without any.

    Args:
        folder: It is looked through at any depth.
        options: `steps_per_beat`; with "auto" one grid holds all files.
    """
    found = [Path(entry.path) for entry in below(folder) if is_music(entry)]
    if len(found) > MOST_FILES:
        raise DataError(
            f"{folder} has {len(found):,} files of music; expected at most {MOST_FILES:,}",
            "take a part of them",
        )
    played, notes, prints = list[Played](), list[str](), list[tuple[str, str]]()
    for path in found:
        with OpenedFile(path) as file:
            tunes = _played(file, options) if file.form in FORMS else []
            if not tunes:
                notes.append(f"{literal(printable(path.name))} holds no notes: not read")
                continue
            played += tunes
            prints.append((path.relative_to(folder).as_posix(), file.fingerprint()))
    if not played:
        return None
    return _on_grid(folder, played, options, tuple(notes), fingerprint_of(prints))


def _played(file: OpenedFile, options: ReadOptions) -> list[Played]:
    if file.form == "abc":
        return read_abc(file, options.encoding)
    played = read_midi(file)
    return [] if played is None else [played]


def _on_grid(
    path: Path, played: list[Played], options: ReadOptions, notes: tuple[str, ...], print_: str
) -> PieceSource:
    asked = options.steps_per_beat
    grid = grid_of(played) if asked == "auto" else int(asked)
    if asked == "auto":
        what = "1 step" if grid == 1 else f"{grid} steps"
        said = f"{what} of a quarter note (the notes fit; --set data.steps_per_beat=N overrides)"
        notes = (*notes, said)
    pieces, total = list[Piece](), 0
    for each in played:
        pieces.append(piece_of(each, grid))
        total += sum(1 + len(step) for step in pieces[-1].steps)
        if total > MOST_IN_ALL:
            raise DataError(
                f"{path} has more than {MOST_IN_ALL:,} steps and notes in them",
                "take a part of it, or --set data.steps_per_beat=1",
            )
    return PieceSource(path, pieces, grid, options, notes=notes, fingerprint=print_)
