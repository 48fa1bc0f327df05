"""MIDI files: notes on a grid of time, and files of strangers."""

from __future__ import annotations

import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import mido
import numpy as np
import pytest

from seqtune.data.reading.music import midi, open_pieces, piece
from seqtune.data.reading.music.open_pieces import pieces_in, pieces_of
from seqtune.data.reading.music.piece import PieceSource
from seqtune.data.reading.music.played import USUAL, Played, grid_of, piece_of
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.errors import DataError, MissingExtra

Event = tuple[str, int, int]
"""Kind, note, ticks since the event before."""


def written(path: Path, *tracks: Sequence[Event], kind: int = 1, channel: int = 0) -> Path:
    """Write a file with 96 ticks of a quarter note."""
    file = mido.MidiFile(type=kind, ticks_per_beat=96)
    for events in tracks:
        track = mido.MidiTrack()
        for name, note, time in events:
            track.append(mido.Message(name, note=note, time=time, velocity=64, channel=channel))
        file.tracks.append(track)
    file.save(path)
    return path


def read(path: Path, **options: int) -> PieceSource:
    with OpenedFile(path) as file:
        found = pieces_of(file, ReadOptions(**options))
    assert found is not None
    return found


ON, OFF = "note_on", "note_off"
HALVES = [(ON, 60, 96), (ON, 64, 48), (OFF, 60, 48), (OFF, 64, 0), (ON, 62, 48), (OFF, 62, 48)]
"""C from the first quarter on for one, E half a quarter later until there; then D for a half."""


def test_tracks_sound_together_on_the_coarsest_grid_that_holds_them(tmp_path: Path) -> None:
    found = read(written(tmp_path / "a.mid", HALVES, [(ON, 48, 192), (OFF, 48, 96)]))
    assert found.per_beat == 2
    assert found.pieces[0].steps == ((60,), (60, 64), (48,), (48, 62))
    assert "2 steps of a quarter note" in found.notes[0]


def test_a_finer_grid_can_be_asked_for(tmp_path: Path) -> None:
    found = read(written(tmp_path / "a.mid", HALVES), steps_per_beat=4)
    assert found.pieces[0].steps == (
        *((60,), (60,), (60, 64), (60, 64)), *((), (), (62,), (62,)),
    )  # fmt: skip
    assert found.notes == ()


