"""A matrix of coloured cells; large ones by the mean of neighbours."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from seqtune.drawing.wording import figure as three_digits
from seqtune.figures.matrix import Matrix
from seqtune.pages.markup import element, joined, scrolled
from seqtune.pages.svg.sheet import WIDE, Sheet, cut, drawing, text_width
from seqtune.pages.words import range_of

SHADES = 8
"""Steps from nothing to the most."""

MOST_CELLS = 64
"""Rows and columns at most that are drawn: larger matrices are drawn by means."""

LONGEST = 130.0
"""Points that a name may take."""


def draw(figure: Matrix, is_small: bool = False) -> Markup:
    """Return the matrix, with what its colours mean.

    Args:
        figure: What is drawn.
        is_small: Whether it is one of many.
    """
    drawn = _Drawing(figure, 320.0 if is_small else 560.0)
    box = scrolled(drawn.chart(), f"{figure.title}, drawn")
    return joined(box, _key(drawn.figure))


def describe(figure: Matrix) -> str:
    """Say in a sentence what is drawn, for whoever does not see it."""
    values = [value for row in figure.values for value in row]
    rows, columns = figure.row_title or "rows", figure.column_title or "columns"
    return (
        f"A matrix of {len(figure.rows)} {rows} by {len(figure.columns)} {columns}; "
        f"{figure.unit or 'values'} {range_of(values)}."
    )


def left_out(figure: Matrix) -> str:
    """Say that a matrix is drawn by means; "" where it is drawn as it is."""
    if max(len(figure.rows), len(figure.columns)) <= MOST_CELLS:
        return ""
    return (
        f"{len(figure.rows):,} by {len(figure.columns):,} values; a cell is the mean of its "
        "neighbours."
    )


def coarser(figure: Matrix, most: int = MOST_CELLS) -> Matrix:
    """Return a matrix that has at most so many rows and columns: means of neighbours."""
    if max(len(figure.rows), len(figure.columns)) <= most:
        return figure
    rows, columns = (_parts(len(names), most) for names in (figure.rows, figure.columns))
    values = tuple(
        tuple(
            _mean([figure.values[row][column] for row in range(*down) for column in range(*across)])
            for across in columns
        )
        for down in rows
    )
    return figure.model_copy(
        update={
            "rows": tuple(figure.rows[first] for first, _ in rows),
            "columns": tuple(figure.columns[first] for first, _ in columns),
            "values": values,
            "texts": (),
        }
    )


def shade(value: float, most: float) -> int:
    """Return the step of colour for a size between 0 and the largest.

    Example:
        >>> shade(0.0, 10.0), shade(10.0, 10.0)
        (0, 8)
    """
    return 0 if most <= 0 else min(SHADES, math.ceil(SHADES * abs(value) / most - 1e-9))


def _parts(number: int, most: int) -> list[tuple[int, int]]:
    wide = -(-number // most)
    return [(first, min(first + wide, number)) for first in range(0, number, wide)]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(value / len(known) for value in known) if known else None


class _Drawing:
    """One drawing of a matrix."""

    def __init__(self, figure: Matrix, widest: float) -> None:
        self.figure = figure = coarser(figure)
        self.most = max((abs(v) for row in figure.values for v in row if v is not None), default=0)
        name = max(map(text_width, figure.rows), default=0.0)
        self.left = min(name, LONGEST) + 12 + (16 if figure.row_title else 0)
        texts = [
            self.text(r, c) for r in range(len(figure.rows)) for c in range(len(figure.columns))
        ]
        fit = (widest - self.left) / max(1, len(figure.columns))
        self.text_wide = max(map(text_width, texts), default=0.0) + 6
        self.cell = max(7.0, min(44.0, fit))
        if figure.texts and max(len(figure.rows), len(figure.columns)) <= 16:
            self.cell = max(self.cell, min(self.text_wide, 84.0))
        self.high = max(7.0, min(30.0, self.cell))
        widest_name = max(map(text_width, figure.columns), default=0.0)
        self.is_upright = widest_name > self.cell - 2
        room = min(widest_name, LONGEST) if self.is_upright else 12
        self.top = room + 12 + (18 if figure.column_title else 0)
        self.has_texts = self.text_wide <= self.cell + 2 and self.high >= 14

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        if self.figure.texts:
            return self.figure.texts[row][column]
        value = self.figure.values[row][column]
        if value is None:
            return ""
        return (
            f"{int(value):,}" if value == int(value) and abs(value) < 1e6 else three_digits(value)
        )

    def chart(self) -> Markup:
        """Draw names and cells."""
        figure = self.figure
        width = self.left + len(figure.columns) * self.cell + 4
        title = max(text_width(figure.column_title) + self.left, width)
        height = self.top + len(figure.rows) * self.high + 4
        sheet = Sheet("matrix", min(title, WIDE.width * 2), height, 0, 0)
        return drawing(
            sheet,
            *self._names(),
            *self._cells(),
            name=figure.title,
            said=describe(figure),
            is_fixed=True,
        )

    def _names(self) -> list[Markup]:
        figure = self.figure
        found = []
        if figure.column_title:
            found.append(element("text", figure.column_title, class_="axis", x=self.left, y=12))
        if figure.row_title:
            middle = self.top + len(figure.rows) * self.high / 2
            turn = f"rotate(-90 12 {middle:.1f})"
            room = max(60.0, len(figure.rows) * self.high)
            found.append(
                element(
                    "text", cut(figure.row_title, room), class_="axis", x=12, y=middle,
                    text_anchor="middle", transform=turn,
                )
            )  # fmt: skip
        step = max(1, math.ceil(11 / self.high))
        for number in range(0, len(figure.rows), step):
            y = self.top + (number + 0.5) * self.high + 4
            name = cut(figure.rows[number], LONGEST)
            found.append(
                element("text", name, class_="name", x=self.left - 6, y=y, text_anchor="end")
            )
        step = max(1, math.ceil(13 / self.cell)) if self.is_upright else 1
        for number in range(0, len(figure.columns), step):
            x = self.left + (number + 0.5) * self.cell
            y = self.top - 6
            if self.is_upright:
                found.append(
                    element(
                        "text", cut(figure.columns[number], LONGEST), class_="name", x=x + 4, y=y,
                        transform=f"rotate(-90 {x + 4:.1f} {y:.1f})",
                    )
                )  # fmt: skip
            else:
                found.append(
                    element(
                        "text", figure.columns[number], class_="name", x=x, y=y,
                        text_anchor="middle",
                    )
                )  # fmt: skip
        return found

    def _cells(self) -> list[Markup]:
        found = []
        for row, values in enumerate(self.figure.values):
            for column, value in enumerate(values):
                if value is None:
                    continue
                look = _look(self.figure, row, column, value, self.most)
                x, y = self.left + column * self.cell, self.top + row * self.high
                found.append(
                    element(
                        "rect", class_=f"cell {look}", x=x, y=y,
                        width=self.cell - 1, height=self.high - 1,
                    )
                )  # fmt: skip
                if self.has_texts:
                    found.append(
                        element(
                            "text", self.text(row, column), class_=f"celltext on-{look}",
                            x=x + self.cell / 2, y=y + self.high / 2 + 4, text_anchor="middle",
                        )
                    )  # fmt: skip
        return found


def _look(figure: Matrix, row: int, column: int, value: float, most: float) -> str:
    step = shade(value, most)
    if figure.scale == "diverging" and value < 0:
        return f"w{step}"
    if figure.is_expected_diagonal and row != column:
        return f"w{step}"
    return f"s{step}"


def _key(figure: Matrix) -> Markup | None:
    """Return what the colours mean."""
    values = [v for row in figure.values for v in row if v is not None]
    if not values:
        return None
    most = three_digits(max(map(abs, values)))
    unit = f" {figure.unit}" if figure.unit else ""

    def ramp(letter: str, back: bool = False) -> Markup:
        steps = range(SHADES, -1, -1) if back else range(SHADES + 1)
        cells = [
            element("rect", class_=f"cell {letter}{step}", x=9 * place, y=0, width=9, height=10)
            for place, step in enumerate(steps)
        ]
        return element("svg", *cells, class_="ramp", viewBox="0 0 81 10", aria_hidden="true")

    if figure.scale == "diverging":
        return element(
            "p", f"−{most} ", ramp("w", back=True), ramp("s"), f" {most}{unit}", class_="key"
        )
    if figure.is_expected_diagonal:
        return element(
            "p", ramp("s"), " as expected, ", ramp("w"), f" otherwise; up to {most}{unit}",
            class_="key",
        )  # fmt: skip
    return element("p", "0 ", ramp("s"), f" {most}{unit}", class_="key")
