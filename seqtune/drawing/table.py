"""The one look that all tables of the reports share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table
from rich.text import Text

from seqtune.drawing.wording import literal


@dataclass(frozen=True)
class Column:
    """A column: its heading (lines apart by a newline), and what it holds.

    Args:
        heading: Shown above the column.
        numeric: Aligned right and kept on one line; words are aligned left.
        foldable: Broken over several lines where the width is short, so that nothing is lost.
    """

    heading: str
    numeric: bool = False
    foldable: bool = False


def table(
    columns: Sequence[Column], rows: Iterable[Sequence[str]], styles: Sequence[str] = ()
) -> Table:
    """Return a table of literal texts.

    Args:
        columns: What stands above each column, and how it is set.
        rows: A text per column.
        styles: A rich style per row; none without.
    """
    drawn = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
        header_style="bold",
    )
    height = max(column.heading.count("\n") for column in columns)
    for column in columns:
        missing = height - column.heading.count("\n")
        drawn.add_column(
            Text("\n" * missing + "\n".join(map(literal, column.heading.split("\n")))),
            justify="right" if column.numeric else "left",
            no_wrap=not column.foldable,
            overflow="fold" if column.foldable else "ellipsis",
        )
    for position, row in enumerate(rows):
        style = styles[position] if styles else None
        drawn.add_row(*(Text(literal(cell)) for cell in row), style=style)
    return drawn
