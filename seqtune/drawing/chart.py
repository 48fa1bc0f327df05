"""A line chart for the terminal: the last stretch of a series with its forecast drawn on it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from seqtune.drawing.canvas import Canvas
from seqtune.drawing.wording import literal

LARGEST = 1e300  # what lies beyond is not drawn: the span of the axis would overflow
SMALLEST = 1e-200  # a smaller span is drawn as if all values were equal


@dataclass(frozen=True)
class ForecastChart:
    """History, forecast with its band and, where it is known, what really came.

    Args:
        title: What is shown.
        history: (steps,) values before the forecast, oldest first; NaN leaves a gap.
        times: (steps + horizon,) labels of history and forecast: dates, or numbers of steps.
        actual: (horizon,) what came, or empty where nobody knows yet.
        mean: (horizon,) the forecast.
        lower: (horizon,) lower edge of the band, or empty.
        upper: (horizon,) upper edge of the band, or empty.
        band: What the band is, for the legend.
    """

    title: str
    history: Sequence[float]
    times: Sequence[object]
    actual: Sequence[float]
    mean: Sequence[float]
    lower: Sequence[float]
    upper: Sequence[float]
    band: str = "q0.1 to q0.9"

    def __rich__(self) -> RenderableType:
        """Draw the chart as wide as the console, and half as high, at most 16 rows."""
        return _Drawing(self)

    def to_dict(self) -> dict[str, Any]:
        """Return what is drawn; values that are not finite become null."""
        values = {
            "history": self.history,
            "actual": self.actual,
            "mean": self.mean,
            "lower": self.lower,
            "upper": self.upper,
        }
        return {
            "title": self.title,
            "times": [time_label(time) for time in self.times],
            "band": self.band,
            **{name: [_finite(value) for value in list(part)] for name, part in values.items()},
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ForecastChart:
        """Read what `to_dict` returned; null is a value that nobody knows.

        Raises:
            ValueError: The parts are not as long as they should be, or are no lists.
        """
        numbers = {
            name: [math.nan if value is None else float(value) for value in values[name]]
            for name in ("history", "actual", "mean", "lower", "upper")
        }
        chart = cls(**{**values, **numbers})
        steps = len(numbers["history"]) + len(numbers["mean"])
        if not isinstance(chart.times, list) or len(chart.times) not in (0, steps):
            raise ValueError(f"it has no {steps} times")
        return chart


@dataclass(frozen=True)
class _Marks:
    """The characters a chart is drawn with."""

    history: str
    actual: str
    forecast: str
    band: str
    edge: str
    corner: str
    floor: str
    tick: str
    start: str
    line: str


BRAILLE = _Marks("⣀", "×", "⣀", "░", "│", "└", "─", "┤", "┊", "⠒⠒")
ASCII = _Marks(".", "x", "o", ":", "|", "+", "-", "+", "!", "")
STYLES = {"history": "", "actual": "yellow", "forecast": "bold cyan", "band": "cyan dim"}


class _Drawing:
    """One drawing of a chart on one console."""

    def __init__(self, chart: ForecastChart) -> None:
        self.chart = chart

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(literal(self.chart.title), style="bold")
        span = self._span()
        if span is None:
            yield Text("There is nothing to draw: no finite value.")
            return
        rows = max(6, min(16, console.height // 2))
        ticks = axis_ticks(*span, count=max(2, rows // 3))
        labels = axis_labels(ticks)
        margin = max(len(label) for label in labels)
        columns = max(10, options.max_width - margin - 3)
        canvas = Canvas(columns, rows, braille=not options.ascii_only)
        plot = _Plot(self.chart, canvas, min(span[0], ticks[0]), max(span[1], ticks[-1]))
        plot.draw()
        label_of = {plot.row(tick): label for tick, label in zip(ticks, labels, strict=True)}
        marks = ASCII if options.ascii_only else BRAILLE
        for row, line in enumerate(canvas.lines()):
            label = label_of.get(row, "")
            edge = marks.tick if row in label_of else marks.edge
            yield Text.assemble(f"{label:>{margin}} ", edge, line, no_wrap=True)
        yield Text(f"{'':{margin}} {marks.corner}{marks.floor * columns}", no_wrap=True)
        yield Text(f"{'':{margin}}  {self._time_line(plot, columns)}", no_wrap=True)
        yield self._legend(marks, margin)

    def _span(self) -> tuple[float, float] | None:
        chart = self.chart
        parts = (chart.history, chart.actual, chart.mean, chart.lower, chart.upper)
        values = [float(value) for part in parts for value in part if _drawable(value)]
        if not values:
            return None
        low, high = min(values), max(values)
        largest = max(abs(low), abs(high))
        if high - low > max(1e-12 * largest, SMALLEST):
            return low, high
        padding = largest / 10 if largest > SMALLEST else 1.0
        return low - padding, high + padding

    def _time_line(self, plot: _Plot, columns: int) -> str:
        """Place the first label, the forecast's first and the last, as far as they fit."""
        chart = self.chart
        if not len(chart.times):
            return ""
        places = dict.fromkeys((0, len(chart.times) - 1))
        if 0 < len(chart.history) < len(chart.times) - 1:
            places = dict.fromkeys((0, len(chart.times) - 1, len(chart.history)))
        texts = [time_label(chart.times[place]) for place in places]
        line = " " * columns
        for place, text in zip(places, _short_times(texts), strict=True):
            centre = plot.column(place) - len(text) // 2
            start = max(0, min(columns - len(text), centre))
            around = line[max(0, start - 2) : start + len(text) + 2]
            if not around.strip():
                line = line[:start] + text + line[start + len(text) :]
        return line.rstrip()

    def _legend(self, marks: _Marks, margin: int) -> Text:
        chart = self.chart
        entries = [
            ("history", marks.line or marks.history, "history", len(chart.history)),
            ("actual", marks.actual, "actual", len(chart.actual)),
            ("forecast", marks.line or marks.forecast, "forecast", len(chart.mean)),
            ("band", marks.band, literal(chart.band), len(chart.lower)),
        ]
        text = Text(" " * (margin + 2))
        for name, mark, label, there in entries:
            if there:
                text.append(mark, style=STYLES[name])
                text.append(f" {label}   ")
        text.rstrip()
        return text


