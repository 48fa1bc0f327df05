"""The sheets that charts are drawn on: their size, and the axes on them.

A chart of lines, bars or points is drawn twice, for a telephone and for a wide screen, so that its
letters have the same size on both; the style shows one of them. Small charts of many, and matrices,
are drawn once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from seqtune.pages.markup import element, joined
from seqtune.pages.svg.scale import Scale

LETTER = 6.6
"""Points that a letter of a label is wide, on average; figures are narrower."""

TICK = 12.0
"""Room between an axis and the middle of its labels."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of paper, and how much may be written on it.

    Args:
        name: The style's name for it.
        width, height: In points.
        x_ticks, y_ticks: Labels at most, of either axis.
    """

    name: str
    width: float
    height: float
    x_ticks: int
    y_ticks: int


NARROW = Sheet("narrow", 340, 240, 4, 5)
WIDE = Sheet("wide", 720, 300, 8, 6)
SMALL = Sheet("small", 340, 190, 4, 4)
SQUARE = Sheet("square", 340, 320, 4, 5)


def sheets_of(is_small: bool, is_square: bool = False) -> tuple[Sheet, ...]:
    """Return what a chart is drawn on.

    Args:
        is_small: Whether it is one of many.
        is_square: Whether both axes measure the same.
    """
    if is_square:
        return (SQUARE,)
    return (SMALL,) if is_small else (WIDE, NARROW)


Ticks = Sequence[tuple[float, str]]
"""Where each label stands along an axis, in points, and what it says."""


def text_width(text: str) -> float:
    """Return about how wide a label is, in points."""
    return LETTER * len(text)


def cut_inside(text: str, width: float) -> str:
    """Return a label that fits a width: a name without blanks keeps its end, which tells it apart.

    Example:
        >>> cut_inside("encoder_decoder-lstm-t060", 120), cut_inside("a class of things", 70)
        ('encode…r-lstm-t060', 'a class o…')
    """
    letters = max(2, int(width / LETTER))
    if " " in text or len(text) <= letters:
        return cut(text, width)
    head = letters // 3 if "." not in text else 0
    return f"{text[:head]}…{text[head + 1 - letters :]}"


def cut(text: str, width: float) -> str:
    """Return a label that fits a width, the rest of it left out.

    Example:
        >>> cut("gross domestic product", 70)
        'gross dom…'
    """
    letters = max(2, int(width / LETTER))
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


@dataclass(frozen=True)
class Plot:
    """The part of a sheet between the axes.

    Args:
        left, right, top, bottom: Its edges, in points.
    """

    left: float
    right: float
    top: float
    bottom: float

    @classmethod
    def on(
        cls, sheet: Sheet, y_labels: Iterable[str], *, has_y_title: bool, has_x_title: bool
    ) -> Plot:
        """Return the room that labels and titles leave.

        Args:
            sheet: The sheet.
            y_labels: What stands at the left of the axis.
            has_y_title: Whether something stands above the axis.
            has_x_title: Whether something stands below the labels.
        """
        widest = max(map(text_width, y_labels), default=0.0)
        return cls(
            left=round(widest + 10, 1),
            right=sheet.width - 12,
            top=24.0 if has_y_title else 10.0,
            bottom=sheet.height - (40.0 if has_x_title else 24.0),
        )

    @property
    def width(self) -> float:
        """From the left to the right edge."""
        return self.right - self.left


def y_axis(plot: Plot, ticks: Ticks, title: str) -> Markup:
    """Draw the lines that a value is read from, their labels, and above them what they measure."""
    lines = [
        element("line", class_="grid", x1=plot.left, x2=plot.right, y1=at, y2=at) for at, _ in ticks
    ]
    labels = [
        element("text", text, class_="tick", x=plot.left - 6, y=at + 4, text_anchor="end")
        for at, text in ticks
    ]
    room = plot.right - 2
    head = element("text", cut(title, room), class_="axis", x=2, y=12) if title else None
    return joined(*lines, *labels, head)


def x_axis(plot: Plot, ticks: Ticks, title: str) -> Markup:
    """Draw the lower edge, a mark for each label, and below it what the axis measures."""
    bottom = plot.bottom
    parts = [element("line", class_="edge", x1=plot.left, x2=plot.right, y1=bottom, y2=bottom)]
    free = -1e9
    for at, text in ticks:
        half = text_width(text) / 2
        anchor, left = "middle", at - half
        if at + half > plot.right + 10:
            anchor, left = "end", at - 2 * half + 4
        elif left < 0:
            anchor, left = "start", 0.0
        if left < free:
            continue  # it would stand on the one before
        x = {"middle": at, "end": at + 4, "start": 0.0}[anchor]
        free = left + 2 * half + 6
        parts.append(element("line", class_="edge", x1=at, x2=at, y1=bottom, y2=bottom + 4))
        parts.append(
            element("text", text, class_="tick", x=x, y=bottom + TICK + 4, text_anchor=anchor)
        )
    if title:
        middle = (plot.left + plot.right) / 2
        y = bottom + TICK + 22
        parts.append(
            element(
                "text", cut(title, plot.width), class_="axis", x=middle, y=y, text_anchor="middle"
            )
        )
    return joined(*parts)


def level_line(plot: Plot, at: float | None, name: str, role: str) -> Markup | None:
    """Draw a horizontal line with its name on it; nothing where it lies beyond the axis.

    Args:
        plot: The room between the axes.
        at: Where it stands, from the top.
        name: What it is.
        role: Whose it is.
    """
    if at is None or not plot.top - 1 <= at <= plot.bottom + 1:
        return None
    above = at - 5 if at - plot.top > 14 else at + 14
    label = cut(name, plot.width)
    return joined(
        element("line", class_=f"level {role}", x1=plot.left, x2=plot.right, y1=at, y2=at),
        element("text", label, class_="direct", x=plot.right - 2, y=above, text_anchor="end")
        if name
        else None,
    )


def drawing(
    sheet: Sheet,
    *parts: Markup | None,
    name: str,
    said: str,
    height: float = 0,
    is_fixed: bool = False,
) -> Markup:
    """Return a chart as an image that a screen reader names.

    Args:
        sheet: What it is drawn on.
        parts: What is drawn.
        name: What it is called.
        said: What is seen in it.
        height: Of the sheet, where it is another.
        is_fixed: Whether it keeps its size on a narrow screen, where its box scrolls.
    """
    high = height or sheet.height
    fixed = {"width": sheet.width, "height": high} if is_fixed else {}
    return element(
        "svg",
        element("title", name),
        element("desc", said),
        *parts,
        class_=f"chart {sheet.name}",
        viewBox=f"0 0 {sheet.width:g} {high:g}",
        role="img",
        aria_label=f"{name}. {said}",
        **fixed,
    )


def scale_ticks(scale: Scale, count: int) -> list[tuple[float, str]]:
    """Return round values of an axis by where they stand."""
    return [(scale.at(value) or 0.0, text) for value, text in scale.ticks(count)]