def test_drums_are_no_notes(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mid", HALVES, channel=midi.PERCUSSION)
    with pytest.raises(DataError, match="holds no notes"):
        read(path)


def test_a_note_that_is_struck_again_or_never_let_go_ends(tmp_path: Path) -> None:
    events = [(ON, 60, 0), (ON, 60, 96), (ON, 64, 96), (OFF, 64, 96)]
    assert read(written(tmp_path / "a.mid", events)).pieces[0].steps == (
        (60,), (60,), (60, 64),
    )  # fmt: skip


def test_what_is_played_freely_is_taken_by_sixteenths() -> None:
    begins = np.random.default_rng(0).uniform(0, 40, 200).tolist()
    played = Played("free", [(begin, begin + 0.1, 60) for begin in begins])
    assert grid_of([played]) == USUAL
    assert grid_of([Played("third", [(0, 1 / 3, 60), (1 / 3, 1, 60)])]) == 3


def test_a_short_note_lasts_a_step() -> None:
    assert piece_of(Played("short", [(0, 0.1, 60), (1, 1.1, 62)]), 1).steps == ((60,), (62,))


def test_a_folder_has_one_grid_and_says_what_it_left_out(tmp_path: Path) -> None:
    written(tmp_path / "b.mid", HALVES)
    (tmp_path / "more").mkdir()
    written(tmp_path / "more" / "a.midi", [(ON, 60, 0), (OFF, 60, 96)])
    written(tmp_path / "c.mid", [])
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    found = pieces_in(tmp_path, ReadOptions())
    assert found is not None and found.per_beat == 2
    assert [each.steps[:2] for each in found.pieces] == [((60,), (60, 64)), ((60,), (60,))]
    assert any("c.mid" in note for note in found.notes)
    (tmp_path / "empty").mkdir()
    assert pieces_in(tmp_path / "empty", ReadOptions()) is None


def test_damaged_files_are_refused_by_name(tmp_path: Path) -> None:
    whole = written(tmp_path / "a.mid", HALVES).read_bytes()
    random = np.random.default_rng(1)
    for number in range(60):
        content = bytearray(whole[: int(random.integers(5, len(whole)))] if number % 2 else whole)
        for place in random.integers(4, len(content), 3):
            content[place] = int(random.integers(256))
        path = tmp_path / "damaged.mid"
        path.write_bytes(bytes(content))
        try:
            read(path)
        except DataError as error:
            assert "damaged.mid" in error.message


def test_seconds_instead_of_beats_are_refused(tmp_path: Path) -> None:
    content = bytearray(written(tmp_path / "a.mid", HALVES).read_bytes())
    content[12:14] = b"\xe7\x28"  # 25 frames of 40 ticks
    (tmp_path / "a.mid").write_bytes(bytes(content))
    with pytest.raises(DataError, match="beats instead of seconds"):
        read(tmp_path / "a.mid")


def test_a_long_silence_is_refused_before_its_steps_are_made(tmp_path: Path) -> None:
    events = [(ON, 60, 0), (OFF, 60, 96), (ON, 60, 600_000 * 96), (OFF, 60, 96)]
    with pytest.raises(DataError, match="1,200,004 steps of time") as caught:
        read(written(tmp_path / "a.mid", events), steps_per_beat=2)
    assert "a.mid" in caught.value.message
    events[2] = (ON, 60, 1_000_000 * 96)
    with pytest.raises(DataError, match="lasts more than 1,000,000 quarter notes"):
        read(written(tmp_path / "a.mid", events))


@pytest.mark.parametrize("bytes_", [300, 300_000])
def test_a_time_without_end_is_refused(tmp_path: Path, bytes_: int) -> None:
    """A number is as long as its file says, and dividing what is too large fails."""
    track = b"\x81" * bytes_ + b"\x00\x90\x3c\x40" + b"\x60\x80\x3c\x40" + b"\x00\xff\x2f\x00"
    head = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96)
    (tmp_path / "a.mid").write_bytes(head + b"MTrk" + struct.pack(">I", len(track)) + track)
    began = perf_counter()
    with pytest.raises(DataError, match=r"a\.mid"):
        read(tmp_path / "a.mid")
    assert perf_counter() - began < 5


def test_a_note_that_overlaps_itself_sounds_once() -> None:
    spans = [(0, 3, 60), (1, 2, 60), (1, 4, 64)]
    assert piece.sounding(spans, "") == ((60,), (60, 64), (60, 64), (64,))


def test_a_folder_has_so_much_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.mid", "b.mid"):  # 4 steps with 5 notes each
        written(tmp_path / name, HALVES)
    monkeypatch.setattr(open_pieces, "MOST_IN_ALL", 16)
    assert pieces_in(tmp_path, ReadOptions()) is not None
    monkeypatch.setattr(open_pieces, "MOST_IN_ALL", 15)
    with pytest.raises(DataError, match="more than 15 steps"):
        pieces_in(tmp_path, ReadOptions())


def test_sizes_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.mid", HALVES)
    with monkeypatch.context() as patch:
        patch.setattr(midi, "MOST_BYTES", 20)
        with pytest.raises(DataError, match="bytes"):
            read(path)
    monkeypatch.setattr(piece, "MOST_SOUNDING", 3)
    with pytest.raises(DataError, match="notes in them"):
        read(path)


def test_without_the_library_its_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.mid", HALVES)
    monkeypatch.setitem(sys.modules, "mido", None)
    with pytest.raises(MissingExtra) as caught:
        read(path)
    assert "seqtune[music]" in (caught.value.hint or "")
