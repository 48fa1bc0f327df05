"""Requests whose rows, or named groups of rows, are answered each by itself: one table for all.

Nothing that is guessed from a whole column may depend on the rows of another request, so only what
needs no guess is joined: JSON numbers as numbers, texts as they are.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pandas.api.types import is_numeric_dtype

from seqtune.tasks._requests import MOST_JOINED_ROWS, Joined, RequestTable, Separated
from seqtune.tasks._values import Context

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.data.reading.read_options import ReadOptions
    from seqtune.data.reading.source import Source
    from seqtune.recipe.load import Recipe

LARGEST = 1e100
"""Numbers beyond it are refused where a table is read; see `Source.numbers`."""

NUMBERING = "row"
"""The column of a prediction table that counts the rows of the input, from 1."""


@dataclass(frozen=True)
class JoinableColumns:
    """The columns of requests that can be joined.

    Args:
        texts: Columns of texts.
        numbers: Columns of numbers.
        names: The column that names the group of rows that each belongs to; None where each row
            is a case.
    """

    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    names: str | None = None


Encode = Callable[["Source", Context], Any]
"""Reads new rows, as `Task.encode` does."""


@dataclass(frozen=True)
class ApartJoiner:
    """Joins requests whose rows, or named groups of rows, are answered each by itself.

    Args:
        columns: The columns of requests.
        options: How a file of the run is read.
        encode: Reads the joined rows.
    """

    columns: JoinableColumns
    options: ReadOptions
    encode: Encode

    def plain(self, table: RequestTable) -> Mapping[str, Any] | None:
        """Return the columns of a request; None where one of them must be read with more care."""
        if not 0 < table.rows <= MOST_JOINED_ROWS:
            return None
        found: dict[str, Any] = {}
        for name in self.columns.texts:
            cells = table.columns.get(name)
            if cells is None or not all(type(cell) is str for cell in cells):
                return None
            if not any(cell.strip() for cell in cells):
                return None
            found[name] = cells
        for name in self.columns.numbers:
            numbers = plain_numbers(table.columns.get(name))
            if numbers is None:
                return None
            found[name] = numbers
        numbers_of = [found[name] for name in self.columns.numbers]
        if numbers_of and all(np.isnan(numbers).all() for numbers in numbers_of):
            return None
        if self.columns.names is not None:
            if not are_plain_names(table.columns.get(self.columns.names)):
                return None
            found[self.columns.names] = table.columns[self.columns.names]
        return found

    def join(self, requests: Sequence[Mapping[str, Any]], context: Context) -> Joined:
        """Read requests as one table, in which the names of each are its own."""
        columns = self.columns
        sizes = [len(next(iter(request.values()))) for request in requests]
        bounds = np.cumsum([0, *sizes])
        joined: dict[str, Any] = {
            name: pa.array([cell for request in requests for cell in request[name]], pa.string())
            for name in columns.texts
        }
        joined |= {
            name: pa.array(np.concatenate([request[name] for request in requests]))
            for name in columns.numbers
        }
        if columns.names is not None:
            keys = [
                f"{number}:{cell}"
                for number, request in enumerate(requests)
                for cell in request[columns.names]
            ]
            joined[columns.names] = pa.array(keys, pa.string())
        from seqtune.data.reading.source import Source

        source = Source(Path("request"), pa.table(joined), self.options)
        separate = partial(separated, bounds=bounds, is_named=columns.names is not None)
        return Joined(self.encode(source, context), separate)


class RowsAreApart:
    """For a task with the ability `JoinsRequests` that answers rows, or names, one by one."""

    @abstractmethod
    def joinable(self, prepared: Any) -> JoinableColumns | None:
        """Return the columns by which requests are joined; None where they cannot be."""

    @abstractmethod
    def encode(self, prepared: Any, source: Source | None, context: Context) -> Any:
        """Read new rows; see `Task`."""

    def request_joiner(self, prepared: Any, recipe: Recipe) -> ApartJoiner | None:
        """Return what joins requests; None where they cannot be joined.

        Words for "missing" are looked for in whole columns, which no request has.
        """
        from seqtune.data.reading.recipe_options import options_of

        options, columns = options_of(recipe), self.joinable(prepared)
        if columns is None or options.missing:
            return None
        return ApartJoiner(columns, options, partial(self.encode, prepared))


def separated(table: pd.DataFrame, bounds: np.ndarray[Any, Any], *, is_named: bool) -> Separated:
    """Take the prediction table of joined requests apart.

    Args:
        table: The first column of texts holds the names, `row` the number of each row.
        bounds: (requests + 1,) the rows at which requests begin.
        is_named: Whether rows belong to names, which begin with the number of the request.
    """
    if is_named:
        place = next(at for at, kind in enumerate(table.dtypes) if not is_numeric_dtype(kind))
        pairs = [str(key).partition(":") for key in table.iloc[:, place]]
        owners = np.array([int(number) for number, _, _ in pairs], np.int64)
        table = table.copy()
        table.isetitem(place, [name for _, _, name in pairs])
    else:
        rows = table[NUMBERING].to_numpy() - 1
        owners = np.searchsorted(bounds, rows, side="right") - 1
    if table.columns[0] == NUMBERING:
        table = table.copy()
        table.isetitem(0, table.iloc[:, 0].to_numpy() - bounds[owners])
    return Separated.by_owner(table, owners, len(bounds) - 1)


def plain_numbers(cells: Sequence[Any] | None) -> np.ndarray[Any, Any] | None:
    """Return cells as float64, NaN for None; None where one is no JSON number, or too large.

    Example:
        >>> plain_numbers([1, None, 2.5]).tolist()
        [1.0, nan, 2.5]
        >>> plain_numbers([1, "2"]) is None, plain_numbers([1e300]) is None
        (True, True)
    """
    if cells is None:
        return None
    numbers: list[float] = []
    for cell in cells:
        kind = type(cell)
        if kind is float or kind is int:
            if not -LARGEST <= cell <= LARGEST:  # NaN and infinities are refused, too
                return None
            numbers.append(float(cell))
        elif cell is None:
            numbers.append(math.nan)
        else:
            return None
    return np.array(numbers, np.float64)


def are_plain_names(cells: Sequence[Any] | None) -> bool:
    """Say whether cells are names that nothing is done to when a table is read."""
    return cells is not None and all(
        type(cell) is str and bool(cell) and cell == cell.strip() and not _is_numeric(cell)
        for cell in cells
    )


def _is_numeric(name: str) -> bool:
    """Say whether a name could be taken for a number, and written otherwise."""
    try:
        float(name)
    except ValueError:
        return False
    return True
