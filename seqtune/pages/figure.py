"""A figure on a page: its title, what there is to see, the drawing, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from seqtune.figures.bars import Bars
from seqtune.figures.block import AnyFigure
from seqtune.figures.facts import Facts
from seqtune.figures.grid import Grid
from seqtune.figures.lines import Lines
from seqtune.figures.listing import Listing
from seqtune.figures.matrix import Matrix
from seqtune.figures.parallel import Parallel
from seqtune.figures.passage import Passage
from seqtune.figures.points import Points
from seqtune.pages.behind import behind
from seqtune.pages.html import facts, grid, listing, passage
from seqtune.pages.looks import legend
from seqtune.pages.markup import element, sentence
from seqtune.pages.svg import bars, lines, matrix, parallel, points

DRAWERS: dict[type, Any] = {
    Lines: lines,
    Bars: bars,
    Points: points,
    Matrix: matrix,
    Parallel: parallel,
    Grid: grid,
    Passage: passage,
    Listing: listing,
    Facts: facts,
}
"""What draws each kind: a module with `draw`, and where it needs them, `entries` and `left_out`."""

SMALL = (lines, bars, points, matrix)
"""What is drawn smaller where a figure is one of many."""


def draw(figure: AnyFigure, is_small: bool = False, has_legend: bool = True) -> Markup:
    """Return a figure.

    Args:
        figure: What is shown.
        is_small: Whether it is one of many of a kind.
        has_legend: Whether it says what each look means.
    """
    drawer = DRAWERS[type(figure)]
    thinned = drawer.left_out(figure) if hasattr(drawer, "left_out") else ""
    caption = [element("h3", figure.title)] if figure.title else []
    caption += [element("p", sentence(text)) for text in (figure.caption, thinned) if text]
    return element(
        "figure",
        element("figcaption", *caption) if caption else None,
        legend(entries(figure)) if has_legend else None,
        drawer.draw(figure, is_small) if drawer in SMALL else drawer.draw(figure),
        behind(figure, is_small),
        class_=f"figure of-{figure.kind}",
    )


def entries(figure: AnyFigure) -> list[tuple[str, str, str]]:
    """Return name, look and form of all that its legend explains."""
    drawer = DRAWERS[type(figure)]
    return list(drawer.entries(figure)) if hasattr(drawer, "entries") else []


def shared_entries(figures: Sequence[AnyFigure]) -> list[tuple[str, str, str]]:
    """Return the one legend that several figures share; nothing where they differ."""
    legends = [entries(figure) for figure in figures]
    return legends[0] if len(legends) > 1 and all(each == legends[0] for each in legends) else []
