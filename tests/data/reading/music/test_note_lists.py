"""JSON lists of sets of notes: their forms, and what is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seqtune.data.reading.music import note_lists
from seqtune.data.reading.music.note_lists import is_note_lists
from seqtune.data.reading.music.open_pieces import pieces_of
from seqtune.data.reading.music.piece import PieceSource
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.errors import DataError


def read(folder: Path, value: Any, **options: Any) -> PieceSource | None:
    path = folder / "tunes.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    with OpenedFile(path) as file:
        return pieces_of(file, ReadOptions(**options))


def test_parts_of_a_file_stay_with_their_pieces(tmp_path: Path) -> None:
    found = read(tmp_path, {"test": [[[60]]], "train": [[[64, 60], []], [[62]]], "valid": [[[1]]]})
    assert found is not None
    assert [(each.part, each.steps) for each in found.pieces] == [
        ("test", ((60,),)), ("train", ((60, 64), ())), ("train", ((62,),)),
        ("validation", ((1,),)),
    ]  # fmt: skip
    assert found.per_beat == 1 and found.where(1).endswith("tunes.json, train, piece 1")


def test_pieces_may_have_no_parts_and_one_piece_no_list_around_it(tmp_path: Path) -> None:
    several = read(tmp_path, [[[60], [62, 62]], [[64]]])
    one = read(tmp_path, [[], [60], [62]], steps_per_beat=4)
    assert several is not None and one is not None
    assert [each.steps for each in several.pieces] == [((60,), (62,)), ((64,),)]
    assert [each.steps for each in one.pieces] == [((), (60,), (62,))]
    assert one.per_beat == 4


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ('{"train": [[[60', True), ('\ufeff {"valid":[ [ [ ]', True), ("[[60, 64]", True),
        ("[[], [60]]", True), ('[{"a": 1}]', False), ('{"a": [[1, 2]]}', False),
        ('[["a", "b"]]', False), ('{"train": [{"a": 1}]}', False), ("[1, 2]", False), ("", False),
    ],
)  # fmt: skip
def test_only_lists_of_lists_of_numbers_are_taken_for_notes(start: str, expected: bool) -> None:
    assert is_note_lists(start) is expected


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"train": [[[60]], [[60], [128]]]}, "train, piece 2, step 2: found the note '128'"),
        ([[[60, True]]], "piece 1, step 1: found the note 'True'"),
        ([[[60.5]]], "piece 1, step 1: found the note '60.5'"),
        ([[[60], 7]], "piece 1, step 2: found '7', expected a list of notes"),
        ([[[60]], "x"], "piece 2: found 'x', expected a list of steps"),
        ({"train": [[[60]]], "more": [[[60]]]}, "found the part 'more'"),
        ({"train": [[[60]]], "test": 3}, "the part 'test' is no list"),
        ([[[]]], "holds no notes"),
        ("[[[60],\n [62]", ":2: not JSON"),
        ("[[60, 1" + "0" * 5000 + "]]", "too many digits"),
        ("[[[60]], " + "[" * 200 + "]" * 200 + "]", "deep"),
    ],
)
def test_what_is_no_piece_is_refused_with_its_place(tmp_path: Path, value: Any, words: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, value)
    assert words in caught.value.message and "tunes.json" in caught.value.message


def test_a_file_holds_so_many_notes_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(note_lists, "MOST_SOUNDING", 3)
    assert read(tmp_path, [[[60, 62], [64]]]) is not None
    with pytest.raises(DataError, match="more than"):
        read(tmp_path, [[[60, 62]], [[64, 65]]])
    monkeypatch.setattr(note_lists, "MOST_PIECES", 1)
    with pytest.raises(DataError, match="more than 1 pieces"):
        read(tmp_path, [[[60]], [[64]]])
    monkeypatch.setattr(note_lists, "MOST_CHARACTERS", 5)
    with pytest.raises(DataError, match="characters"):
        read(tmp_path, [[[60]]])
