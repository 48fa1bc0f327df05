"""Tunes in ABC: pitches and lengths by hand, and lines that cannot be read."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest

from seqtune.data.reading.music import abc_tunes
from seqtune.data.reading.music.abc_tunes import read_abc
from seqtune.data.reading.music.open_pieces import pieces_of
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.errors import DataError


def notes_of(
    folder: Path, body: str, key: str = "C", head: str = "L:1/4\n"
) -> list[tuple[float, float, int]]:
    """Return begin, end and number of the notes of one tune."""
    path = folder / "tune.abc"
    path.write_text(f"X:1\nT:A tune\n{head}K:{key}\n{body}\n", encoding="utf-8")
    with OpenedFile(path) as file:
        (tune,) = read_abc(file, "auto")
    return list(tune.notes)


def pitches(folder: Path, body: str, key: str = "C") -> list[int]:
    return [note for _, _, note in notes_of(folder, body, key)]


def lengths(folder: Path, body: str, head: str = "L:1/4\n") -> list[float]:
    return [round(end - begin, 6) for begin, end, _ in notes_of(folder, body, head=head)]


def test_octaves(tmp_path: Path) -> None:
    assert pitches(tmp_path, "C,, C, C B c c' c''") == [36, 48, 60, 71, 72, 84, 96]


def test_accidentals_last_for_the_bar_and_the_octave(tmp_path: Path) -> None:
    assert pitches(tmp_path, "^F F f _B =B ^^C __D | F B") == [66, 66, 77, 70, 71, 62, 60, 65, 71]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("C", [65, 71]), ("G", [66, 71]), ("F", [65, 70]), ("D", [66, 71]), ("Am", [65, 71]),
        ("Em", [66, 71]), ("Gm", [65, 70]), ("D dorian", [65, 71]), ("Amix", [66, 71]),
        ("Bb", [65, 70]), ("F#", [66, 71]), ("C#", [66, 72]), ("Ebmaj clef=bass", [65, 70]),
        ("none", [65, 71]), ("", [65, 71]), ("HP", [65, 71]),
    ],
)  # fmt: skip
def test_keys_raise_and_lower(tmp_path: Path, key: str, expected: list[int]) -> None:
    assert pitches(tmp_path, "F B", key) == expected


def test_lengths_are_multiples_and_parts_of_the_unit(tmp_path: Path) -> None:
    assert lengths(tmp_path, "C C2 C/ C// C3/2 C/4") == [1, 2, 0.5, 0.25, 1.5, 0.25]


@pytest.mark.parametrize(
    ("head", "expected"),
    [("", 0.5), ("M:4/4\n", 0.5), ("M:C|\n", 0.5), ("M:2/4\n", 0.25), ("M:6/8\nL:1/8\n", 0.5)],
)
def test_without_a_unit_the_meter_says_it(tmp_path: Path, head: str, expected: float) -> None:
    assert lengths(tmp_path, "C", head) == [expected]


def test_broken_rhythms_and_tuplets(tmp_path: Path) -> None:
    assert lengths(tmp_path, "C>D C<D C>>D") == [1.5, 0.5, 0.5, 1.5, 1.75, 0.25]
    assert lengths(tmp_path, "z>C D>z D") == [0.5, 1.5, 1]
    assert lengths(tmp_path, "C> > >D E") == [1.5, 0.5, 1]  # a note is broken once
    assert lengths(tmp_path, "(3CDE F") == [0.666667, 0.666667, 0.666667, 1]
    assert lengths(tmp_path, "(3:2:2 C2 D F") == [1.333333, 0.666667, 1]


def test_chords_sound_together_and_rests_do_not_sound(tmp_path: Path) -> None:
    assert notes_of(tmp_path, "[CEG]2 z [C2E2] Z D", head="M:3/4\nL:1/4\n") == [
        (0, 2, 60), (0, 2, 64), (0, 2, 67), (3, 5, 60), (3, 5, 64), (8, 9, 62),
    ]  # fmt: skip


def test_what_is_not_played_is_left_out(tmp_path: Path) -> None:
    body = '|: "Am7"!trill!.C {cde}~D- D (E F) :| % CCC\nw: some words\n|1 G |2 A |]'
    assert pitches(tmp_path, body) == [60, 62, 62, 64, 65, 67, 69]


def test_voices_begin_together(tmp_path: Path) -> None:
    body = "V:1\nC D\nV:2 clef=bass\nE, F,\n[V:1] E"
    assert notes_of(tmp_path, body) == [
        (0, 1, 52), (0, 1, 60), (1, 2, 53), (1, 2, 62), (2, 3, 64),
    ]  # fmt: skip


def test_a_file_has_several_tunes(tmp_path: Path) -> None:
    path = tmp_path / "tunes.abc"
    path.write_text("a heading\n\nX:1\nK:C\nCD\n\nX:2\nK:C\nz\n\nX:3\nL:1/8\nK:G\nF2\n")
    with OpenedFile(path) as file:
        found = pieces_of(file, ReadOptions())
    assert found is not None
    assert [each.steps for each in found.pieces] == [((60,), (62,)), ((66,), (66,))]
    assert found.pieces[1].name.endswith("tune 3")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("X:1\nK:H\nC", ":2", "found the key 'H'"),
        ("X:1\nL:x\nK:C\nC", ":2", "expected a length"),
        ("X:1\nM:4/0\nK:C\nC", ":2", "expected a length"),
        ("X:1\nK:C\nC\n[CE", ":4", "not closed"),
        ("X:1\nK:C\nC/0", ":3", "found the length"),
        ("X:1\nK:C\nC999999999", ":3", "found the length"),
        ("X:1\nK:C\nC,,,,,,,", ":3", "no MIDI number"),
        ("K:C\nC", "", "no tune"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, text: str, place: str, words: str
) -> None:
    path = tmp_path / "tune.abc"
    path.write_text(text, encoding="utf-8")
    with OpenedFile(path) as file, pytest.raises(DataError) as caught:
        read_abc(file, "auto")
    assert words in caught.value.message and f"tune.abc{place}" in caught.value.message


def test_its_size_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abc_tunes, "MOST_CHARACTERS", 10)
    with pytest.raises(DataError, match="characters"):
        notes_of(tmp_path, "C")


@pytest.mark.parametrize(
    "sign",
    ["{", '"', "!", "[K:", "(3", "[", "V:1\n", "X:1\n", "C/", "/", "/1",
     "> ", "< "],
)  # fmt: skip
def test_signs_without_end_take_no_time(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "tune.abc"
    path.write_text(f"X:1\nK:C\nC\nC{sign * 30_000}\n", encoding="utf-8")
    began = perf_counter()
    with OpenedFile(path) as file:
        try:
            read_abc(file, "auto")
        except DataError as error:
            assert "tune.abc:4" in error.message
    assert perf_counter() - began < 5


def test_a_tune_has_so_many_notes_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abc_tunes, "MOST_NOTES", 3)
    assert len(notes_of(tmp_path, "CDE")) == 3
    with pytest.raises(DataError, match="more than 3 notes"):
        notes_of(tmp_path, "C[DEF]")
