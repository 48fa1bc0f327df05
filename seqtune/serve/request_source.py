"""A request as the table that a file with these rows would be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.serve.problem import Problem
from seqtune.tasks._requests import RequestTable

NAME = "request"
"""What messages call it."""


def source_of(table: RequestTable, options: ReadOptions) -> Source:
    """Return a request as tasks read tables.

    Args:
        table: The request.
        options: How files of the run are read.

    Raises:
        Problem: A cell is no single value, or a number that is none; names row and column.
    """
    _refuse_cells(table)
    arrays = [_array(cells) for cells in table.columns.values()]
    names = list(table.columns)
    return Source(Path(NAME), pa.Table.from_arrays(arrays, names=names), options)


def _refuse_cells(table: RequestTable) -> None:
    """Refuse cells that are no single values, and numbers that are none.

    Raises:
        Problem: Names row and column.
    """
    for name, cells in table.columns.items():
        shown = name[:60]
        for place, cell in enumerate(cells):
            if type(cell) is float and not math.isfinite(cell):
                found = "a number that is too large" if cell == cell else "NaN"
            elif type(cell) is list or type(cell) is dict:
                found = "a list" if type(cell) is list else "an object"
            else:
                continue
            raise Problem(
                422,
                f"row {place + 1}: column '{shown}' holds {found}, expected a number, a text or "
                "null",
                place + 1,
                shown,
            )


def _array(cells: Sequence[Any]) -> Any:
    kinds = {type(cell) for cell in cells} - {type(None)}
    if len(kinds) <= 1 or kinds == {int, float}:
        try:
            return pa.array(cells, from_pandas=False)
        except (pa.ArrowException, OverflowError):
            pass
    texts = [_text(cell) for cell in cells]
    return pa.array(texts, pa.string())


def _text(cell: Any) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
