"""Writing music and events to a file, in the form that its ending names."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from seqtune.data.reading.music.midi import library
from seqtune.errors import UsageError
from seqtune.files import write_bytes
from seqtune.tasks.generate.event_files.abc_file import abc_text
from seqtune.tasks.generate.event_files.endings import OF_NOTES, OF_ROWS
from seqtune.tasks.generate.event_files.midi_file import midi_bytes
from seqtune.tasks.generate.step_tokens import Layout, Steps

SEQUENCE = "sequence"
"""The column that says which of several sequences a row is of."""


def write_events(path: Path, pieces: Sequence[Steps], layout: Layout) -> None:
    """Write sequences to a file.

    Args:
        path: Its ending names the form.
        pieces: The steps of each.
        layout: What a step is.

    Raises:
        UsageError: The form does not hold such steps, or not several sequences.
        MissingExtra: A library is not installed.
    """
    check_form(path, len(pieces), layout)
    write_bytes(path, _forms(layout)[path.suffix.lower()](pieces, layout))


def check_form(path: Path, count: int, layout: Layout) -> None:
    """Refuse a file that cannot hold what is to be written, before it is written.

    Args:
        path: Its ending names the form.
        count: How many sequences there are to be.
        layout: What a step is.

    Raises:
        UsageError: The form does not hold such steps, or not several sequences.
        MissingExtra: A library is not installed.
    """
    forms, ending = _forms(layout), path.suffix.lower()
    if ending not in forms:
        what = "sets of notes" if layout.is_notes else f"rows of {', '.join(layout.columns)}"
        raise UsageError(
            f"{path} cannot hold {what}; files that can end in {', '.join(forms)}, or .txt",
            f"-o {path.stem}{next(iter(forms))}",
        )
    if forms[ending] is _midi:
        library()
        if count > 1:
            raise UsageError(
                f"a MIDI file holds one piece, not {count}", "-o tunes.abc, or leave out --count"
            )


def _forms(layout: Layout) -> Forms:
    return _OF_NOTES if layout.is_notes else _OF_ROWS


def _midi(pieces: Sequence[Steps], layout: Layout) -> bytes:
    return midi_bytes(pieces[0], layout.per_beat)


def _abc(pieces: Sequence[Steps], layout: Layout) -> bytes:
    return (abc_text(pieces, layout.per_beat) + "\n").encode()


def _note_lists(pieces: Sequence[Steps], layout: Layout) -> bytes:
    return (json.dumps(pieces, separators=(", ", ": ")) + "\n").encode()


def _rows(pieces: Sequence[Steps], layout: Layout) -> list[dict[str, Any]]:
    name = SEQUENCE
    while name in layout.columns:
        name += "_"
    return [
        {
            **({name: number} if len(pieces) > 1 else {}),
            **dict(zip(layout.columns, step, strict=True)),
        }
        for number, steps in enumerate(pieces, start=1)
        for step in steps
    ]


def _json_rows(pieces: Sequence[Steps], layout: Layout) -> bytes:
    return (json.dumps(_rows(pieces, layout), ensure_ascii=False, indent=1) + "\n").encode()


def _table(delimiter: str) -> Callable[[Sequence[Steps], Layout], bytes]:
    def form(pieces: Sequence[Steps], layout: Layout) -> bytes:
        rows = _rows(pieces, layout)
        text = io.StringIO()
        names = list(rows[0]) if rows else list(layout.columns)
        table = csv.DictWriter(text, names, delimiter=delimiter, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        return text.getvalue().encode()

    return form


Forms = Mapping[str, Callable[[Sequence[Steps], Layout], bytes]]

_OF_NOTES: Forms = dict(zip(OF_NOTES, (_midi, _midi, _abc, _note_lists), strict=True))
_OF_ROWS: Forms = dict(zip(OF_ROWS, (_table(","), _table("\t"), _json_rows), strict=True))
