"""A grid of characters that lines are drawn on: eight Braille dots in each, or plain ASCII.

Braille patterns hold 2 x 4 dots in one character; the bit of each dot is given by the Unicode
standard (block 2800-28FF). A console that cannot show them gets one ASCII mark per character.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.text import Text

BRAILLE_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # [row][column]
BRAILLE_BLANK = 0x2800


@dataclass
class Canvas:
    """Characters of a fixed number of columns and rows; later drawing covers earlier.

    Coordinates are dots: x from 0 at the left, y from 0 at the top.

    Args:
        columns: Characters across.
        rows: Characters down.
        braille: Whether a character holds 2 x 4 dots; else it holds one.
    """

    columns: int
    rows: int
    braille: bool = True
    _dots: dict[tuple[int, int], int] = field(default_factory=dict)
    _marks: dict[tuple[int, int], str] = field(default_factory=dict)
    _styles: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Dots across."""
        return self.columns * (2 if self.braille else 1)

    @property
    def height(self) -> int:
        """Dots down."""
        return self.rows * (4 if self.braille else 1)

    def mark(self, column: int, row: int, character: str, style: str = "") -> None:
        """Put one character at a place, instead of what was there."""
        if 0 <= column < self.columns and 0 <= row < self.rows:
            self._dots.pop((column, row), None)
            self._marks[column, row] = character
            self._styles[column, row] = style

    def mark_dot(self, x: int, y: int, character: str, style: str = "") -> None:
        """Put one character where a dot would be."""
        across, down = (2, 4) if self.braille else (1, 1)
        self.mark(x // across, y // down, character, style)

    def line(self, points: Iterable[tuple[int, int]], character: str, style: str = "") -> None:
        """Join points by straight lines; `character` draws them where there is no Braille."""
        previous: tuple[int, int] | None = None
        for point in points:
            for x, y in _between(previous or point, point):
                self._dot(x, y, character, style)
            previous = point

    def _dot(self, x: int, y: int, character: str, style: str) -> None:
        if not self.braille:
            self.mark(x, y, character, style)
            return
        place = (x // 2, y // 4)
        if 0 <= place[0] < self.columns and 0 <= place[1] < self.rows:
            self._marks.pop(place, None)
            self._dots[place] = self._dots.get(place, 0) | BRAILLE_BITS[y % 4][x % 2]
            self._styles[place] = style

    def lines(self) -> list[Text]:
        """Return what was drawn, a text per row."""
        return [self._line(row) for row in range(self.rows)]

    def _line(self, row: int) -> Text:
        text = Text()
        for column in range(self.columns):
            place = (column, row)
            dots = chr(BRAILLE_BLANK + self._dots[place]) if place in self._dots else " "
            text.append(self._marks.get(place, dots), style=self._styles.get(place, ""))
        text.rstrip()
        return text


def _between(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the dots of a straight line, both ends among them."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    return [
        (
            round(start[0] + (end[0] - start[0]) * step / steps),
            round(start[1] + (end[1] - start[1]) * step / steps),
        )
        for step in range(steps + 1)
    ]
