"""A file with a line per token and a blank line behind each sentence, as a table of tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seqtune.data.reading.encoding import MARK, Scan, encodable, line_feeds
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.sentences.conll_form import (
    BLANKS,
    DOCUMENT,
    ID,
    NUMBER,
    ConllForm,
    conll_form,
)
from seqtune.data.reading.sentences.sentence_source import (
    SentenceSource,
    cell_getter,
    with_sentences,
)
from seqtune.errors import DataError, listed

NOTHING = "_"
UNSPECIFIED = ("upos", "xpos")
"""Columns of CoNLL-U in which `_` says that nobody has filled them in; elsewhere it is a value."""

KEPT = ("multi-word tokens", "empty nodes")

CHUNK_ROWS = 50_000


class ConllSource(SentenceSource):
    """The tokens of a file; what is no token (comments, `3-4`, `8.1`) is kept for writing it back.

    Args:
        path: The file.
        table: Its tokens.
        options: How it was to be read.
        form: Its layout.
        encoding: The Python name of its encoding.
        token_lines: (rows,) int64, the line of each token from 0 on.
        notes: What was decided while reading.
        fingerprint: sha256 of the bytes.
    """

    def __init__(
        self,
        path: Path,
        table: Any,
        options: ReadOptions,
        form: ConllForm,
        encoding: str,
        token_lines: npt.NDArray[np.int64],
        *,
        notes: tuple[str, ...] = (),
        fingerprint: str = "",
    ) -> None:
        super().__init__(
            path, table, options, lines=lambda row: int(token_lines[row]) + 1, notes=notes,
            fingerprint=fingerprint,
        )  # fmt: skip
        self.form = form
        self.token_column, self.label_column = form.token_column, form.label_column
        self._encoding = encoding
        self._token_lines = token_lines

    def filled_in(self, column: str, cells: Mapping[int, str] | Sequence[str]) -> str:
        """Return the text of the file with other cells in one column.

        Args:
            column: One of the file, or a new one, which then is the last.
            cells: The cell of each row; rows that a mapping lacks stay as they are.
        """
        place = self.names.index(column) - 1 if column in self.names else len(self.form.names)
        cell_of, found, row = cell_getter(cells), [], 0
        lines = self._token_lines.tolist()
        for number, line in enumerate(self._lines()):
            if row < len(lines) and number == lines[row]:
                cell = cell_of(row)
                line = line if cell is None else self._with_cell(line, place, cell)
                row += 1
            found.append(line)
        return "".join(found)

    def _with_cell(self, line: str, place: int, cell: str) -> str:
        body = line.rstrip("\r\n")
        end = line[len(body) :]
        cell = _writable(cell, is_tabbed=self.form.is_tabbed)
        if place >= len(self.form.names):
            mark = "\t" if self.form.is_tabbed or len(self.form.names) == 1 else " "
            return f"{body}{mark}{cell}{end}"
        if self.form.is_tabbed and "\t" in body:
            parts = body.split("\t")
            parts[place] = cell
            return "\t".join(parts) + end
        span = list(BLANKS.finditer(body))[place].span()
        return f"{body[: span[0]]}{cell}{body[span[1] :]}{end}"

    def _lines(self) -> Iterator[str]:
        """Yield the lines with their ends, a byte order mark of UTF-8 before the first."""
        encoding = "utf-8" if self._encoding == "utf-8-sig" else self._encoding
        with OpenedFile(self.path) as file, file.text(encoding) as text:
            yield from text


def _writable(cell: str, *, is_tabbed: bool) -> str:
    """Return a cell that does not tear its line."""
    parts = re.split(r"[\t\r\n]+" if is_tabbed else r"[ \t\r\n]+", cell)
    return "_".join(filter(None, parts)) or NOTHING


def read_conll(
    file: OpenedFile, options: ReadOptions, columns: Sequence[str]
) -> ConllSource | None:
    """Read a file with a line per token; None where it is no such file.

    Args:
        file: The file, compressed or not.
        options: `encoding`, where the guess is wrong.
        columns: What the first and the last column are called where nothing names them.

    Raises:
        DataError: A line has too few or too many columns, or the file has no token.
    """
    scan = file.scan(options.encoding)
    start = "".join(line_feeds([scan.start]))
    form = conll_form(start, file.path, columns)
    if form is None:
        return None
    table, lines, notes = _read(file, scan, form)
    return ConllSource(
        file.path, table, options, form, scan.encoding, lines,
        notes=(*file.notes, *scan.notes, *notes), fingerprint=file.fingerprint(),
    )  # fmt: skip


def _read(
    file: OpenedFile, scan: Scan, form: ConllForm
) -> tuple[Any, npt.NDArray[np.int64], list[str]]:
    rows = _Rows(file.path, form)
    with file.text(scan.encoding) as text:
        for number, line in enumerate(text):
            rows.take(number, line.rstrip("\r\n").removeprefix(MARK if number == 0 else ""))
    return rows.table(), np.array(rows.lines, np.int64), rows.notes()


class _Rows:
    """Collects the tokens of a file, line by line."""

    def __init__(self, path: Path, form: ConllForm) -> None:
        self.path, self.form = path, form
        self.lines: list[int] = []
        self._sentences: list[int] = []
        self._waiting: list[list[str]] = []
        self._chunks: list[list[Any]] = [[] for _ in form.names]
        self._is_first = True
        self._without_tab: list[int] = []
        self._kept: dict[str, int] = {}
        self._counts = dict.fromkeys(KEPT, 0)

    def take(self, number: int, line: str) -> None:
        """Take a line without its end."""
        if not line.strip():
            self._is_first = True
        elif number == self.form.header or self._is_passed_over(line):
            return
        else:
            self._token(number, line)

    def _is_passed_over(self, line: str) -> bool:
        if line.startswith(DOCUMENT):
            self._is_first = True
            return True
        return line[0] == "#" and self.form.is_comment(line, is_first=self._is_first)

    def _token(self, number: int, line: str) -> None:
        form = self.form
        cells = form.cells(line)
        if len(cells) != len(form.names):
            cells = self._mended(number, line, cells)
        if form.is_numbered and not NUMBER.fullmatch(cells[0]):
            if not ID.fullmatch(cells[0]):
                raise DataError(
                    f"{self.path}:{number + 1}: {cells[0][:30]!r} is no number of a token; "
                    "expected 3, or 3-4 for a multi-word token, or 8.1 for an empty node",
                    "correct the first column",
                )
            self._counts[KEPT["-" not in cells[0]]] += 1
            return
        if self._is_first:
            self._sentences.append(len(self.lines))
            self._is_first = False
        self.lines.append(number)
        self._waiting.append(cells)
        if len(self._waiting) == CHUNK_ROWS:
            self._flush()

    def _mended(self, number: int, line: str, cells: list[str]) -> list[str]:
        """Return the cells of a line with blanks where others have tabs.

        Raises:
            DataError: It has another number of columns.
        """
        found = BLANKS.findall(line)
        if self.form.is_tabbed and "\t" not in line and len(found) == len(self.form.names):
            self._without_tab.append(number)
            return found
        few = len(cells) < len(self.form.names)
        raise DataError(
            f"{self.path}:{number + 1}: {len(cells)} "
            f"{'column' if len(cells) == 1 else 'columns'} found, {len(self.form.names)} expected "
            f"({listed(self.form.names)})",
            "fill in what is missing: each token needs all columns" if few else
            f"let one {'tab' if self.form.is_tabbed else 'blank'} stand between columns",
        )  # fmt: skip

    def _flush(self) -> None:
        columns = zip(*self._waiting, strict=True) if self._waiting else [() for _ in self._chunks]
        for chunks, cells in zip(self._chunks, columns, strict=True):
            chunks.append(pa.array([encodable(cell) for cell in cells], pa.string()))
        self._waiting = []

    def table(self) -> Any:
        """Return the tokens.

        Raises:
            DataError: There is none.
        """
        self._flush()
        if not self.lines:
            raise DataError(
                f"{self.path} has no token",
                "expected a line per token: the token, a tab, a label",
            )
        starts = np.zeros(len(self.lines), np.int64)
        starts[self._sentences] = 1
        found: dict[str, Any] = {}
        for name, chunks in zip(self.form.names, self._chunks, strict=True):
            column = pa.chunked_array(chunks, pa.string())
            if self.form.is_conllu and name in UNSPECIFIED:
                column = pc.if_else(pc.equal(column, NOTHING), None, column)
            found[name] = column
        return pa.table(with_sentences(np.cumsum(starts), found))

    def notes(self) -> list[str]:
        """Return what was decided."""
        sentences, tokens = len(self._sentences), len(self.lines)
        found = [f"sentences: {sentences:,}; tokens, a line for each: {tokens:,}"]
        if not self.form.is_tabbed and len(self.form.names) > 1:
            found.append("columns stand apart by blanks, not by tabs")
        if self._without_tab:
            found.append(
                f"lines with blanks for tabs: {len(self._without_tab):,}, the first at "
                f"{self.path}:{self._without_tab[0] + 1}"
            )
        for what, count in self._counts.items():
            if count:
                found.append(f"{what}, which stay as they are and are not learnt: {count:,}")
        return found
