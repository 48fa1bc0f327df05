"""A series with its events drawn on it, and a table of the strangest of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from seqtune.drawing.chart import NOTHING, Axes, axis_span, drawable, time_label
from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import figure, literal, several

EVENT = "bold red"
MAX_ROWS = 12
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

    kind: ClassVar[str] = "anomaly"

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

    def to_dict(self) -> dict[str, Any]:
        """Return what a run keeps."""
        return asdict(self)

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
            f"1 false event in {10**self.threshold:,.0f} normal rows"
            if self.threshold < 12
            else "hardly any false event"
        )
        return (
            f"{several(self.events, 'event')} in {rows} of the test part. The threshold is "
            f"{figure(self.threshold)}: {usual} is accepted."
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
            Column("actual", numeric=True),
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


@dataclass(frozen=True)
class _Drawing:
    """One drawing of a series with its events on one console."""

    chart: AnomalyChart

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        chart = self.chart
        yield Text(literal(chart.title), style="bold")
        span = axis_span(chart.values)
        if span is None:
            yield Text(NOTHING)
            return
        axes = Axes.around(span, len(chart.values), console, options, MAX_ROWS)
        self._draw(axes)
        yield from axes.lines(self._time_line(axes.canvas.columns))

    def _draw(self, axes: Axes) -> None:
        """Draw the line, then what belongs to an event in red over it."""
        points = [
            (axes.x(step), axes.y(value)) if drawable(value) else None
            for step, value in enumerate(self.chart.values)
        ]
        axes.canvas.line([point for point in points if point], axes.marks.dot)
        for point, is_marked in zip(points, self.chart.marked, strict=True):
            if point and is_marked:
                axes.canvas.line([point], "x", EVENT)

    def _time_line(self, columns: int) -> str:
        if not self.chart.times:
            return ""
        first, last = time_label(self.chart.times[0]), time_label(self.chart.times[-1])
        room = columns - len(first) - len(last)
        return f"{first}{' ' * room}{last}" if room > 0 and len(self.chart.times) > 1 else first


KINDS = {AnomalyChart.kind: AnomalyChart}
"""What `chart.json` may hold."""
