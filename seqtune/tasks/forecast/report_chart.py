"""The last steps of a series with the forecast drawn on them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from seqtune.drawing.chart import NOTHING, Axes, axis_span, drawable, short_times, time_label
from seqtune.drawing.wording import literal

MAX_ROWS = 16


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

    kind: ClassVar[str] = "forecast"

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
        if len(chart.lower) != len(chart.upper):
            raise ValueError("its band has more of one edge than of the other")
        return chart


@dataclass(frozen=True)
class _Marks:
    """The characters that belong to a forecast."""

    history: str
    actual: str
    forecast: str
    band: str
    start: str
    line: str


BRAILLE = _Marks("⣀", "×", "⣀", "░", "┊", "⠒⠒")
ASCII = _Marks(".", "x", "o", ":", "!", "")
STYLES = {"history": "", "actual": "yellow", "forecast": "bold cyan", "band": "cyan dim"}


@dataclass(frozen=True)
class _Drawing:
    """One drawing of a chart on one console."""

    chart: ForecastChart

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        chart = self.chart
        yield Text(literal(chart.title), style="bold")
        span = axis_span(
            value
            for part in (chart.history, chart.actual, chart.mean, chart.lower, chart.upper)
            for value in part
        )
        if span is None:
            yield Text(NOTHING)
            return
        steps = len(chart.history) + max(len(chart.mean), len(chart.actual))
        axes = Axes.around(span, steps, console, options, MAX_ROWS)
        _Plot(chart, axes).draw()
        yield from axes.lines(self._time_line(axes))
        yield self._legend(axes)

    def _time_line(self, axes: Axes) -> str:
        """Place the first label, the forecast's first and the last, as far as they fit."""
        chart, columns = self.chart, axes.canvas.columns
        if not len(chart.times):
            return ""
        places = dict.fromkeys((0, len(chart.times) - 1))
        if 0 < len(chart.history) < len(chart.times) - 1:
            places = dict.fromkeys((0, len(chart.times) - 1, len(chart.history)))
        texts = [time_label(chart.times[place]) for place in places]
        line = " " * columns
        for place, text in zip(places, short_times(texts), strict=True):
            centre = axes.column(place) - len(text) // 2
            start = max(0, min(columns - len(text), centre))
            around = line[max(0, start - 2) : start + len(text) + 2]
            if not around.strip():
                line = line[:start] + text + line[start + len(text) :]
        return line.rstrip()

    def _legend(self, axes: Axes) -> Text:
        chart, marks = self.chart, _marks(axes)
        entries = [
            ("history", marks.line or marks.history, "history", len(chart.history)),
            ("actual", marks.actual, "actual", len(chart.actual)),
            ("forecast", marks.line or marks.forecast, "forecast", len(chart.mean)),
            ("band", marks.band, literal(chart.band), len(chart.lower)),
        ]
        text = Text(" " * (axes.margin + 2))
        for name, mark, label, there in entries:
            if there:
                text.append(mark, style=STYLES[name])
                text.append(f" {label}   ")
        text.rstrip()
        return text


@dataclass(frozen=True)
class _Plot:
    """What is drawn between the axes."""

    chart: ForecastChart
    axes: Axes

    def draw(self) -> None:
        """Draw the band, then the lines over it, then what really came."""
        axes, marks = self.axes, _marks(self.axes)
        start = len(self.chart.history)
        self._start(marks.start)
        self._band(marks.band)
        self._line(self.chart.history, 0, marks.history, STYLES["history"])
        self._line(self.chart.mean, start, marks.forecast, STYLES["forecast"])
        for step, value in enumerate(self.chart.actual, start):
            if drawable(value):
                axes.canvas.mark_dot(axes.x(step), axes.y(value), marks.actual, STYLES["actual"])

    def _start(self, character: str) -> None:
        """Mark where history ends, where there is both history and forecast."""
        if len(self.chart.history) and len(self.chart.mean):
            column = self.axes.column(len(self.chart.history) - 1)
            for row in range(self.axes.canvas.rows):
                self.axes.canvas.mark(column, row, character, "dim")

    def _band(self, character: str) -> None:
        start = len(self.chart.history)
        edges = zip(self.chart.lower, self.chart.upper, strict=True)
        known = [
            (self.axes.column(step), self.axes.row(upper), self.axes.row(lower))
            for step, (lower, upper) in enumerate(edges, start)
            if drawable(lower) and drawable(upper)
        ]
        for column, top, bottom in _filled(known):
            for row in range(min(top, bottom), max(top, bottom) + 1):
                self.axes.canvas.mark(column, row, character, STYLES["band"])

    def _line(self, values: Sequence[float], start: int, character: str, style: str) -> None:
        points: list[tuple[int, int]] = []
        for step, value in enumerate(values, start):
            if drawable(value):
                points.append((self.axes.x(step), self.axes.y(value)))
            else:
                self.axes.canvas.line(points, character, style)
                points = []
        self.axes.canvas.line(points, character, style)


def _filled(edges: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Give every column between the first and the last its edges, by straight lines."""
    yield from edges[:1]
    for (left, *before), (right, *after) in pairwise(edges):
        for column in range(left + 1, right):
            share = (column - left) / (right - left)
            top, bottom = (round(a + (b - a) * share) for a, b in zip(before, after, strict=True))
            yield column, top, bottom
        yield right, after[0], after[1]


def _marks(axes: Axes) -> _Marks:
    return BRAILLE if axes.canvas.braille else ASCII


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(float(value)) else None
