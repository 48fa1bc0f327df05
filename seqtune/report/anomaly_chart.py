"""A series with its events drawn on it, and a table of the strangest of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from seqtune.drawing.canvas import Canvas
from seqtune.drawing.chart import ASCII, BRAILLE, axis_labels, axis_ticks, time_label
from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import figure, literal, several

LARGEST = 1e300
"""What lies beyond is not drawn: the span of the axis would overflow."""

EVENT = "bold red"
MAX_POINTS = 10_000
MAX_LISTED = 100


@dataclass(frozen=True)
class Strange:
    """One event.

    Args:
        start: Its first row, as text.
        end: Its last row.
        peak: The row of its highest score.
        series: Name of its series; empty where there is one.
        score: The score at the peak.
        channel: The column that is to blame.
        expected: What that column was expected to be at the peak, where it is known.
        came: What it was.
        unchanged: Rows for which it keeps that value, where that is what is strange.
    """

    start: str
    end: str
    peak: str
    series: str
    score: float
    channel: str
    expected: float | None
    came: float | None
    unchanged: int | None = None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Strange:
        """Read what a run kept.

        Raises:
            ValueError: It is no event.
        """
        event = cls(**values)
        texts = (event.start, event.end, event.peak, event.series, event.channel)
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("an event names no rows")
        for number in (event.score, event.expected, event.came):
            if number is not None and (isinstance(number, bool) or not math.isfinite(number)):
                raise ValueError("an event has no score")
        if event.unchanged is not None and type(event.unchanged) is not int:
            raise ValueError("an event counts no rows")
        return event


@dataclass(frozen=True)
class AnomalyChart:
    """What was found in the test part.

    Args:
        title: What is drawn.
        times: (points,) labels.
        values: (points,) the series.
        marked: (points,) whether a point belongs to an event.
        events: How many events there are, of all series.
        rows: How many rows were scored.
        threshold: Score beyond which a row is marked.
        strangest: The strangest events, or rows where there is no event, the strangest first.
    """

    title: str
    times: Sequence[str]
    values: Sequence[float]
    marked: Sequence[bool]
    events: int
    rows: int
    threshold: float
    strangest: Sequence[Strange]

    def __rich__(self) -> RenderableType:
        """Draw the series, and below it the table."""
        parts: list[RenderableType] = [_Drawing(self), Text(), Text(self._summary())]
        if self.strangest:
            parts += [Text(), self._table()]
        return Group(*parts)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> AnomalyChart:
        """Read what a run kept, which may come from a stranger.

        Raises:
            ValueError: Its parts are not as long as they should be, or hold something else.
        """
        chart = cls(**{**values, "strangest": [Strange.from_dict(e) for e in values["strangest"]]})
        points = len(chart.values)
        lengths = {len(chart.times), len(chart.marked), points}
        if len(lengths) > 1 or points > MAX_POINTS or len(chart.strangest) > MAX_LISTED:
            raise ValueError("the parts of its chart are not of one length")
        if not all(isinstance(time, str) for time in (*chart.times, chart.title)):
            raise ValueError("its chart has no times")
        if not all(isinstance(mark, bool) for mark in chart.marked):
            raise ValueError("its chart marks no rows")
        for count in (chart.events, chart.rows):
            if type(count) is not int or count < 0:
                raise ValueError("it counts no events")
        for value in (*chart.values, chart.threshold):
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise ValueError("its chart draws no numbers")
        return chart

    def _summary(self) -> str:
        rows = several(self.rows, "row")
        usual = (
            f"1 normal row in {10**self.threshold:,.0f}" if self.threshold < 12 else "hardly any"
        )
        return (
            f"{several(self.events, 'event')} in {rows} of the test part beyond the threshold of "
            f"{figure(self.threshold)}, which {usual} reaches"
        )

    def _table(self) -> RenderableType:
        has_series = any(event.series for event in self.strangest)
        columns = [
            Column("strangest" if self.events else "strangest (no event)"),
            *([Column("series", foldable=True)] if has_series else []),
            Column("until"),
            Column("score", numeric=True),
            Column("column", foldable=True),
            Column("expected", numeric=True),
            Column("came", numeric=True),
        ]
        rows = [
            [
                time_label(event.peak),
                *([event.series] if has_series else []),
                "" if event.end == event.peak else time_label(event.end),
                figure(event.score),
                event.channel,
                figure(event.expected) if event.unchanged is None else "to move",
                figure(event.came),
            ]
            for event in self.strangest
        ]
        return table(columns, rows)


class _Drawing:
    """One drawing of a series with its events on one console."""

    def __init__(self, chart: AnomalyChart) -> None:
        self.chart = chart

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(literal(self.chart.title), style="bold")
        known = [value for value in self.chart.values if abs(value) < LARGEST]
        if not known:
            yield Text("There is nothing to draw: no finite value.")
            return
        low, high = min(known), max(known)
        padding = 0.0 if high - low > 1e-12 * max(abs(low), abs(high)) else abs(high) / 10 or 1.0
        low, high = low - padding, high + padding
        rows = max(6, min(12, console.height // 2))
        ticks = axis_ticks(low, high, count=max(2, rows // 3))
        labels = axis_labels(ticks)
        margin = max(len(label) for label in labels)
        columns = max(10, options.max_width - margin - 3)
        marks = ASCII if options.ascii_only else BRAILLE
        canvas = Canvas(columns, rows, braille=not options.ascii_only)
        self._draw(canvas, min(low, ticks[0]), max(high, ticks[-1]), marks.history)
        top, bottom = max(high, ticks[-1]), min(low, ticks[0])
        label_of = {
            round((top - tick) / (top - bottom) * (canvas.height - 1))
            * rows
            // canvas.height: label
            for tick, label in zip(ticks, labels, strict=True)
        }
        for row, line in enumerate(canvas.lines()):
            edge = marks.tick if row in label_of else marks.edge
            yield Text.assemble(f"{label_of.get(row, ''):>{margin}} ", edge, line, no_wrap=True)
        yield Text(f"{'':{margin}} {marks.corner}{marks.floor * columns}", no_wrap=True)
        yield Text(f"{'':{margin}}  {self._time_line(columns)}", no_wrap=True)

    def _draw(self, canvas: Canvas, low: float, high: float, character: str) -> None:
        """Draw the line, then what belongs to an event in red over it."""
        last = max(1, len(self.chart.values) - 1)
        points = [
            (
                round(step * (canvas.width - 1) / last),
                round((high - value) / (high - low) * (canvas.height - 1)),
            )
            if abs(value) < LARGEST
            else None
            for step, value in enumerate(self.chart.values)
        ]
        canvas.line([point for point in points if point], character)
        for point, is_marked in zip(points, self.chart.marked, strict=True):
            if point and is_marked:
                canvas.line([point], "x", EVENT)

    def _time_line(self, columns: int) -> str:
        if not self.chart.times:
            return ""
        first, last = time_label(self.chart.times[0]), time_label(self.chart.times[-1])
        room = columns - len(first) - len(last)
        return f"{first}{' ' * room}{last}" if room > 0 and len(self.chart.times) > 1 else first
