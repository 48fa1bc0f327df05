"""Prompts in files: a text, a piece of music, or the rows of a table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from seqtune.data.reading.music.open_pieces import pieces_of
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_table
from seqtune.data.text.vocabulary import SYMBOL
from seqtune.errors import DataError
from seqtune.tasks.generate.codec import Codec
from seqtune.tasks.generate.corpus import Columns, Corpus
from seqtune.tasks.generate.event_corpus import pieces_corpus, rows_corpus
from seqtune.tasks.generate.event_files.endings import is_event_file
from seqtune.tasks.generate.prompt_text import text_in
from seqtune.tasks.generate.step_tokens import StepTokens


def prompt_in(path: Path, codec: Codec) -> str:
    """Return the prompt that a file holds, for the model of a run.

    Args:
        path: A text; for a model of notes or of events also a file of its data's form, whose first
            sequence is the prompt.
        codec: That of the model.

    Raises:
        DataError: It cannot be read, or holds something else.
    """
    tokens = codec.tokens.get(SYMBOL)
    if not isinstance(tokens, StepTokens) or not is_event_file(path):
        return text_in(path)
    options = ReadOptions(steps_per_beat=tokens.per_beat)
    with OpenedFile(path) as file:
        if tokens.columns:
            corpus = _rows(read_table(file, options), codec.columns)
        else:
            pieces = pieces_of(file, options)
            if pieces is None:
                hint = "give MIDI, ABC, or JSON: [[60, 64], [62]]"
                raise DataError(f"{path} holds no notes", hint)
            corpus = pieces_corpus(pieces)
    return "".join(corpus.documents[0].blocks())


def _rows(source: Source, columns: Columns) -> Corpus:
    """Return the rows of a table, which may be one sequence and not name it."""
    is_named = columns.series in source.names
    return rows_corpus(source, columns if is_named else replace(columns, series=None))
