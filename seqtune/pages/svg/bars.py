"""Bars from zero, upright or lying, with their standard errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from markupsafe import Markup

from seqtune.drawing.wording import figure as three_digits
from seqtune.figures.bars import Bars
from seqtune.pages.looks import looks
from seqtune.pages.markup import element, joined
from seqtune.pages.svg.scale import Scale
from seqtune.pages.svg.sheet import (
    Plot,
    Sheet,
    cut,
    cut_inside,
    drawing,
    scale_ticks,
    sheets_of,
    text_width,
    x_axis,
    y_axis,
)
from seqtune.pages.words import range_of, written

MOST_LYING = 40
"""Categories of lying bars at most; the table below has all."""

BAR, GAP = 15.0, 7.0
"""Height of a lying bar, and the room to the next category."""


def draw(figure: Bars, is_small: bool = False) -> Markup:
    """Return the chart.

    Args:
        figure: What is drawn.
        is_small: Whether it is one of many.
    """
    sheets = sheets_of(is_small)
    of_kind = _Lying if figure.is_lying else _Standing
    return joined(*(of_kind(figure, sheet).chart() for sheet in sheets))


def entries(figure: Bars) -> Iterator[tuple[str, str, str]]:
    """Yield name, look and form of each group, where there are several."""
    if len(figure.groups) > 1:
        for group, look in zip(figure.groups, _looks(figure), strict=True):
            yield group.name, look, "bar"


def describe(figure: Bars) -> str:
    """Say in a sentence what is drawn, for whoever does not see it."""
    groups = ", ".join(group.name for group in figure.groups)
    values = [value for group in figure.groups for value in group.values]
    of = f" of {figure.y_title}" if figure.y_title else ""
    return f"Bars{of} for {len(figure.categories)} categories: {groups}; {range_of(values)}."


def _looks(figure: Bars) -> list[str]:
    return looks([group.role for group in figure.groups])


def _slots(figure: Bars, category: int) -> list[tuple[int, int, int]]:
    """Return group, place and number of the bars of a category that have a value."""
    known = [n for n, group in enumerate(figure.groups) if group.values[category] is not None]
    return [(group, place, len(known)) for place, group in enumerate(known)]


def _most_slots(figure: Bars) -> int:
    return max((len(_slots(figure, n)) for n in range(len(figure.categories))), default=1) or 1


class _Standing:
    """Bars that stand beside each other."""

    def __init__(self, figure: Bars, sheet: Sheet) -> None:
        self.figure, self.sheet, self.styles = figure, sheet, _looks(figure)
        bare = Scale.around(_ends(figure), 1.0, 0.0, anchor=0.0)
        labels = [text for _, text in bare.ticks(sheet.y_ticks)]
        self.plot = Plot.on(
            sheet, labels, has_y_title=bool(figure.y_title), has_x_title=bool(figure.x_title)
        )
        self.y = replace(bare, start=self.plot.bottom, end=self.plot.top)
        self.wide = self.plot.width / max(1, len(figure.categories))

    def chart(self) -> Markup:
        """Draw axes and bars."""
        figure, plot = self.figure, self.plot
        return drawing(
            self.sheet,
            y_axis(plot, scale_ticks(self.y, self.sheet.y_ticks), figure.y_title),
            *self._bars(),
            x_axis(plot, self._labels(), figure.x_title),
            name=figure.title,
            said=describe(figure),
        )

    def _labels(self) -> list[tuple[float, str]]:
        widest = max(map(text_width, self.figure.categories), default=1.0)
        if widest > 90:
            widest = 90
        step = max(1, -(-int(widest + 8) // max(1, int(self.wide))))
        return [
            (self.plot.left + (number + 0.5) * self.wide, cut(name, max(self.wide * step, 24)))
            for number, name in enumerate(self.figure.categories)
            if number % step == 0
        ]

    def _bars(self) -> Iterator[Markup]:
        share = self.wide * (0.72 if self.wide > 4 else 0.95)
        zero = self.y.at(0.0) or 0.0
        most = _most_slots(self.figure)
        for category in range(len(self.figure.categories)):
            middle = self.plot.left + (category + 0.5) * self.wide
            for group, place, number in _slots(self.figure, category):
                wide = min(share / most, 48.0)
                left = middle - number * wide / 2 + place * wide
                values = self.figure.groups[group]
                at = self.y.at(values.values[category]) or 0.0
                yield element(
                    "rect",
                    class_=f"bar {self.styles[group]}",
                    x=left,
                    y=min(at, zero),
                    width=max(0.8, wide - (1 if wide > 4 else 0)),
                    height=abs(at - zero),
                )
                if values.errors and (error := values.errors[category]) is not None:
                    value = values.values[category] or 0.0
                    x = left + wide / 2
                    low, high = _whisker_ends(value, error)
                    yield _whisker(x, x, self.y.at(low), self.y.at(high))


class _Lying:
    """Bars that lie one below the other, with their figures at the end."""

    def __init__(self, figure: Bars, sheet: Sheet) -> None:
        self.figure, self.sheet, self.styles = figure, sheet, _looks(figure)
        self.shown = min(len(figure.categories), MOST_LYING)
        self.slots = _most_slots(figure)
        names = figure.categories[: self.shown]
        longest = max(map(text_width, names), default=0.0)
        left = min(longest + 10, sheet.width * 0.46)
        self.written = _written(figure)
        values = [self.written(v) for group in figure.groups for v in group.values if v is not None]
        self.room = max(map(text_width, values), default=0.0) + 8
        top = 24.0 if figure.y_title else 8.0
        bottom = top + self.shown * (self.slots * BAR + GAP)
        self.plot = Plot(left, sheet.width - self.room, top, bottom)
        self.x = Scale.around(_ends(figure), left, self.plot.right, anchor=0.0, room=0.0)
        if self.x.low < 0:  # the figures of bars to the left stand there
            self.plot = Plot(left + self.room, sheet.width - self.room, top, bottom)
            self.x = replace(self.x, start=left + self.room)

    def chart(self) -> Markup:
        """Draw names, bars and figures."""
        plot = self.plot
        zero = self.x.at(0.0) or plot.left
        left = 2.0
        head = (
            element(
                "text", cut(self.figure.y_title, self.sheet.width - 4), class_="axis", x=left, y=12
            )
            if self.figure.y_title
            else None
        )
        edge = element("line", class_="edge", x1=zero, x2=zero, y1=plot.top, y2=plot.bottom)
        return drawing(
            self.sheet,
            head,
            *self._rows(zero),
            edge,
            name=self.figure.title,
            said=describe(self.figure),
            height=plot.bottom + 6,
        )

    def _rows(self, zero: float) -> Iterator[Markup]:
        high = self.slots * BAR + GAP
        end = self.plot.left - (self.room if self.x.low < 0 else 0) - 6
        for category in range(self.shown):
            top = self.plot.top + category * high
            middle = top + high / 2
            name = cut_inside(self.figure.categories[category], end)
            yield element("text", name, class_="name", x=end, y=middle + 4, text_anchor="end")
            for group, place, number in _slots(self.figure, category):
                y = middle - number * BAR / 2 + place * BAR
                yield from self._bar(category, group, y, zero)

    def _bar(self, category: int, group: int, y: float, zero: float) -> Iterator[Markup]:
        values = self.figure.groups[group]
        value = values.values[category] or 0.0
        at = self.x.at(value) or zero
        yield element(
            "rect",
            class_=f"bar {self.styles[group]}",
            x=min(at, zero),
            y=y + 1,
            width=max(0.8, abs(at - zero)),
            height=BAR - 2,
        )
        beyond = at
        if values.errors and (error := values.errors[category]) is not None:
            low, high = (self.x.at(each) for each in _whisker_ends(value, error))
            middle = y + BAR / 2
            yield _whisker(low, high, middle, middle)
            beyond = (high if value >= 0 else low) or at
        anchor, shift = ("start", 5) if value >= 0 else ("end", -5)
        yield element(
            "text", self.written(value), class_="figure", x=beyond + shift, y=y + BAR / 2 + 4,
            text_anchor=anchor,
        )  # fmt: skip


def _written(figure: Bars) -> Callable[[float], str]:
    """Return how figures at the ends of bars are written: whole numbers as such, if all are."""
    values = [value for group in figure.groups for value in group.values if value is not None]
    are_whole = all(value == int(value) and abs(value) < 1e9 for value in values)
    return written if are_whole else lambda value: three_digits(value).replace("-", "−")


def _ends(figure: Bars) -> list[float]:
    """Return how far bars and their errors reach."""
    found: list[float] = []
    for group in figure.groups:
        errors: Sequence[float | None] = group.errors or [None] * len(group.values)
        for value, error in zip(group.values, errors, strict=True):
            if value is not None:
                found += _whisker_ends(value, error or 0.0)
    return found


def _whisker_ends(value: float, error: float) -> tuple[float, float]:
    """Return how far a whisker reaches; never beyond zero, where there is no room for it."""
    low, high = value - error, value + error
    return (max(0.0, low), high) if value >= 0 else (low, min(0.0, high))


def _whisker(x1: float | None, x2: float | None, y1: float | None, y2: float | None) -> Markup:
    return element("line", class_="whisker", x1=x1, x2=x2, y1=y1, y2=y2)


def left_out(figure: Bars) -> str:
    """Say how many categories there are where not all are drawn; "" where they are."""
    if not figure.is_lying or len(figure.categories) <= MOST_LYING:
        return ""
    return f"The first {MOST_LYING} of {len(figure.categories):,} are drawn."
