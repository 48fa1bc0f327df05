"""Whatever is drawn, drawn so that a terminal obeys nothing that came with the data."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment

from seqtune.drawing.wording import visible


@dataclass(frozen=True)
class Harmless:
    r"""Something drawn, the control characters in its texts made visible.

    Args:
        inner: What is drawn; styles and movements of its own are left alone.

    Example:
        >>> Console().print(Harmless(Text("a\x1b[2Jb")))
        a\x1b[2Jb
    """

    inner: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        for text, style, control in console.render(self.inner, options):
            yield Segment(text if control else visible(text), style, control)
