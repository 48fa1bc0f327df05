"""Reports drawn as exact text, on a console of a fixed size."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

from rich.console import Console, RenderableType

Draw = Callable[..., str]


class Stream(StringIO):
    """A text stream that says which encoding it has, as a file would."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding


def drawn(
    report: RenderableType, width: int = 80, height: int = 25, encoding: str = "utf-8"
) -> str:
    """Draw a report; blanks at the ends of lines are cut."""
    stream = Stream(encoding)
    console = Console(
        width=width, height=height, file=stream, force_terminal=False, legacy_windows=False
    )
    console.print(report)
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    assert max(map(len, lines)) <= width
    return "\n".join(lines)
