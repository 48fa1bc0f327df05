"""The documents of a source: texts in files or in a column, pieces of music, rows of events."""

from __future__ import annotations

import shlex

from seqtune.data.reading.music.piece import PieceSource
from seqtune.data.reading.source import Source
from seqtune.data.reading.texts import TextSource
from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener
from seqtune.tasks.generate.corpus import Cell, Columns, Corpus
from seqtune.tasks.generate.event_corpus import check_events, pieces_corpus, rows_corpus
from seqtune.tasks.generate.schema import Data

MIN_CHARACTERS = 200
"""Shorter texts cannot be learnt from, compared and tested."""

TEXT_NAMES = ("text", "content", "body", "document", "story", "article", "sentence", "review")


def corpus_of(source: Source, columns: Columns, listener: Listener) -> Corpus:
    """Return the documents of a source.

    Args:
        source: Text files, pieces of music, or a table.
        columns: Which columns of a table.
        listener: Hears which column was taken.

    Raises:
        DataError: There is no text, or too little of it.
    """
    corpus = documents_of(source, columns, listener)
    if corpus.layout:
        check_events(corpus, str(source.path))
        return corpus
    total = corpus.characters
    if total < MIN_CHARACTERS:
        raise DataError(
            f"{source.path} has {total} characters, expected at least {MIN_CHARACTERS} to learn "
            "from, to compare and to test",
            "give more text",
        )
    first = next(corpus.documents[0].blocks())[0]
    if all(not block.strip(first) for each in corpus.documents for block in each.blocks()):
        raise DataError(
            f"{source.path} holds only the character {first!r}, so there is nothing to learn",
            "give another text",
        )
    return corpus


def documents_of(source: Source, columns: Columns, listener: Listener) -> Corpus:
    """Return the documents of a source, however few.

    Raises:
        DataError: There is no text.
    """
    if isinstance(source, TextSource):
        return _files(source)
    if isinstance(source, PieceSource):
        return pieces_corpus(source)
    if columns.events:
        return rows_corpus(source, columns)
    return _cells(source, columns.text, listener)


def _files(source: TextSource) -> Corpus:
    return Corpus([file for file in source.files if file.characters])


def _cells(source: Source, asked: str, listener: Listener) -> Corpus:
    name = asked if asked != "auto" else text_column(source, listener)
    source.require(name, "--text")
    texts = [text.replace("\r\n", "\n").replace("\r", "\n") for text in source.texts(name)]
    found = [Cell(text) for text in texts if text.strip()]
    if not found:
        raise DataError(f"{source.path}: column {name!r} has no text", "name it: --text COLUMN")
    return Corpus(found, Columns(name))


def text_column(source: Source, listener: Listener) -> str:
    """Find the column of texts.

    Raises:
        DataError: There is none, or more than one.
    """
    texts = [name for name in source.names if source.kind(name) == "text"]
    if not texts:
        raise DataError(f"{source.path}: no column of texts to learn from", "--text COLUMN")
    by_name = [name for name in texts if name.lower() in TEXT_NAMES]
    if len(by_name or texts) > 1:
        candidates = ", ".join(by_name or texts)
        raise DataError(
            f"{source.path}: several columns could be the text: {candidates}",
            f"choose one: --text {shlex.quote((by_name or texts)[0])}",
        )
    chosen = (by_name or texts)[0]
    why = "by its name" if by_name else "the only column of text"
    listener(Assumption("text", chosen, why, "--text COLUMN"))
    return chosen


def columns_of(data: Data) -> Columns:
    """Return which columns of a table a recipe names."""
    return Columns(data.text, data.events, data.series)
