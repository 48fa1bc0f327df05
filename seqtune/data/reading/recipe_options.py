"""How a recipe says that a file is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seqtune.data.reading.folder_layout import SERIES
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.roles import names_of

if TYPE_CHECKING:
    from seqtune.recipe.load import Recipe


def options_of(recipe: Recipe) -> ReadOptions:
    """Return what the `data` section of a recipe says of reading."""
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
        sheet=reading.sheet,
        folder=_folder(reading),
        steps_per_beat=getattr(reading, "steps_per_beat", "auto"),
    )


def _named(reading: Any) -> tuple[str, ...]:
    """Return the columns that a recipe names for a role."""
    roles = ("target", "time", "series", "label", "past", "future", "static")
    found = (names_of(getattr(reading, role, None)) for role in roles)
    return tuple(name for names in found for name in names)


def _folder(reading: Any) -> str:
    """Return what the files of a folder are: the recipe of a run that had a series each says so."""
    is_series = getattr(reading, "series", None) == SERIES
    return SERIES if is_series and reading.folder == "auto" else str(reading.folder)
