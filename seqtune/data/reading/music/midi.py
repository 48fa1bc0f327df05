"""Reading MIDI files: which notes sound in each step of a grid of time.

A file may be a stranger's: it is small, its lengths are added before anything of them is made, and
what the library raises comes out as an error that names the file.
"""

from __future__ import annotations

import io
import re
from typing import Any

from seqtune.data.reading.music.piece import MOST_STEPS
from seqtune.data.reading.music.played import Played
from seqtune.data.reading.opened import OpenedFile
from seqtune.errors import DataError, MissingExtra

MOST_BYTES = 2_000_000
"""Of a file; a symphony has a few hundred thousand, and the library takes a hundred times that."""

PERCUSSION = 9
"""The channel (from 0) whose numbers are drums, not notes."""

_ENDLESS = re.compile(rb"[\x80-\xff]{4096}")
"""Part of a number that has hardly an end: a number goes on behind each byte from 0x80 on, and the
library takes however many there are. In good files such rows are short."""

WAY = "export it again as a standard MIDI file of type 0 or 1"


def read_midi(file: OpenedFile) -> Played | None:
    """Return the notes of a MIDI file; None where it has none.

    Raises:
        DataError: It is damaged, too large, or of a form that has no beats.
        MissingExtra: The library is not installed.
    """
    mido = library()
    content = b""
    for block in file.blocks():
        content += block
        if len(content) > MOST_BYTES:
            raise DataError(
                f"{file.path} has more than {MOST_BYTES:,} bytes, too many for a MIDI file",
                "divide it into several files in a folder",
            )
    if _ENDLESS.search(content):
        raise DataError(f"{file.path} is no MIDI file that can be read: a number has no end", WAY)
    try:
        opened = mido.MidiFile(file=io.BytesIO(content), clip=True)
        beat, tracks = int(opened.ticks_per_beat), list(opened.tracks)
    except Exception as error:  # the library raises what its parser happens to meet
        reason = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
        raise DataError(f"{file.path} is no MIDI file that can be read: {reason}", WAY) from error
    if opened.type not in (0, 1) or not 0 < beat < 1 << 15:
        raise DataError(
            f"{file.path} is a MIDI file of type {opened.type} with {beat} ticks of a quarter note;"
            " expected type 0 or 1, and beats instead of seconds",
            WAY,
        )
    notes = [span for track in tracks for span in _spans(track, beat, str(file.path))]
    return Played(str(file.path), sorted(notes)) if notes else None


def library() -> Any:
    """Import the library that reads and writes MIDI.

    Raises:
        MissingExtra: It is not installed.
    """
    try:
        import mido
    except ImportError as error:
        raise MissingExtra(
            "MIDI files need mido, which is not installed", "pip install 'seqtune[music]'"
        ) from error
    return mido


def _spans(track: Any, beat: int, path: str) -> list[tuple[float, float, int]]:
    """Return begin, end and number of the notes of a track, in quarter notes."""
    now, open_notes, found = 0, dict[tuple[int, int], int](), list[tuple[float, float, int]]()
    for message in track:
        now += int(message.time)
        if now > MOST_STEPS * beat:
            raise DataError(f"{path} lasts more than {MOST_STEPS:,} quarter notes", "cut it")
        if message.type not in ("note_on", "note_off") or message.channel == PERCUSSION:
            continue
        key = message.channel, message.note
        begin = open_notes.pop(key, None)
        if begin is not None and now > begin:
            found.append((begin / beat, now / beat, message.note))
        if message.type == "note_on" and message.velocity > 0:
            open_notes[key] = now
    found += [
        (begin / beat, now / beat, note) for (_, note), begin in open_notes.items() if now > begin
    ]
    return found
