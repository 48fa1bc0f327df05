"""The start of a text, on two lines at most."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions
from rich.text import Text

from seqtune.drawing.wording import literal

INDENT = "    "
LINES = 2
TEXT_READ = 20  # characters of a text that are looked at, per column of the console


def excerpt(
    text: str, console: Console, options: ConsoleOptions, lines: int = LINES
) -> Iterator[Text]:
    """Yield the start of a text, indented, an ellipsis where more would follow.

    Args:
        text: The text; its runs of blanks and line breaks become one blank each.
        console: What it is drawn on.
        options: How wide it may be.
        lines: Lines at most.
    """
    width = max(1, options.max_width - len(INDENT))
    text = text.strip()
    start = text[: TEXT_READ * width]
    wrapped = Text(literal(" ".join(start.split()))).wrap(console, width, overflow="fold")
    kept = [line.plain.rstrip() for line in wrapped[:lines]]
    if len(wrapped) > lines or start != text:
        kept[-1] = _with_ellipsis(kept[-1], width, "..." if options.ascii_only else "…")
    for line in kept:
        yield Text(INDENT + line, no_wrap=True)


def _with_ellipsis(line: str, width: int, ellipsis: str) -> str:
    return set_cell_size(line, min(cell_len(line), max(0, width - len(ellipsis)))) + ellipsis
