"""A table beside the files of a folder that says something of each: its label, its group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa

from seqtune.data.reading.folder import printable, stem_of
from seqtune.data.reading.source import Source
from seqtune.errors import DataError, literal

LEAST_SHARE = 0.5
"""So many of the files must be named in a table of labels."""


@dataclass(frozen=True)
class CaseLabels:
    """What a table says of files.

    Args:
        source: The table.
        key: Its column of file names.
        rows: (files,), the row of each; -1 where there is none.
    """

    source: Source
    key: str
    rows: np.ndarray[Any, Any]

    def columns(self, counts: Sequence[int], taken: Sequence[str]) -> dict[str, Any]:
        """Return the other columns of the table, each value as often as its file has rows.

        Args:
            counts: Rows of each file.
            taken: Columns that the files have.

        Raises:
            DataError: Files and table have a column in common.
        """
        table = self.source.table()
        names = [name for name in table.column_names if name != self.key]
        twice = [name for name in names if name in taken]
        if twice:
            raise DataError(
                f"{self.source.path}: the column '{twice[0]}' is also one of the files",
                "rename it in the table of labels",
            )
        rows = np.repeat(self.rows, counts)
        indices = pa.array(rows, mask=rows < 0)
        return {name: table.column(name).take(indices) for name in names}

    def notes(self, names: Sequence[str]) -> list[str]:
        """Say which table it is, and what does not match.

        Args:
            names: The files.
        """
        own = self.source.path.name
        notes = [f"'{literal(printable(own))}' names the files in '{literal(self.key)}':"
                 " its other columns are added to each"]  # fmt: skip
        without = [name for name, row in zip(names, self.rows, strict=True) if row < 0]
        if without:
            notes.append(
                f"{len(without)} of {len(names)} files have no row in it"
                f" ({literal(printable(without[0]))}, …): their cells are empty"
            )
        extra = self.source.rows - len(set(self.rows[self.rows >= 0].tolist()))
        return [*notes, f"{extra} rows of it are of no file"] if extra else notes


def find_labels(sources: Sequence[Source], names: Sequence[str]) -> tuple[int, CaseLabels] | None:
    """Return which of several tables names the other files, and what it says; None for none.

    Args:
        sources: Tables that could be it.
        names: All files, relative to the folder; those of `sources` first.

    Raises:
        DataError: It names a file twice.
    """
    best: tuple[int, int, str] | None = None
    for place, source in enumerate(sources):
        if any(other.names == source.names for other in sources if other is not source):
            continue
        others = [name for name in names if name != names[place]]
        for column in source.names:
            found = set(map(str.strip, source.texts(column))) if others else set()
            hits = sum(not found.isdisjoint(_called(name)) for name in others)
            enough = hits >= 2 and hits >= LEAST_SHARE * len(others)
            if enough and (best is None or hits > best[0]):
                best = (hits, place, column)
    if best is None:
        return None
    _, place, column = best
    others = [name for name in names if name != names[place]]
    return place, CaseLabels(sources[place], column, _rows(sources[place], column, others))


def _rows(source: Source, column: str, names: Sequence[str]) -> np.ndarray[Any, Any]:
    places: dict[str, int] = {}
    for row, text in enumerate(source.texts(column)):
        first = places.setdefault(text.strip(), row)
        if first != row and text.strip():
            raise DataError(
                f"{source.where(row)}: '{literal(text)[:60]}' has two rows, here and on line"
                f" {source.line(first)}",
                "leave one row for each file",
            )
    rows = [[places[called] for called in _called(name) if called in places] for name in names]
    return np.array([found[0] if found else -1 for found in rows], dtype=np.int64)


def _called(name: str) -> tuple[str, ...]:
    """Return what a table may call a file: by its whole name, or without folder and ending."""
    path = PurePosixPath(name)
    return tuple(dict.fromkeys((name, path.name, stem_of(name), stem_of(path.name))))
