"""Columns that a task asks for: each has one role, and new rows have those of the fitted data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from seqtune.errors import DataError, listed

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source


def refuse_two_roles(columns: Iterable[str | None], flags: Sequence[str]) -> None:
    """Refuse a column that has two roles.

    Args:
        columns: The column of each role; None for a role that none has.
        flags: The flags that give roles.

    Raises:
        DataError: Names the column.
    """
    used = [name for name in columns if name]
    twice = sorted({name for name in used if used.count(name) > 1})
    if twice:
        named = ", ".join(f"--{flag}" for flag in flags)
        raise DataError(f"column {twice[0]!r} has two roles", f"give each column to one of {named}")


def require_fitted(source: Source, names: Iterable[str | None]) -> None:
    """Refuse new rows that lack columns of the fitted data.

    Args:
        source: The new rows.
        names: The columns; None for a role that none had.

    Raises:
        DataError: Names what is missing and what there is.
    """
    missing = [name for name in names if name and name not in source.names]
    if missing:
        raise DataError(
            f"{source.path} lacks {columns_in_words(missing)} of the fitted data; it has "
            f"{listed(source.names)}",
            f"add {columns_in_words(missing)}, or fit again on data like this",
        )


def columns_in_words(names: Sequence[str]) -> str:
    """Return names as they stand in a sentence.

    Example:
        >>> columns_in_words(["price", "day"])
        "columns 'price', 'day'"
    """
    quoted = listed(map(repr, names))
    return f"column {quoted}" if len(names) == 1 else f"columns {quoted}"
