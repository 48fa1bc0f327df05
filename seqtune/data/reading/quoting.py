"""Quotes that are no quotes: texts that begin with one and would swallow the lines below."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

QUOTED = r'^\s*"((?:[^"]|"")*)"\s*$'
NOTE = "quotes are text here, they do not enclose cells (--set data.quoting=standard overrides)"


def cells_with_line_ends(table: Any) -> bool:
    """Say whether any cell holds a line end.

    Args:
        table: A pyarrow table of strings.
    """
    return any(
        pc.any(pc.match_substring(column, end)).as_py()
        for column in table.columns
        for end in ("\n", "\r")
    )


def swallowed(table: Any, separator: str) -> tuple[int, int] | None:
    """Find a cell that holds lines which look like rows of the table.

    Args:
        table: A pyarrow table of strings.
        separator: Between two cells.

    Returns:
        The row and how many lines it swallowed; None where there is none.
    """
    width = table.num_columns
    for column in table.columns:
        rows = pc.indices_nonzero(pc.match_substring(column, "\n")).to_pylist()
        for row in rows[:1000]:
            pieces = column[row].as_py().splitlines()[1:]
            middle = pieces[:-1]
            looks = (
                any(separator in piece for piece in pieces)
                if separator != ","
                else width > 2 and middle and all(p.count(",") == width - 1 for p in middle)
            )
            if looks:
                return row, len(pieces)
    return None


def unquoted(table: Any) -> Any:
    """Return a table whose cells were read with their quotes, without those that enclose a cell."""
    columns = []
    for column in table.columns:
        if pc.any(pc.match_substring(column, '"')).as_py():
            is_quoted = pc.match_substring_regex(column, QUOTED)
            inner = pc.replace_substring_regex(column, QUOTED, r"\1")
            column = pc.if_else(is_quoted, pc.replace_substring(inner, '""', '"'), column)
        columns.append(column)
    return pa.table(columns, names=table.column_names)
