"""The frame of a chart for the terminal: axes around a canvas, and where values are on it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions
from rich.text import Text

from seqtune.drawing.canvas import Canvas
from seqtune.drawing.wording import literal

LARGEST = 1e300  # what lies beyond is not drawn: the span of the axis would overflow
SMALLEST = 1e-200  # a smaller span is drawn as if all values were equal

NOTHING = "There is nothing to draw: no finite value."


@dataclass(frozen=True)
class Marks:
    """The characters that axes are drawn with, and the dots of a line."""

    dot: str
    edge: str
    corner: str
    floor: str
    tick: str


BRAILLE = Marks("⣀", "│", "└", "─", "┤")
ASCII = Marks(".", "|", "+", "-", "+")


@dataclass(frozen=True)
class Axes:
    """The axes of a chart, and the mapping of steps and values to the dots between them.

    Args:
        canvas: What is drawn on.
        low: Value at the bottom.
        high: Value at the top.
        steps: Number of steps from the left to the right.
        labels: Text by row of characters.
        marks: The characters to draw with.
    """

    canvas: Canvas
    low: float
    high: float
    steps: int
    labels: Mapping[int, str]
    marks: Marks

    @classmethod
    def around(
        cls,
        span: tuple[float, float],
        steps: int,
        console: Console,
        options: ConsoleOptions,
        most_rows: int,
    ) -> Axes:
        """Return axes for values of a span, as wide as the console and at most half as high."""
        rows = max(6, min(most_rows, console.height // 2))
        ticks = axis_ticks(*span, count=max(2, rows // 3))
        texts = axis_labels(ticks)
        columns = max(10, options.max_width - max(map(len, texts)) - 3)
        canvas = Canvas(columns, rows, braille=not options.ascii_only)
        low, high = min(span[0], ticks[0]), max(span[1], ticks[-1])
        marks = ASCII if options.ascii_only else BRAILLE
        bare = cls(canvas, low, high, steps, {}, marks)
        labels = {bare.row(tick): text for tick, text in zip(ticks, texts, strict=True)}
        return cls(canvas, low, high, steps, labels, marks)

    @property
    def margin(self) -> int:
        """Columns that the labels take."""
        return max(map(len, self.labels.values()))

    def x(self, step: int) -> int:
        """Return the dot, from the left, of a step."""
        return round(step * (self.canvas.width - 1) / max(1, self.steps - 1))

    def y(self, value: float) -> int:
        """Return the dot, from the top, of a value."""
        share = (self.high - float(value)) / (self.high - self.low)
        return round(share * (self.canvas.height - 1))

    def row(self, value: float) -> int:
        """Return the row of characters that a value falls in."""
        return self.y(value) * self.canvas.rows // self.canvas.height

    def column(self, step: int) -> int:
        """Return the column of characters that a step falls in."""
        return self.x(step) * self.canvas.columns // self.canvas.width

    def lines(self, below: str) -> Iterator[Text]:
        """Yield what was drawn with its axes, and a line of text below."""
        for row, line in enumerate(self.canvas.lines()):
            edge = self.marks.tick if row in self.labels else self.marks.edge
            label = f"{self.labels.get(row, ''):>{self.margin}} "
            yield Text.assemble(label, edge, line, no_wrap=True)
        floor = self.marks.floor * self.canvas.columns
        yield Text(f"{'':{self.margin}} {self.marks.corner}{floor}", no_wrap=True)
        yield Text(f"{'':{self.margin}}  {below}", no_wrap=True)


def axis_span(values: Iterable[float]) -> tuple[float, float] | None:
    """Return the least and the largest of the values that can be drawn, None without any.

    Equal values get room above and below.
    """
    known = [float(value) for value in values if drawable(value)]
    if not known:
        return None
    low, high = min(known), max(known)
    largest = max(abs(low), abs(high))
    if high - low > max(1e-12 * largest, SMALLEST):
        return low, high
    padding = largest / 10 if largest > SMALLEST else 1.0
    return low - padding, high + padding


def drawable(value: float) -> bool:
    """Say whether a value is a number that an axis can hold."""
    return abs(float(value)) < LARGEST


def axis_ticks(low: float, high: float, count: int) -> list[float]:
    """Return about `count` round values that lie within low and high, at least one.

    Example:
        >>> axis_ticks(112.0, 622.0, 4)
        [200.0, 400.0, 600.0]
    """
    power = 10.0 ** math.floor(math.log10((high - low) / count))
    for factor in (1, 2, 5, 10, 20):
        step = factor * power
        first, last = math.ceil(low / step), math.floor(high / step)
        if last - first < count:
            break
    return [number * step for number in range(first, last + 1)] or [low]


def axis_labels(ticks: Sequence[float]) -> list[str]:
    """Write ticks with as many decimals as tell them apart.

    Example:
        >>> axis_labels([0.0, 0.25, 0.5])
        ['0.00', '0.25', '0.50']
    """
    largest = max(abs(tick) for tick in ticks)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else largest or 1.0
    if largest >= 1e7 or step < 1e-4:
        return [f"{tick:.6g}" for tick in ticks]
    decimals = next((n for n in range(5) if math.isclose(step, round(step, n))), 5)
    return [f"{tick:,.{decimals}f}" for tick in ticks]


def time_label(time: object) -> str:
    """Return a date or a step as text: no fraction of a second that is zero.

    Example:
        >>> time_label("1960-12-01T00:00:00.000000000")
        '1960-12-01 00:00:00'
    """
    text = literal(time)
    if len(text) > 10 and text[10] in "T " and text[4] == text[7] == "-":
        text = f"{text[:10]} {text[11:]}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return text


def short_times(texts: Sequence[str]) -> list[str]:
    """Cut the part that is zero in all of them: seconds, then the time of day."""
    short = list(texts)
    for ending in (":00", " 00:00"):
        if all(len(text) >= 16 and text.endswith(ending) for text in short):
            short = [text[: -len(ending)] for text in short]
    return short
