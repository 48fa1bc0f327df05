"""Opening what the user gave: a path or a table, read as the recipe says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seqtune.data.reading.source import ReadOptions, Source
from seqtune.data.reading.table import read_source
from seqtune.data.reading.text_folder import is_text_folder, read_text_folder
from seqtune.data.reading.texts import is_text, read_texts
from seqtune.tasks._info import info_of

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.recipe.load import Recipe


def open_source(data: str | Path | pd.DataFrame, recipe: Recipe) -> Source:
    """Read a file, or take a table that is in memory already.

    Args:
        data: A path, or a pandas DataFrame.
        recipe: Its `data` section says how a file is read.
    """
    options = reading_options(recipe)
    if not isinstance(data, (str, Path)):
        return Source.from_frame(data, options=options)
    if info_of(recipe.task).reads_documents and is_text(Path(data)):
        return read_texts(data, options)
    if is_text_folder(Path(data)):
        return read_text_folder(Path(data), options)
    return read_source(data, options)


def reading_options(recipe: Recipe) -> ReadOptions:
    """Return how a recipe says that files are read."""
    reading = recipe.values.data
    return ReadOptions(
        missing=tuple(str(word) for word in reading.missing),
        encoding=reading.encoding,
        separator=reading.separator,
        decimal=reading.decimal,
        dates=reading.dates,
        header=reading.header,
    )
