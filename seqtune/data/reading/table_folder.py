"""Reading a folder of tables as one: files that are series, cases, or parts of one table."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from seqtune.data.reading.case_labels import CaseLabels, find_labels
from seqtune.data.reading.folder import fingerprint_of, printable
from seqtune.data.reading.folder_layout import DATE, TIME, Layout, layout_of
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.python_rows import joined
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_table
from seqtune.errors import DataError, literal

LABEL = "label"
SHOWN = 5
FEW_CHUNKS = 64


@dataclass(frozen=True)
class _Place:
    """Where the rows of one file are."""

    path: Path
    lines: Callable[[int], int] | None

    def where(self, row: int) -> str:
        return f"{self.path}:{self.lines(row)}" if self.lines else f"{self.path}: row {row + 1}"


class TableFolder(Source):
    """The rows of several files; messages name the file and the line of a row.

    Args:
        path: The folder.
        table: Their rows, one file after the other.
        options: How they were to be read.
        places: Where the rows of each file are.
        counts: Rows of each file.
        decimal: The decimal mark of most of them.
        notes: What was decided while reading.
        fingerprint: sha256 of the files.
    """

    def __init__(
        self,
        path: Path,
        table: Any,
        options: ReadOptions,
        *,
        places: Sequence[_Place],
        counts: Sequence[int],
        decimal: str,
        notes: tuple[str, ...],
        fingerprint: str,
    ) -> None:
        super().__init__(
            path, table, options, decimal=decimal, notes=notes, fingerprint=fingerprint
        )
        self._places = tuple(places)
        self._begins = list(accumulate(counts, initial=0))

    def where(self, row: int) -> str:
        """Return the place of a row for messages: `shops/north.csv:12`."""
        file = bisect_right(self._begins, row) - 1
        return self._places[file].where(row - self._begins[file])


def read_table_folder(
    path: Path, names: Sequence[str], options: ReadOptions, left_out: Iterable[str] = ()
) -> Source:
    """Read the tables of a folder as one.

    Args:
        path: The folder.
        names: The tables in it, relative to it, in order.
        options: How each is read; `folder` says what they are.
        left_out: Notes on what else lies there.

    Returns:
        Their rows. A column `series` names the file of each row where files are series, `label`
        the sub-folder; a table that names the files adds its columns.

    Raises:
        DataError: One cannot be read, or has other columns than the rest.
    """
    if len(names) == 1:
        with OpenedFile(path / names[0]) as file:
            source = read_table(file, options)
        for note in left_out:
            source.note(note)
        where = f"read from {literal(printable(names[0]))}, the only table in the folder"
        source.note(where, is_first=True)
        return source
    sources, prints = [], []
    for name in names:
        with OpenedFile(path / name) as file:
            sources.append(read_table(file, options))
        prints.append((name, sources[-1].fingerprint()))
    found = find_labels(sources, names)
    labels = found[1] if found else None
    kept = [place for place in range(len(names)) if found is None or place != found[0]]
    names, sources = [names[place] for place in kept], [sources[place] for place in kept]
    _refuse_other_columns(path, names, sources)
    source = _joined(path, names, sources, labels, options, fingerprint_of(prints))
    for note in left_out:
        source.note(note)
    return source


def _joined(
    path: Path,
    names: Sequence[str],
    sources: Sequence[Source],
    labels: CaseLabels | None,
    options: ReadOptions,
    fingerprint: str,
) -> Source:
    counts = [source.rows for source in sources]
    decimal = Counter(source.decimal for source in sources).most_common(1)[0][0]
    rows = Source(path, _stacked(sources), options, decimal=decimal)
    layout = layout_of(names, rows, counts, "series" if labels else options.folder)
    made = _made(names, rows, counts, layout, labels)
    if twice := [name for name in made if name in rows.names]:
        raise DataError(
            f"{path}: the files have a column '{twice[0]}', which is also made from their names",
            "rename the column in the files",
        )
    table = pa.table({**made, **dict(zip(rows.names, rows.table().columns, strict=True))})
    if list(layout.order) != sorted(layout.order):
        begins = list(accumulate(counts, initial=0))
        table = pa.concat_tables(
            [table.slice(begins[place], counts[place]) for place in layout.order]
        ).combine_chunks()
    notes = [*layout.notes, *(labels.notes(names) if labels else []), *_notes(sources)]
    if LABEL in made and not labels:
        notes.append(f"'{LABEL}' is the name of the sub-folder")
    return TableFolder(
        path, table, options,
        places=[_Place(sources[place].path, sources[place].lines) for place in layout.order],
        counts=[counts[place] for place in layout.order],
        decimal=decimal,
        notes=(f"{table.num_rows:,} rows of {notes[0]}", *notes[1:]),
        fingerprint=fingerprint,
    )  # fmt: skip


def _stacked(sources: Sequence[Source]) -> Any:
    """Return the rows of all files, one file after the other."""
    tables = [source.table() for source in sources]
    table = pa.table(
        {name: joined([table.column(name) for table in tables]) for name in sources[0].names}
    )
    return table.combine_chunks() if len(sources) > FEW_CHUNKS else table


def _made(
    names: Sequence[str],
    rows: Source,
    counts: Sequence[int],
    layout: Layout,
    labels: CaseLabels | None,
) -> dict[str, Any]:
    """Return the columns that are not in the files, for all rows, file after file."""
    made: dict[str, Any] = {}
    for name, values in layout.columns.items():
        column = _repeated(values, counts)
        made[name] = column.cast(pa.date32()).cast(pa.timestamp("ms")) if name == DATE else column
    if layout.clock:
        made[TIME] = _times(rows.texts(layout.clock), np.repeat(layout.dates, counts))
    if labels:
        made |= labels.columns(counts, rows.names)
    folders = [name.split("/", 1)[0] if "/" in name else "" for name in names]
    is_label = all(folders) and len(set(folders)) > 1 and not layout.dates and not labels
    if is_label and LABEL not in rows.names:
        made[LABEL] = _repeated([printable(folder) for folder in folders], counts)
    return made


def _repeated(values: Sequence[str], counts: Sequence[int]) -> Any:
    """Return the value of each file as often as it has rows."""
    return pa.array(values).take(pa.array(np.repeat(np.arange(len(values)), counts)))


def _times(clocks: Sequence[str], dates: np.ndarray[Any, Any]) -> Any:
    """Return the times of rows that have only clocks."""
    texts = [text.strip() for text in clocks]
    return pa.array(
        np.array(
            [
                f"{date}T{'0' * (text[1:2] == ':')}{text}"
                for date, text in zip(dates, texts, strict=True)
            ],
            dtype="datetime64[ms]",
        )
    )


def _refuse_other_columns(path: Path, names: Sequence[str], sources: Sequence[Source]) -> None:
    counts = Counter(frozenset(source.names) for source in sources)
    usual, _ = counts.most_common(1)[0]
    others = [
        f"{literal(printable(name))} ({_difference(usual, source)})"
        for name, source in zip(names, sources, strict=True)
        if frozenset(source.names) != usual
    ]
    if others:
        shown = ", ".join(others[:SHOWN]) + (", …" if len(others) > SHOWN else "")
        many = f"{len(others)} of {len(names)} files have"
        raise DataError(
            f"{path}: {many} other columns than the rest: {shown}",
            "move them out of the folder, or give all files the same columns",
        )


def _difference(usual: frozenset[str], source: Source) -> str:
    lacking = sorted(usual - set(source.names))
    added = [name for name in source.names if name not in usual]
    words = [f"lacks '{literal(lacking[0])[:40]}'"] if lacking else []
    return ", ".join([*words, *([f"has '{literal(added[0])[:40]}'"] if added else [])])


def _notes(sources: Sequence[Source]) -> list[str]:
    """Return what was guessed of the files, each guess once."""
    counts = Counter(note for source in sources for note in source.notes)
    whole = len(sources)
    return [note if count == whole else f"{note} ({count} files)" for note, count in counts.items()]
