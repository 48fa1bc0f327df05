"""Facts with a word in front of each, set in two columns."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from seqtune.drawing.wording import literal


def facts(values: Mapping[str, str]) -> RenderableType:
    """Return a line per fact that is not empty, all literal."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in values.items():
        if value:
            grid.add_row(Text(literal(name)), Text(literal(value)))
    return grid
