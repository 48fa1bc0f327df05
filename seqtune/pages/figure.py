"""A figure on a page: its title, what there is to see, the drawing, and the numbers behind it."""

from __future__ import annotations

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
from seqtune.pages.markup import element
from seqtune.pages.svg import bars, lines, matrix, parallel, points


def draw(figure: AnyFigure, is_small: bool = False) -> Markup:
    """Return a figure.

    Args:
        figure: What is shown.
        is_small: Whether it is one of many of a kind.
    """
    body, thinned = _body(figure, is_small)
    caption = [element("h3", figure.title)] if figure.title else []
    caption += [element("p", text) for text in (figure.caption, thinned) if text]
    return element(
        "figure",
        element("figcaption", *caption) if caption else None,
        body,
        behind(figure, is_small),
        class_=f"figure of-{figure.kind}",
    )


def _body(figure: AnyFigure, is_small: bool) -> tuple[Markup, str]:
    """Return the drawing, and what was left out of it."""
    if isinstance(figure, Lines):
        return lines.draw(figure, is_small), lines.places_said(figure)
    if isinstance(figure, Bars):
        return bars.draw(figure, is_small), bars.bars_said(figure)
    if isinstance(figure, Points):
        return points.draw(figure, is_small), points.points_said(figure)
    if isinstance(figure, Matrix):
        return matrix.draw(figure, is_small), matrix.cells_said(figure)
    if isinstance(figure, Parallel):
        return parallel.draw(figure), parallel.paths_said(figure)
    if isinstance(figure, Grid):
        return grid.draw(figure), grid.rows_said(figure)
    return _text(figure), ""


def _text(figure: Passage | Listing | Facts) -> Markup:
    if isinstance(figure, Passage):
        return passage.draw(figure)
    return listing.draw(figure) if isinstance(figure, Listing) else facts.draw(figure)
