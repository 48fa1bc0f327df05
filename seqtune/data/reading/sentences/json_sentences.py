"""Sentences in JSON Lines, as a table of tokens: lists of tokens, or texts with stretches."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seqtune.data.reading.encoding import encodable
from seqtune.data.reading.json_structure import check_depth
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.sentences.json_layout import JsonLayout, layout_of
from seqtune.data.reading.sentences.json_rows import TextRows, TokenRows
from seqtune.data.reading.sentences.json_text import JsonObject, json_objects
from seqtune.data.reading.sentences.sentence_source import (
    SentenceSource,
    cell_getter,
    with_sentences,
)
from seqtune.data.reading.sentences.spans import as_items, spans_of
from seqtune.data.reading.sentences.word_places import word_places
from seqtune.errors import DataError

FIRST_OBJECTS = 100
"""So many objects show what they hold."""


class JsonSource(SentenceSource):
    """The tokens of a JSON file.

    Args:
        path: The file.
        table: Its tokens.
        options: How it was to be read.
        layout: Which keys hold what.
        encoding: The Python name of its encoding.
        sizes: (objects,) int64, how many tokens each has.
        lines: (objects,) int64, on which line each begins, from 1 on.
        notes: What was decided while reading.
        fingerprint: sha256 of the bytes.
    """

    def __init__(
        self,
        path: Path,
        table: Any,
        options: ReadOptions,
        layout: JsonLayout,
        encoding: str,
        sizes: npt.NDArray[np.int64],
        lines: npt.NDArray[np.int64],
        *,
        notes: tuple[str, ...] = (),
        fingerprint: str = "",
    ) -> None:
        ends = np.cumsum(sizes)
        super().__init__(
            path, table, options, notes=notes, fingerprint=fingerprint,
            lines=lambda row: int(lines[np.searchsorted(ends, row, side="right")]),
        )  # fmt: skip
        self.layout = layout
        self._encoding = encoding
        self._sizes = sizes

    def filled_in(self, column: str, cells: Mapping[int, str] | Sequence[str]) -> str:
        """Return the text of the file with other labels.

        Args:
            column: The key of the labels of listed tokens; of a text its stretches are written.
            cells: The label of each row; rows that a mapping lacks stay as they are.
        """
        text = _raw(self.path, self._encoding)
        cell_of, found, done, row = cell_getter(cells), [], 0, 0
        before = self.texts(column) if column in self.names else [""] * self.rows
        for each, size in zip(json_objects(text, self.path), self._sizes.tolist(), strict=True):
            new = [cell_of(at) for at in range(row, row + size)]
            old = before[row : row + size]
            labels = [one if two is None else two for one, two in zip(old, new, strict=True)]
            row += size
            if labels == old:
                continue
            begin, end, value = self._change(each, column, labels)
            found += [text[done:begin], value]
            done = end
        return "".join([*found, text[done:]])

    def _change(self, each: JsonObject, column: str, labels: list[str]) -> tuple[int, int, str]:
        """Return which stretch of the file is replaced, and by what."""
        key, value = column, list[Any](labels)
        if self.layout.text:
            key = self.layout.spans
            items = each.values.get(key) or [None]
            places = word_places(each.values[self.layout.text])
            value = as_items(spans_of(labels, places), items[0])
        shown = json.dumps(value, ensure_ascii=False)
        if key in each.places:
            return (*each.places[key], shown)
        comma = ", " if each.values else ""
        return each.end, each.end, f"{comma}{json.dumps(key, ensure_ascii=False)}: {shown}"


def read_json_sentences(
    file: OpenedFile,
    options: ReadOptions,
    columns: Sequence[str],
    *,
    label: str = "",
    known: str = "",
    is_asked: bool = True,
) -> JsonSource | None:
    """Read a JSON file of sentences; None where it holds a table.

    Args:
        file: The file, compressed or not.
        options: `encoding`, where the guess is wrong.
        columns: What the tokens and the labels of texts with stretches are called.
        label: The key of labels that is asked for; "" for none.
        known: The column of tokens of a run, for which texts without labels will do.
        is_asked: Whether tokens are wanted, for which one list will do.

    Raises:
        DataError: An object is faulty: other counts of tokens and labels, numbers for labels, a
            stretch outside its text.
    """
    scan = file.scan(options.encoding)
    check_depth(file.path, (text.encode() for text in file.texts(scan.encoding)),
                outer=int(scan.start.lstrip().startswith("[")))  # fmt: skip
    text = _raw(file.path, scan.encoding)
    layout = layout_of(_first(text, file.path), known=known, is_asked=is_asked)
    if layout is None:
        return None
    rows: TokenRows | TextRows = (
        TokenRows(file.path, layout.tokens)
        if layout.tokens
        else TextRows(file.path, layout, columns)
    )
    sizes, lines = [], []
    for each in json_objects(text, file.path):
        sizes.append(rows.take(each))
        lines.append(each.line)
    rows.check(label, is_known=bool(known))
    number = np.repeat(np.arange(1, len(sizes) + 1), sizes)
    if not len(number):
        raise DataError(f"{file.path} has no token", 'expected a list of tokens under "tokens"')
    found = {
        encodable(name): pa.array(map(_text, cells), pa.string())
        for name, cells in rows.columns.items()
    }
    source = JsonSource(
        file.path, pa.table(with_sentences(number, found)), options, layout, scan.encoding,
        np.array(sizes, np.int64), np.array(lines, np.int64),
        notes=(*file.notes, *scan.notes, *rows.notes(sizes)), fingerprint=file.fingerprint(),
    )  # fmt: skip
    source.token_column = encodable(rows.token_column)
    source.label_column = encodable(rows.label_column)
    return source


def _first(text: str, path: Path) -> list[dict[str, Any]]:
    """Return the first objects of a file, up to one that is faulty."""
    found: list[dict[str, Any]] = []
    with suppress(DataError):
        for each in islice(json_objects(text, path), FIRST_OBJECTS):
            found.append(each.values)
    return found


def _text(cell: str | None) -> str | None:
    return None if cell is None else encodable(cell)


def _raw(path: Path, encoding: str) -> str:
    """Return the text of a file with its own line ends, and a byte order mark of UTF-8."""
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    with OpenedFile(path) as file, file.text(encoding) as text:
        return text.read()
