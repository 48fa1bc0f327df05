"""Lines over times, steps or numbers, with bands, stretches and levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from seqtune.drawing.wording import count, visible
from seqtune.figures.lines import Band, Line, Lines
from seqtune.pages.looks import looks
from seqtune.pages.markup import data, element, joined, number
from seqtune.pages.svg.scale import Scale
from seqtune.pages.svg.sheet import (
    WIDE,
    Plot,
    Sheet,
    Ticks,
    cut,
    drawing,
    level_line,
    scale_ticks,
    sheets_of,
    text_width,
    x_axis,
    y_axis,
)
from seqtune.pages.svg.thin import Dot, extreme_places, runs, thinned
from seqtune.pages.svg.time_axis import time_ticks
from seqtune.pages.words import range_of, written

MOST_READ = 1_200
"""Places of an axis at most that the page's script reads values from."""

PARTS, KINDS = 3, 6
"""So many looks there are for stretches of no role, and for those of each role."""

LABEL = 13.0
"""Height of the name on a stretch."""

MOST_LABELS = 3
"""Names that stand one below the other."""

STRIP = 74.0
"""Height of a chart that has stretches and nothing else."""


def draw(figure: Lines, is_small: bool = False) -> Markup:
    """Return the chart.

    Args:
        figure: What is drawn.
        is_small: Whether it is one of many.
    """
    sheets = sheets_of(is_small, figure.is_diagonal)
    return joined(
        *(_Drawing(figure, sheet).chart() for sheet in sheets),
        _series(figure, MOST_READ // 4 if is_small else MOST_READ),
    )


def describe(figure: Lines) -> str:
    """Say in a sentence what is drawn, for whoever does not see it."""
    names = [line.name for line in figure.lines] or [span.name for span in figure.spans]
    shown = ", ".join(dict.fromkeys(names[:6])) + (
        f" and {len(names) - 6} more" if len(names) > 6 else ""
    )
    places = figure.x
    over = f" over {figure.x_title}" if figure.x_title else ""
    if places:
        over += f" from {written(places[0])} to {written(places[-1])}"
    values = [value for line in figure.lines for value in line.values]
    of = f"; {figure.y_title or 'values'} {range_of(values)}" if values else ""
    return f"Lines: {shown}{over}{of}."


def _line_looks(figure: Lines) -> list[str]:
    return looks([line.role for line in figure.lines])


def span_looks(figure: Lines) -> dict[str, str]:
    """Return the look of stretches by name: one each, by turns within a role."""
    found: dict[str, str] = {}
    before: Counter[str] = Counter()
    for name, role in {span.name: span.role for span in figure.spans}.items():
        number, before[role] = before[role], before[role] + 1
        if role == "other":
            found[name] = f"part{number % PARTS}"
        else:
            found[name] = role if number == 0 else f"{role} kind{number % KINDS}"
    return found


def entries(figure: Lines) -> Iterator[tuple[str, str, str]]:
    """Yield name, look and form of all that the legend explains."""
    faint = 0
    for line, look in zip(figure.lines, _line_looks(figure), strict=True):
        if look == "faint":
            faint += 1
        else:
            yield line.name, look, "line"
    if faint:
        yield f"{count(faint)} others", "faint", "line"
    for band in figure.bands:
        yield band.name, band.role, "band"
    for name, look in span_looks(figure).items():
        yield name, look, "span"
    if figure.is_diagonal:
        yield "equal", "diagonal", "line"


@dataclass(frozen=True)
class _Axes:
    """Where places and values stand."""

    plot: Plot
    places: Sequence[float]
    y: Scale
    x_ticks: Ticks


class _Drawing:
    """One drawing of a chart on one sheet."""

    def __init__(self, figure: Lines, sheet: Sheet) -> None:
        self.figure, self.sheet = figure, sheet
        self.is_strip = not figure.lines and not figure.bands
        self.height = STRIP + (16 if figure.x_title else 0) if self.is_strip else sheet.height
        self.axes = self._axes()

    def chart(self) -> Markup:
        """Draw everything, the backmost first."""
        figure, axes = self.figure, self.axes
        ticks = [] if self.is_strip else scale_ticks(axes.y, self.sheet.y_ticks)
        bands = [self._band(band) for band in figure.bands]
        styles = _line_looks(figure)
        ranked = sorted(zip(figure.lines, styles, strict=True), key=lambda each: each[1] != "faint")
        lines = [self._line(line, look) for line, look in ranked]
        level = level_line(axes.plot, axes.y.at(figure.level), figure.level_name, figure.level_role)
        return drawing(
            self.sheet,
            *self._spans(),
            y_axis(axes.plot, ticks, "" if self.is_strip else figure.y_title),
            x_axis(axes.plot, axes.x_ticks, figure.x_title),
            *bands,
            self._diagonal(),
            *lines,
            level,
            name=figure.title,
            said=describe(figure),
            height=self.height,
        )

    def _axes(self) -> _Axes:
        figure, sheet = self.figure, self.sheet
        values = [value for line in figure.lines for value in line.values]
        values += [each for band in figure.bands for each in (*band.lower, *band.upper)]
        numbers = [float(place) for place in figure.x if not isinstance(place, str)]
        if figure.is_diagonal:
            values += numbers
        low_high = Scale.around(
            [*values, figure.level], 1.0, 0.0, is_logarithmic=figure.is_logarithmic
        )
        labels = [] if self.is_strip else [text for _, text in low_high.ticks(sheet.y_ticks)]
        plot = Plot.on(
            Sheet(sheet.name, sheet.width, self.height, sheet.x_ticks, sheet.y_ticks),
            labels,
            has_y_title=bool(figure.y_title) and not self.is_strip,
            has_x_title=bool(figure.x_title),
        )
        y = Scale(low_high.low, low_high.high, plot.bottom, plot.top, low_high.is_logarithmic)
        places, ticks = self._x(plot, numbers)
        return _Axes(plot, places, y, ticks)

    def _x(self, plot: Plot, numbers: Sequence[float]) -> tuple[list[float], Ticks]:
        """Return where each place stands, and the labels."""
        most = self.sheet.x_ticks
        if numbers:
            scale = Scale.around(numbers, plot.left, plot.right, room=0.0)
            return [scale.at(place) or 0.0 for place in numbers], scale_ticks(scale, most + 1)
        texts = [str(place) for place in self.figure.x]
        steps = max(1, len(texts) - 1)
        places = [plot.left + number / steps * plot.width for number in range(len(texts))]
        return places, [(places[at], text) for at, text in time_ticks(texts, most)]

    def _dots(self, values: Sequence[float | None], start: int) -> list[Dot | None]:
        found: list[Dot | None] = []
        for place, value in zip(self.axes.places[start:], values, strict=False):
            y = self.axes.y.at(value)
            found.append(None if y is None else (place, y))
        return found

    def _line(self, line: Line, look: str) -> Markup:
        parts = []
        for run in runs(self._dots(line.values, line.start)):
            dots = thinned(run)
            parts.append(_path(dots) if len(dots) > 1 else f"{_path(dots)}h0")
        return element("path", class_=f"line {look}", d="".join(parts))

    def _band(self, band: Band) -> Markup:
        lower, upper = self._dots(band.lower, band.start), self._dots(band.upper, band.start)
        known = [
            (low, high) if low is not None and high is not None else None
            for low, high in zip(lower, upper, strict=True)
        ]
        below = runs([None if pair is None else pair[0] for pair in known])
        above = runs([None if pair is None else pair[1] for pair in known])
        parts = [
            f"{_path(thinned(high))}L{_path(thinned(low)[::-1])[1:]}Z"
            for low, high in zip(below, above, strict=True)
        ]
        return element("path", class_=f"band {band.role}", d="".join(parts))

    def _spans(self) -> Iterator[Markup]:
        axes, styles = self.axes, span_looks(self.figure)
        half = axes.plot.width / max(1, len(self.figure.x) - 1) / 2
        told: set[str] = set()
        taken: list[tuple[float, float, int]] = []
        for span in self.figure.spans:
            left = max(axes.plot.left, axes.places[span.first] - half)
            right = min(axes.plot.right, axes.places[span.last] + half)
            yield element(
                "rect",
                class_=f"span {styles[span.name]}",
                x=left,
                y=axes.plot.top,
                width=max(1.0, right - left),
                height=axes.plot.bottom - axes.plot.top,
            )
            if span.name in told or (row := self._row(span.name, left, right, taken)) is None:
                continue
            told.add(span.name)
            y = axes.plot.top + LABEL * (row + 1)
            yield element("text", span.name, class_="direct", x=left + 4, y=y)

    def _row(
        self, name: str, left: float, right: float, taken: list[tuple[float, float, int]]
    ) -> int | None:
        """Return the line that a name is written on and take it; None where it has no room."""
        end = left + text_width(name) + 6
        plot = self.axes.plot
        if end > right:
            return None
        for row in range(min(MOST_LABELS, int((plot.bottom - plot.top) / LABEL))):
            if all(each[2] != row or end <= each[0] or left >= each[1] for each in taken):
                taken.append((left, end, row))
                return row
        return None

    def _diagonal(self) -> Markup | None:
        figure, axes = self.figure, self.axes
        if not figure.is_diagonal or not axes.places or isinstance(figure.x[0], str):
            return None
        ends = (float(figure.x[0]), float(figure.x[-1]))
        dots = [
            (place, y)
            for place, value in zip((axes.places[0], axes.places[-1]), ends, strict=True)
            if (y := axes.y.at(value)) is not None
        ]
        return element("path", class_="line diagonal", d=_path(dots)) if dots else None


def _path(dots: Sequence[Dot]) -> str:
    """Write a line through dots; a number in tenths, no blank that is not needed."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in dots)


def _series(figure: Lines, most: int) -> Markup | None:
    """Return what the script shows where somebody points, and draws anew where they zoom."""
    if not figure.lines:
        return None
    total = len(figure.x)
    if total <= most:
        places = list(range(total))
    else:
        kept: set[int] = set()
        share = max(50, most // len(figure.lines))
        for line in figure.lines:
            kept.update(line.start + place for place in extreme_places(line.values, share))
        places = sorted(kept)
    lines = [
        (line.name, look, line.start, line.values)
        for line, look in zip(figure.lines, _line_looks(figure), strict=True)
    ]
    return data(
        {
            "x": [written(figure.x[place]) for place in places],
            "at": [_position(figure, place) for place in places],
            "log": figure.is_logarithmic,
            "lines": [
                {
                    "name": visible(cut(name, 200)),
                    "look": look,
                    "y": [_rounded(values, place - start) for place in places],
                }
                for name, look, start, values in lines[:60]
            ],
            "bands": [
                {
                    "look": band.role,
                    "low": [_rounded(band.lower, place - band.start) for place in places],
                    "high": [_rounded(band.upper, place - band.start) for place in places],
                }
                for band in figure.bands
            ],
            "spans": list(_read_spans(figure)),
            "level": figure.level,
            "levelLook": figure.level_role,
        },
        "series",
    )


def _read_spans(figure: Lines) -> Iterator[dict[str, str | float]]:
    """Yield look and ends, 0 to 1, of what is marked."""
    half = 0.5 / max(1, len(figure.x) - 1)
    marked = span_looks(figure)
    for span in figure.spans:
        begin, end = _position(figure, span.first), _position(figure, span.last)
        yield {
            "look": marked[span.name],
            "from": round(max(0.0, begin - half), 5),
            "to": round(min(1.0, end + half), 5),
        }


def _position(figure: Lines, place: int) -> float:
    """Return where a place stands along the axis, 0 to 1."""
    first, last, here = figure.x[0], figure.x[-1], figure.x[place]
    if isinstance(first, str) or isinstance(last, str) or isinstance(here, str):
        return round(place / max(1, len(figure.x) - 1), 5)
    return round((here - first) / (last - first), 5) if last > first else 0.0


def _rounded(values: Sequence[float | None], place: int) -> float | None:
    value = values[place] if 0 <= place < len(values) else None
    return None if value is None else float(f"{value:.5g}")


def left_out(figure: Lines) -> str:
    """Say how many values a line has where not all of them are drawn; "" where they are."""
    most = max((len(line.values) for line in figure.lines), default=0)
    if most <= 2 * WIDE.width:
        return ""
    return (
        f"{count(most)} values per line; of each point of the screen the least and the largest "
        "are drawn."
    )
