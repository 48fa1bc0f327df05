"""Opening what the user gave: a path or a table, read as the recipe says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune.data.reading.joined_time import join_time
from seqtune.data.reading.opened import OpenedFile, folder_error
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.roles import names_of
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_table
from seqtune.data.reading.text_folder import read_labelled, walk
from seqtune.data.reading.texts import read_text, read_texts
from seqtune.errors import DataError
from seqtune.tasks._info import info_of

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.recipe.load import Recipe


def open_source(data: str | Path | pd.DataFrame, recipe: Recipe) -> Source:
    """Read a file, or take a table that is in memory already.

    Args:
        data: A path, or a pandas DataFrame.
        recipe: Its `data` section says how a file is read; its task, whether a text file is a
            document or a table.
    """
    return read(data, recipe, as_documents=info_of(recipe.task).reads_documents)


def open_undecided(data: str | Path | pd.DataFrame, recipe: Recipe) -> Source:
    """Read a file before the task is known: as a table where it is one, else as documents.

    Args:
        data: A path, or a pandas DataFrame.
        recipe: Its `data` section says how a file is read.
    """
    return read(data, recipe, as_documents=None)


def _joined(source: Source, recipe: Recipe) -> Source:
    """Join the columns that the recipe names as the time together."""
    time = getattr(recipe.values.data, "time", None)
    if isinstance(time, (list, tuple)):
        join_time(source, time)
    return source


def read(data: str | Path | pd.DataFrame, recipe: Recipe, *, as_documents: bool | None) -> Source:
    """Read a file, or take a table that is in memory already.

    Args:
        data: A path, or a pandas DataFrame.
        recipe: Its `data` section says how a file is read.
        as_documents: Whether a text file, or a folder of them, is read as documents; None if only
            what is no table is.
    """
    return _joined(_read(data, _options(recipe), as_documents), recipe)


def _read(
    data: str | Path | pd.DataFrame, options: ReadOptions, as_documents: bool | None
) -> Source:
    if not isinstance(data, (str, Path)):
        return Source.from_frame(data, options=options)
    path = Path(data)
    if path.is_dir():
        return _read_folder(path, options, as_documents)
    with OpenedFile(path) as file:
        if file.form != "text" or as_documents is False:
            return read_table(file, options)
        table = None if as_documents else _table_of(file, options)
        return table or read_text(file, options)


def _read_folder(path: Path, options: ReadOptions, as_documents: bool | None) -> Source:
    if as_documents:
        return read_texts(path, options)
    found = walk(path)
    if not found.texts and not found.outside:
        raise folder_error(path)
    if as_documents is None and found.outside and not found.texts:
        return read_texts(path, options)
    return read_labelled(found, options)


def _table_of(file: OpenedFile, options: ReadOptions) -> Source | None:
    """Return the table that a text file holds, if it has at least two columns."""
    try:
        source = read_table(file, options)
    except DataError:
        return None
    return source if len(source.names) > 1 else None


def _options(recipe: Recipe) -> ReadOptions:
    reading = recipe.values.data
    return ReadOptions(
        missing=tuple(str(word) for word in reading.missing),
        encoding=reading.encoding,
        separator=reading.separator,
        decimal=reading.decimal,
        dates=reading.dates,
        header=reading.header,
        skip=reading.skip,
        footer=reading.footer,
        comment=reading.comment,
        quoting=reading.quoting,
        wide=str(getattr(reading, "wide", False)).lower(),
        named=_named(reading),
    )


def _named(reading: Any) -> tuple[str, ...]:
    """Return the columns that a recipe names for a role."""
    roles = ("target", "time", "series", "label", "past", "future", "static")
    found = (names_of(getattr(reading, role, None)) for role in roles)
    return tuple(name for names in found for name in names)
