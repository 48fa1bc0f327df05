"""Music and events in files: what is written is what is read again."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.music.open_pieces import pieces_of
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.errors import UsageError
from seqtune.tasks.generate.event_files.abc_file import abc_text
from seqtune.tasks.generate.event_files.endings import is_event_file
from seqtune.tasks.generate.event_files.midi_file import midi_bytes
from seqtune.tasks.generate.event_files.write import write_events
from seqtune.tasks.generate.step_tokens import Layout


def random_piece(seed: int, steps: int = 70) -> list[list[int]]:
    """Sets of up to four notes, some of them as the one before; none of the last is empty."""
    random, found = np.random.default_rng(seed), [[60]]
    while len(found) < steps:
        size = int(random.integers(0, 5))
        notes = sorted({int(note) for note in random.integers(20, 110, size)})
        found.append(found[-1] if random.random() < 0.4 else notes)
    return [*found, [20, 21, 22, 119]]


@pytest.mark.parametrize("ending", [".mid", ".midi", ".abc", ".json"])
@pytest.mark.parametrize("per_beat", [1, 3, 4])
def test_a_piece_is_read_as_it_was_written(tmp_path: Path, ending: str, per_beat: int) -> None:
    for seed in range(4):
        path, piece = tmp_path / f"tune{seed}{ending}", random_piece(seed)
        write_events(path, [piece], Layout(per_beat=per_beat))
        with OpenedFile(path) as file:
            found = pieces_of(file, ReadOptions(steps_per_beat=per_beat))
        assert found is not None
        assert [list(step) for step in found.pieces[0].steps] == piece


def test_several_tunes_stand_in_one_file(tmp_path: Path) -> None:
    pieces = [random_piece(1), random_piece(2)]
    for name in ("tunes.abc", "tunes.json"):
        write_events(tmp_path / name, pieces, Layout())
        with OpenedFile(tmp_path / name) as file:
            found = pieces_of(file, ReadOptions(steps_per_beat=1))
        assert found is not None
        assert [[list(step) for step in each.steps] for each in found.pieces] == pieces
    with pytest.raises(UsageError, match="one piece, not 2"):
        write_events(tmp_path / "tunes.mid", pieces, Layout())


def test_midi_by_hand() -> None:
    content = midi_bytes([[60, 64], [60], [], [62]], per_beat=2)
    (track,) = mido.MidiFile(file=io.BytesIO(content)).tracks
    found = [(each.type, getattr(each, "note", None), each.time) for each in track]
    assert found == [
        ("note_on", 60, 0), ("note_on", 64, 0), ("note_off", 64, 240), ("note_off", 60, 240),
        ("note_on", 62, 240), ("note_off", 62, 240), ("end_of_track", None, 0),
    ]  # fmt: skip


def test_abc_by_hand() -> None:
    steps = [[60], [60], [61, 65], [], [61], [60, 48], [84], [84], [84]]
    assert abc_text([steps], 2) == (
        "X:1\nT:1\nM:4/4\nL:1/8\nK:C\nC2 [^CF] z ^C [=CC,] c'2- | c' |]"
    )


def test_rows_go_to_tables(tmp_path: Path) -> None:
    layout, rows = Layout(("what", "how")), [["a,b", ""], ["c", "1"]]
    write_events(tmp_path / "one.csv", [rows], layout)
    assert (tmp_path / "one.csv").read_text() == 'what,how\n"a,b",\nc,1\n'
    write_events(tmp_path / "two.tsv", [rows, rows[:1]], layout)
    table = pd.read_csv(tmp_path / "two.tsv", sep="\t", keep_default_na=False, dtype=str)
    assert table["sequence"].tolist() == ["1", "1", "2"]
    write_events(tmp_path / "one.json", [rows], layout)
    assert json.loads((tmp_path / "one.json").read_text())[1] == {"what": "c", "how": "1"}
    write_events(tmp_path / "none.csv", [[]], layout)
    assert (tmp_path / "none.csv").read_text() == "what,how\n"


@pytest.mark.parametrize(
    ("name", "layout", "other"),
    [("a.csv", Layout(), "-o a.mid"), ("a.mid", Layout(("x",)), "-o a.csv")],
)
def test_a_form_that_cannot_hold_them_is_refused(
    tmp_path: Path, name: str, layout: Any, other: str
) -> None:
    with pytest.raises(UsageError) as caught:
        write_events(tmp_path / name, [[[60]]], layout)
    assert caught.value.hint == other and not (tmp_path / name).exists()


def test_other_endings_are_texts() -> None:
    assert [is_event_file(Path(each)) for each in ("a.MID", "a.txt", "a")] == [True, False, False]
