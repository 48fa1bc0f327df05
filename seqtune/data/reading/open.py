"""Opening what the user gave: a path or a table, read as the recipe says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from seqtune.data.reading.folder import is_table, printable
from seqtune.data.reading.joined_time import join_time
from seqtune.data.reading.locate import folder_error
from seqtune.data.reading.music.open_pieces import pieces_in, pieces_of
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.parallel_texts import read_lines, read_parallel
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.recipe_options import options_of
from seqtune.data.reading.sentences.open_sentences import (
    sentences_of,
    tokens_of,
    undecided_sentences,
)
from seqtune.data.reading.source import Source
from seqtune.data.reading.spool import DASH, STDIN, is_stream
from seqtune.data.reading.sql.database import is_address, read_address, read_database
from seqtune.data.reading.sql.server import shown_address
from seqtune.data.reading.table import read_table
from seqtune.data.reading.table_folder import read_table_folder
from seqtune.data.reading.text_folder import left_out, read_labelled, read_texts_beside, walk
from seqtune.data.reading.texts import read_text, read_texts
from seqtune.errors import DataError, UsageError
from seqtune.tasks._info import info_of

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.recipe.load import Recipe


def open_source(
    data: str | Path | pd.DataFrame,
    recipe: Recipe,
    query: str | None = None,
    *,
    joins: bool = True,
) -> Source:
    """Read a file, or take a table that is in memory already.

    Args:
        data: A path, `-` for the standard input, the address of a database, or a pandas DataFrame.
        recipe: Its `data` section says how a file is read; its task, whether a text file is a
            document or a table.
        query: What is read from a database.
        joins: Whether the recipe may name a second file, to be read line by line beside this one.
            That of a run, which may be a stranger's, may not.
    """
    info = info_of(recipe.task)
    found: Source | None = None if query else sentences_of(data, recipe, joins=joins)
    if found is None and info.line_columns and not query:
        found = _lines(data, recipe, info.line_columns, joins)
    if found is None:
        found = read(data, recipe, as_documents=info.reads_documents, query=query)
    return tokens_of(found, recipe)


def _lines(
    data: str | Path | pd.DataFrame, recipe: Recipe, columns: tuple[str, ...], joins: bool
) -> Source | None:
    """Return plain text files as a table with a row for each line; None where there is a table.

    Args:
        data: As `open_source` takes it.
        recipe: Where it names a file in place of the second column, this has its lines. Where it
            names the first column, and a file that is no table by its name lacks it, the lines of
            the file are that column.
        columns: What the columns are called.
        joins: Whether it may name such a file.
    """
    if not isinstance(data, (str, Path)) or str(data) == DASH or not Path(data).is_file():
        return None
    path, options = Path(data), options_of(recipe)
    first, second = (getattr(recipe.values.data, name, "auto") for name in columns)
    is_named = joins and isinstance(second, str) and second != "auto"
    beside = Path(str(second)) if is_named else None
    if beside is not None and beside.is_file():
        with OpenedFile(path) as file:
            if file.form not in ("text", "delimited") or _has(file, options, str(second)):
                return None
        return read_parallel(path, beside, (columns[0], columns[1]), options)
    if first == "auto" or is_table(path.name):
        return None
    with OpenedFile(path) as file:
        if file.form not in ("text", "delimited") or _has(file, options, first):
            return None
        return read_lines(file, first, options)


def _has(file: OpenedFile, options: ReadOptions, column: str) -> bool:
    """Say whether a file is a table with a column."""
    table = _table_of(file, options) if file.start else None
    return table is not None and column in table.names


def open_undecided(
    data: str | Path | pd.DataFrame, recipe: Recipe, query: str | None = None
) -> Source:
    """Read a file before the task is known: as a table where it is one, else as documents.

    Args:
        data: As `open_source` takes it.
        recipe: Its `data` section says how a file is read.
        query: What is read from a database.
    """
    sentences = None if query else undecided_sentences(data, options_of(recipe))
    return sentences or read(data, recipe, as_documents=None, query=query)


def _joined(source: Source, recipe: Recipe) -> Source:
    """Join the columns that the recipe names as the time together."""
    time = getattr(recipe.values.data, "time", None)
    if isinstance(time, (list, tuple)):
        join_time(source, time)
    return source


def read(
    data: str | Path | pd.DataFrame,
    recipe: Recipe,
    *,
    as_documents: bool | None,
    query: str | None = None,
) -> Source:
    """Read a file, or take a table that is in memory already.

    Args:
        data: As `open_source` takes it.
        recipe: Its `data` section says how a file is read.
        as_documents: Whether a text file, or a folder of them, is read as documents; None if only
            what is no table is.
        query: What is read from a database.

    Raises:
        UsageError: There is a query, and the data is no database.
    """
    return _joined(_read(data, recipe, as_documents, query or ""), recipe)


def _read(
    data: str | Path | pd.DataFrame, recipe: Recipe, as_documents: bool | None, query: str
) -> Source:
    options = options_of(recipe)
    if isinstance(data, str) and is_address(data):
        return read_address(data, query, options)
    if not isinstance(data, (str, Path)):
        if query:
            raise UsageError("a query is for databases; a DataFrame is none", "leave it out")
        return Source.from_frame(data, options=options)
    path = STDIN if str(data) == DASH else Path(data)
    if path.is_dir() and not query:
        return _read_folder(path, options, as_documents)
    with OpenedFile(path) as file:
        if query:
            return read_database(file, query, options)
        pieces = None if as_documents is False else pieces_of(file, options)
        if pieces is not None:
            return pieces
        if as_documents is False and file.form == "text" and is_stream(path):
            return _table_of_lines(file, options, recipe) or read_table(file, options)
        if file.form != "text" or as_documents is False:
            return read_table(file, options)
        table = None if as_documents else _table_of(file, options)
        return table or read_text(file, options)


def name_of(data: str | Path | pd.DataFrame) -> str | None:
    """Return how a run remembers its data: an absolute path, or an address without a password.

    Returns:
        None for a table in memory, and for the standard input.
    """
    if not isinstance(data, (str, Path)) or str(data) in (DASH, str(STDIN)):
        return None
    if is_address(data):
        return shown_address(str(data))
    return printable(str(Path(data).resolve()))


def shown_data(data: str | Path | pd.DataFrame) -> str:
    """Return what reports and commands call the data: as it was typed, without a password."""
    if not isinstance(data, (str, Path)):
        return "data"
    return shown_address(str(data)) if is_address(data) else str(data)


def stem_of_data(data: str | Path | pd.DataFrame) -> str:
    """Return what a new run is called after."""
    if not isinstance(data, (str, Path)):
        return "data"
    if name_of(data) is None:
        return "stdin"
    path = Path(shown_data(data))
    return (path.name or path.resolve().name).split(".")[0] or "data"


def _read_folder(path: Path, options: ReadOptions, as_documents: bool | None) -> Source:
    found = walk(path)
    if as_documents is not False and not found.texts and not found.outside:
        pieces = pieces_in(path, options)
        if pieces is not None:
            return pieces
    if as_documents:
        return read_texts(path, options)
    tables = [name for name in found.others if is_table(name)]
    if found.texts:
        return read_labelled(found, options)
    if found.outside:
        labelled = read_texts_beside(found, tables, options) if tables else None
        if labelled or as_documents is None:
            return labelled or read_texts(path, options)
        return read_labelled(found, options)
    if not tables:
        raise folder_error(path)
    return read_table_folder(path, tables, options, left_out(found, tables))


def _table_of(file: OpenedFile, options: ReadOptions) -> Source | None:
    """Return the table that a text file holds, if it has at least two columns."""
    try:
        source = read_table(file, options)
    except DataError:
        return None
    return source if len(source.names) > 1 else None


def _table_of_lines(file: OpenedFile, options: ReadOptions, recipe: Recipe) -> Source | None:
    """Return a pipe's lines as texts, for a run whose texts have a column; None for a table.

    Args:
        file: What came through the pipe.
        options: How a file is read.
        recipe: That of a run names the column; before, it is "auto".
    """
    keys = ("text", *info_of(recipe.task).line_columns[:1])
    found = (getattr(recipe.values.data, key, None) for key in keys)
    name = next((each for each in found if isinstance(each, str) and each != "auto"), None)
    if name is None:
        return None
    table = _table_of(file, options)
    if table and name in table.names:
        return None
    text = "".join(file.texts(file.scan(options.encoding).encoding))
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines or lines[0].strip() == name:  # a table with this column alone
        return None
    if info_of(recipe.task).sentence_columns:  # blank lines have their place in what is written
        return read_lines(file, name, options)
    note = f"each line is taken for a cell of '{name}'; a first line '{name}' makes it a table"
    return Source(
        file.path, pa.table({name: lines}), options, notes=(note,), fingerprint=file.fingerprint()
    )
