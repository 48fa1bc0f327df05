"""The one look that all tables of the reports share."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from seqtune.drawing.wording import literal

BETWEEN = 2
"""Blanks between two columns."""

NARROWEST = 16
"""What a column of names is not made narrower than, while others can be left out."""


@dataclass(frozen=True)
class Column:
    """A column: its heading (lines apart by a newline), and what it holds.

    Args:
        heading: Shown above the column.
        numeric: Aligned right and kept on one line; words are aligned left.
        foldable: Broken over several lines where the width is short, so that nothing is lost.
        spare: Where the width is too short, the column with the most is left out first, and named
            below the table; never with 0.
    """

    heading: str
    numeric: bool = False
    foldable: bool = False
    spare: int = 0


@dataclass(frozen=True)
class FittedTable:
    """A table that is drawn as wide as there is room: nothing is cut.

    Args:
        columns: What stands above each column, and how it is set.
        rows: A text per column.
        styles: A rich style per row; none without.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    styles: Sequence[str]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the columns that there is room for, and say which are left out."""
        kept = list(range(len(self.columns)))
        while self._narrowest(kept) > options.max_width:
            most = max(kept, key=lambda place: self.columns[place].spare)
            if not self.columns[most].spare:
                break
            kept.remove(most)
        yield self.drawn(kept, self._narrowest(kept) > options.max_width, options.max_width)
        left_out = [each for place, each in enumerate(self.columns) if place not in kept]
        if left_out:
            names = ", ".join(_said(column.heading) for column in left_out)
            yield Text(f"Too narrow for: {names}.", style="dim")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return how wide it is at least, and at most."""
        everything = self.drawn()
        return Measurement.get(console, options, everything)

    def _narrowest(self, kept: Sequence[int]) -> int:
        """Return the width at which columns are not cut."""
        widths = [self._width(place) for place in kept]
        return sum(widths) + BETWEEN * (len(widths) - 1)

    def _width(self, place: int) -> int:
        column = self.columns[place]
        words = column.heading.split("\n") + [literal(row[place]) for row in self.rows]
        widest = max(map(cell_len, words))
        return min(widest, NARROWEST) if column.foldable else widest

    def _room(self, kept: Sequence[int], width: int) -> int:
        """Return how wide the only column that is broken can be; as wide as may be for several."""
        broken = [place for place in kept if self.columns[place].foldable]
        taken = sum(self._width(place) for place in kept if place not in broken)
        return max(1, width - taken - BETWEEN * (len(kept) - 1)) if len(broken) == 1 else width

    def drawn(
        self, kept: Sequence[int] | None = None, folds: bool = False, width: int = sys.maxsize
    ) -> Table:
        """Return a table of some of the columns.

        Args:
            kept: Their places; all of them if None.
            folds: Whether every cell may be broken over several lines.
            width: How wide it may be.
        """
        drawn = Table(
            box=box.SIMPLE_HEAD,
            show_edge=False,
            pad_edge=False,
            collapse_padding=True,
            header_style="bold",
        )
        kept = range(len(self.columns)) if kept is None else kept
        columns = [self.columns[place] for place in kept]
        height = max(column.heading.count("\n") for column in columns)
        for column in columns:
            missing = height - column.heading.count("\n")
            is_folded = folds or column.foldable
            drawn.add_column(
                Text("\n" * missing + "\n".join(map(literal, column.heading.split("\n")))),
                justify="right" if column.numeric else "left",
                no_wrap=not is_folded,
                overflow="fold" if is_folded else "ellipsis",
            )
        room = self._room(kept, width)
        for position, row in enumerate(self.rows):
            style = self.styles[position] if self.styles else None
            cells = [
                broken(literal(row[place]), room) if self.columns[place].foldable and not folds
                else literal(row[place])
                for place in kept
            ]  # fmt: skip
            drawn.add_row(*map(Text, cells), style=style)
        return drawn


def broken(name: str, room: int) -> str:
    r"""Return a name over as many lines as it takes, broken after hyphens as far as they do.

    Example:
        >>> broken("conv_recurrent-lstm-t004", 20)
        'conv_recurrent-lstm-\nt004'
    """
    if " " in name:  # words are broken between them
        return name
    lines = [""]
    for piece in re.findall(r"[^-]*-+|[^-]+", name):
        if lines[-1] and cell_len(lines[-1] + piece) > room:
            lines.append("")
        lines[-1] += piece
    return "\n".join(lines)


def _said(heading: str) -> str:
    r"""Return a heading in one line.

    Example:
        >>> _said("para-\nmeters")
        'parameters'
    """
    return literal(heading.replace("-\n", "").replace("\n", " "))


def table(
    columns: Sequence[Column], rows: Iterable[Sequence[str]], styles: Sequence[str] = ()
) -> FittedTable:
    """Return a table of literal texts.

    Args:
        columns: What stands above each column, and how it is set.
        rows: A text per column.
        styles: A rich style per row; none without.
    """
    return FittedTable(columns, list(rows), styles)