@dataclass(frozen=True)
class _Plot:
    """The mapping of steps and values to the dots of a canvas, and what is drawn with it."""

    chart: ForecastChart
    canvas: Canvas
    low: float
    high: float

    def draw(self) -> None:
        """Draw the band, then the lines over it, then what really came."""
        marks = BRAILLE if self.canvas.braille else ASCII
        start = len(self.chart.history)
        self._start(marks.start)
        self._band(marks.band)
        self._line(self.chart.history, 0, marks.history, STYLES["history"])
        self._line(self.chart.mean, start, marks.forecast, STYLES["forecast"])
        for step, value in enumerate(self.chart.actual, start):
            if _drawable(value):
                self.canvas.mark_dot(self._x(step), self._y(value), marks.actual, STYLES["actual"])

    def row(self, value: float) -> int:
        """Return the row of characters that a value falls in."""
        return self._y(value) * self.canvas.rows // self.canvas.height

    def column(self, step: int) -> int:
        """Return the column of characters that a step falls in."""
        return self._x(step) * self.canvas.columns // self.canvas.width

    def _x(self, step: int) -> int:
        last = len(self.chart.history) + max(len(self.chart.mean), len(self.chart.actual)) - 1
        return round(step * (self.canvas.width - 1) / max(1, last))

    def _y(self, value: float) -> int:
        share = (self.high - float(value)) / (self.high - self.low)
        return round(share * (self.canvas.height - 1))

    def _start(self, character: str) -> None:
        """Mark where history ends, where there is both history and forecast."""
        if len(self.chart.history) and len(self.chart.mean):
            column = self.column(len(self.chart.history) - 1)
            for row in range(self.canvas.rows):
                self.canvas.mark(column, row, character, "dim")

    def _band(self, character: str) -> None:
        start = len(self.chart.history)
        edges = zip(self.chart.lower, self.chart.upper, strict=True)
        known = [
            (self.column(step), self.row(upper), self.row(lower))
            for step, (lower, upper) in enumerate(edges, start)
            if _drawable(lower) and _drawable(upper)
        ]
        for column, top, bottom in _filled(known):
            for row in range(min(top, bottom), max(top, bottom) + 1):
                self.canvas.mark(column, row, character, STYLES["band"])

    def _line(self, values: Sequence[float], start: int, character: str, style: str) -> None:
        points: list[tuple[int, int]] = []
        for step, value in enumerate(values, start):
            if _drawable(value):
                points.append((self._x(step), self._y(value)))
            else:
                self.canvas.line(points, character, style)
                points = []
        self.canvas.line(points, character, style)


def _filled(edges: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Give every column between the first and the last its edges, by straight lines."""
    yield from edges[:1]
    for (left, *before), (right, *after) in pairwise(edges):
        for column in range(left + 1, right):
            share = (column - left) / (right - left)
            top, bottom = (round(a + (b - a) * share) for a, b in zip(before, after, strict=True))
            yield column, top, bottom
        yield right, after[0], after[1]


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


def _short_times(texts: Sequence[str]) -> list[str]:
    """Cut the part that is zero in all of them: seconds, then the time of day."""
    short = list(texts)
    for ending in (":00", " 00:00"):
        if all(len(text) >= 16 and text.endswith(ending) for text in short):
            short = [text[: -len(ending)] for text in short]
    return short


def _drawable(value: float) -> bool:
    return abs(float(value)) < LARGEST


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(float(value)) else None
