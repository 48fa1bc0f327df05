"""A row with a whole sentence, its tokens and their labels between blanks, as a row for each token.

tokens                  tags
show me flights    ->   O O B-thing          a line of two files, or two cells of a table
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.parallel_texts import Lines
from seqtune.data.reading.sentences.sentence_source import (
    SentenceSource,
    cell_getter,
    with_sentences,
)
from seqtune.data.reading.source import Source
from seqtune.errors import DataError

PAIRS = (
    *(("tokens", "tags"), ("words", "labels"), ("words", "tags"), ("tokens", "labels")),
    *(("sentence", "tags"), ("sentence", "labels"), ("text", "tags"), ("sentence", "word_labels")),
    *(("tokens", "ner_tags"), ("words", "ner_tags"), ("text", "slots"), ("utterance", "slots")),
    *(("text", "labels"), ("utterance", "tags"), ("utterance", "labels"), ("query", "slots")),
    *(("sentence", "slots"), ("sentence", "pos"), ("words", "pos")),
)
"""Names of two columns whose cells hold as many tokens as labels."""

WORD = re.compile(r"[^ \t\r\n]+")

SAMPLE_ROWS = 500
EQUAL_SHARE = 0.9
"""Share of rows with as many tokens as labels from which on the others are faults."""


class LineSource(SentenceSource):
    """Tokens of sentences that were a row each.

    Args:
        source: The rows.
        token: Its column of tokens.
        label: Its column of labels; "" for none.

    Raises:
        DataError: A row has not as many tokens as labels; names it.
    """

    def __init__(self, source: Source, token: str, label: str) -> None:
        tokens = _cells(source, token)
        sizes = np.array([len(each) for each in tokens], np.int64)
        columns: dict[str, Any] = {token: _flat(tokens)}
        if label:
            columns[label] = _flat(_labels(source, token, label, tokens))
        rows = np.repeat(np.arange(len(tokens)), sizes)
        table = source.table()
        for name in table.column_names:
            if name not in columns:
                columns[name] = table.column(name).take(pa.array(rows))
        empty = int((sizes == 0).sum())
        super().__init__(
            source.path,
            pa.table(with_sentences(rows + 1, columns)),
            lines=lambda row: source.line(int(rows[row])),
            notes=(
                *source.notes,
                f"sentences: {len(tokens):,}; tokens, which stand between blanks: {len(rows):,}",
                *([f"sentences without a token: {empty:,}"] if empty else []),
            ),
            fingerprint=source.fingerprint(),
        )
        self.token_column, self.label_column = token, label
        self.is_of_lines = isinstance(source, Lines)
        self._sizes = sizes
        self._encoding = source.encoding if isinstance(source, Lines) else ""

    def filled_in(self, column: str, cells: Mapping[int, str] | Sequence[str]) -> str | None:
        """Return a line of labels for each line of the file; None for a table.

        Args:
            column: The labels.
            cells: The label of each row; rows that a mapping lacks keep the one they have.
        """
        if not self.is_of_lines:
            return None
        cell_of, row, found = cell_getter(cells), 0, []
        before = self.texts(column) if column in self.names else None
        with OpenedFile(self.path) as file, file.text(self._encoding) as text:
            for line, size in zip(text, self._sizes.tolist(), strict=True):
                labels = []
                for at in range(row, row + size):
                    cell = cell_of(at)
                    labels.append(cell if cell is not None else before[at] if before else "")
                row += size
                end = line[len(line.rstrip("\r\n")) :]
                found.append(" ".join("_".join(each.split()) or "_" for each in labels) + end)
        return "".join(found)


def _cells(source: Source, name: str) -> list[list[str]]:
    """Return what each cell of a column lists, or what stands between its blanks."""
    lists = source.lists(name)
    if lists is not None:
        return [[each or "" for each in cell or ()] for cell in lists]
    return [WORD.findall(text) for text in source.texts(name)]


def _flat(parts: Sequence[Sequence[str | None]]) -> Any:
    return pa.array([each for part in parts for each in part], pa.string())


def _labels(
    source: Source, token: str, label: str, tokens: Sequence[Sequence[str]]
) -> list[list[str | None]]:
    """Return the labels of each sentence; a blank cell of a whole sentence has none."""
    found: list[list[str | None]] = []
    for row, (words, cell) in enumerate(zip(tokens, _cells(source, label), strict=True)):
        labels: list[str | None] = [*cell]
        if len(labels) != len(words):
            if labels or isinstance(source, Lines):
                raise DataError(
                    f"{source.where(row)}: tokens in column {token!r}: {len(words):,}; "
                    f"labels in column {label!r}: {len(labels):,}; expected one for each",
                    "correct the line" if isinstance(source, Lines) else "correct the row",
                )
            labels = [None] * len(words)
        found.append(labels)
    return found


def as_tokens(
    source: Source, token: str, label: str, columns: Sequence[str], series: str = ""
) -> Source:
    """Return a table with a row for each token of one with a row for each sentence.

    Args:
        source: Any table; one that has a row for each token already stays as it is.
        token: The column of tokens that is asked for; "" to look for one.
        label: That of labels.
        columns: What lines of a second file are called as labels, beside that of tokens.
        series: The column that tells the sentences of a run apart; rows without it are sentences.

    Raises:
        DataError: A sentence has not as many tokens as labels.
    """
    if isinstance(source, SentenceSource):
        return source
    if isinstance(source, Lines):
        return _of_lines(source, columns)
    if series and token in source.names and series not in source.names:
        is_labelled = _is_of_sentences(source, token, label)
        return LineSource(source, token, label if is_labelled else "")
    pair = _pair(source, token, label)
    return LineSource(source, *pair) if pair else source


def _of_lines(source: Lines, columns: Sequence[str]) -> LineSource:
    first, *second = source.names
    names = {first: columns[0] if second else first}
    if second:
        names[second[0]] = columns[-1]
    renamed = source.renamed(names)
    found = LineSource(renamed, *(*names.values(), "")[:2])
    found.label_beside = columns[-1] if second else ""
    return found


def _pair(source: Source, token: str, label: str) -> tuple[str, str] | None:
    """Return the columns of tokens and labels of a table with a row for each sentence."""
    texts = [name for name in source.names if source.kind(name) == "text"]
    if token and label in source.names:
        pairs = [(token, label)]
    elif token:
        known = [(token, second) for first, second in PAIRS if first == token.lower()]
        pairs = [*known, *((token, name) for name in texts if name != token), (token, "")]
    elif label:
        pairs = [(name, label) for name in texts if name != label]
    else:
        lowered = {name.lower(): name for name in texts}
        pairs = [(lowered[a], lowered[b]) for a, b in PAIRS if a in lowered and b in lowered]
        if len(texts) == 2 and not pairs:
            pairs = [(texts[0], texts[1])]
    return next((pair for pair in pairs if _is_of_sentences(source, *pair)), None)


def _is_of_sentences(source: Source, token: str, label: str) -> bool:
    """Say whether cells hold several tokens each, and as many labels."""
    if not {token, *([label] if label else [])} <= {*source.names}:
        return False
    rows = range(0, source.rows, 1 + source.rows // SAMPLE_ROWS)
    sizes = _sizes(source, token, rows)
    if not (sizes > 1).any() or 2 * int((sizes > 1).sum()) <= int((sizes > 0).sum()):
        return source.lists(token) is not None
    if not label:
        return True
    other = _sizes(source, label, rows)
    known = other > 0
    if not known.any():
        return True
    return bool((sizes[known] == other[known]).mean() >= EQUAL_SHARE)


def _sizes(source: Source, name: str, rows: range) -> npt.NDArray[np.int64]:
    lists = source.lists(name)
    cells = (
        [lists[row] or () for row in rows]
        if lists is not None
        else [WORD.findall(source.text(name, row)) for row in rows]
    )
    return np.array([len(cell) for cell in cells], np.int64)
