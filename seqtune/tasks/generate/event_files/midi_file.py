"""Writing a piece as a MIDI file of one track."""

from __future__ import annotations

import io

from seqtune.data.reading.music.midi import library
from seqtune.tasks.generate.event_files.held import held
from seqtune.tasks.generate.step_tokens import Steps

TICKS = 480
"""Of a quarter note at least; usual grids divide it."""

VELOCITY = 80


def midi_bytes(steps: Steps, per_beat: int) -> bytes:
    """Return a MIDI file, whose notes are held as long as they are in one set after the other.

    Args:
        steps: Sets of notes.
        per_beat: Steps of a quarter note.

    Raises:
        MissingExtra: The library is not installed.
    """
    mido = library()
    each = -(-TICKS // per_beat)  # ticks of a step
    changes = [
        change
        for begin, end, note in held(steps)
        for change in ((end * each, 0, "note_off", note), (begin * each, 1, "note_on", note))
    ]
    file = mido.MidiFile(type=0, ticks_per_beat=each * per_beat)
    track = mido.MidiTrack()
    file.tracks.append(track)
    now = 0
    for tick, _, kind, note in sorted(changes):
        velocity = VELOCITY if kind == "note_on" else 0
        track.append(mido.Message(kind, note=note, velocity=velocity, time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=len(steps) * each - now))
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()
