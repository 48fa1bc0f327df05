"""A table that somebody may sort, winners and simple methods marked."""

from __future__ import annotations

from markupsafe import Markup

from seqtune.figures.grid import Grid
from seqtune.pages.html.table import table

MOST_ROWS = 1_000


def draw(figure: Grid) -> Markup:
    """Return the table."""
    rows = figure.rows[:MOST_ROWS]
    marked, faint = set(figure.marked), set(figure.faint)
    return table(
        [heading.text for heading in figure.headings],
        rows,
        name=figure.title,
        numeric=[heading.is_numeric for heading in figure.headings],
        keys=figure.keys[:MOST_ROWS],
        looks=[
            "marked" if number in marked else "faint" if number in faint else ""
            for number in range(len(rows))
        ],
        is_sortable=len(rows) > 1,
    )


def left_out(figure: Grid) -> str:
    """Say how many rows there are where not all are shown; "" where they are."""
    if len(figure.rows) <= MOST_ROWS:
        return ""
    return f"The first {MOST_ROWS:,} of {len(figure.rows):,} rows."
