"""Points, joined by steps where they are the best so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from markupsafe import Markup

from seqtune.drawing.wording import visible
from seqtune.figures.points import Cloud, Points
from seqtune.pages.looks import looks, mark
from seqtune.pages.markup import data, element, joined
from seqtune.pages.svg.scale import Scale
from seqtune.pages.svg.sheet import (
    Plot,
    Sheet,
    drawing,
    level_line,
    scale_ticks,
    sheets_of,
    x_axis,
    y_axis,
)
from seqtune.pages.words import range_of

MOST_DRAWN = 2_000
"""Points of a cloud at most: of more, some are drawn, evenly chosen."""

MOST_READ = 1_000


def draw(figure: Points, is_small: bool = False) -> Markup:
    """Return the chart.

    Args:
        figure: What is drawn.
        is_small: Whether it is one of many.
    """
    sheets = sheets_of(is_small, figure.is_diagonal)
    return joined(*(_Drawing(figure, sheet).chart() for sheet in sheets))


def describe(figure: Points) -> str:
    """Say in a sentence what is drawn, for whoever does not see it."""
    clouds = ", ".join(f"{len(cloud.x):,} of {cloud.name}" for cloud in figure.clouds)
    across = [x for cloud in figure.clouds for x in cloud.x]
    up = [y for cloud in figure.clouds for y in cloud.y]
    return (
        f"Points: {clouds}; {figure.x_title or 'x'} {range_of(across)}, "
        f"{figure.y_title or 'y'} {range_of(up)}."
    )


def left_out(figure: Points) -> str:
    """Say how many points there are where not all are drawn; "" where they are."""
    most = max(len(cloud.x) for cloud in figure.clouds)
    if most <= MOST_DRAWN:
        return ""
    return f"Of {most:,} points, {len(range(0, most, _step(most))):,} are drawn, evenly chosen."


def _step(number: int) -> int:
    return max(1, -(-number // MOST_DRAWN))


def entries(figure: Points) -> Iterator[tuple[str, str, str]]:
    """Yield name, look and form of all that the legend explains."""
    styles = looks([cloud.role for cloud in figure.clouds])
    for cloud, look in zip(figure.clouds, styles, strict=True):
        yield cloud.name, look, "line" if cloud.is_stepped else "dot"
    if figure.is_diagonal:
        yield "equal", "diagonal", "line"


class _Drawing:
    """One drawing of a chart on one sheet."""

    def __init__(self, figure: Points, sheet: Sheet) -> None:
        self.figure, self.sheet = figure, sheet
        across = [x for cloud in figure.clouds for x in cloud.x]
        up: list[float | None] = [y for cloud in figure.clouds for y in cloud.y]
        if figure.is_diagonal:
            known = [y for y in up if y is not None]
            up, across = [*up, *across], [*across, *known]
        bare = Scale.around([*up, figure.level], 1.0, 0.0, is_logarithmic=figure.is_y_logarithmic)
        self.plot = Plot.on(
            sheet,
            [text for _, text in bare.ticks(sheet.y_ticks)],
            has_y_title=bool(figure.y_title),
            has_x_title=bool(figure.x_title),
        )
        self.y = replace(bare, start=self.plot.bottom, end=self.plot.top)
        self.x = Scale.around(
            across, self.plot.left, self.plot.right, is_logarithmic=figure.is_x_logarithmic
        )

    def chart(self) -> Markup:
        """Draw everything."""
        figure, sheet = self.figure, self.sheet
        styles = looks([cloud.role for cloud in figure.clouds])
        return joined(
            drawing(
                sheet,
                y_axis(self.plot, scale_ticks(self.y, sheet.y_ticks), figure.y_title),
                x_axis(self.plot, scale_ticks(self.x, sheet.x_ticks + 1), figure.x_title),
                self._diagonal(),
                *(
                    self._cloud(cloud, look)
                    for cloud, look in zip(figure.clouds, styles, strict=True)
                ),
                level_line(
                    self.plot, self.y.at(figure.level), figure.level_name, figure.level_role
                ),
                name=figure.title,
                said=describe(figure),
            ),
            self._read(),
        )

    def _dots(self, cloud: Cloud) -> list[tuple[float, float, int]]:
        step = _step(len(cloud.x))
        found = []
        for number in range(0, len(cloud.x), step):
            x, y = self.x.at(cloud.x[number]), self.y.at(cloud.y[number])
            if x is not None and y is not None:
                found.append((x, y, number))
        return found

    def _cloud(self, cloud: Cloud, look: str) -> Markup:
        dots = self._dots(cloud)
        if cloud.is_stepped:
            steps = "".join(
                f"M{x:.1f} {y:.1f}" if number == 0 else f"H{x:.1f}V{y:.1f}"
                for number, (x, y, _) in enumerate(dots)
            )
            if dots:
                steps += f"H{self.plot.right:.1f}"
            return element("path", class_=f"line {look}", d=steps)
        if len(dots) > 300:  # a path takes a tenth of the room
            path = "".join(f"M{x:.1f} {y:.1f}h0" for x, y, _ in dots)
            return element("path", class_=f"dust {look}", d=path)
        return element("g", *(mark(look, x, y) for x, y, _ in dots))

    def _read(self) -> Markup:
        """Return what the script shows of the point that somebody points at."""
        found = []
        for cloud in self.figure.clouds:
            if cloud.is_stepped:
                continue
            for x, y, number in self._dots(cloud):
                label = visible(cloud.labels[number] if cloud.labels else cloud.name)
                found.append([round(x, 1), round(y, 1), label, cloud.x[number], cloud.y[number]])
        return data(found[:MOST_READ], "points")

    def _diagonal(self) -> Markup | None:
        if not self.figure.is_diagonal:
            return None
        low, high = max(self.x.low, self.y.low), min(self.x.high, self.y.high)
        ends = [(self.x.at(value), self.y.at(value)) for value in (low, high)]
        if low >= high or any(x is None or y is None for x, y in ends):
            return None
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ends)
        return element("path", class_="line diagonal", d=path)
