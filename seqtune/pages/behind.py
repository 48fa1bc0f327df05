"""The table behind a chart: its numbers, for whoever does not see it, and for whoever checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from seqtune.figures.bars import Bars
from seqtune.figures.block import AnyFigure
from seqtune.figures.lines import Lines
from seqtune.figures.matrix import Matrix
from seqtune.figures.parallel import Parallel
from seqtune.figures.passage import Passage
from seqtune.figures.points import Points
from seqtune.pages.html.table import table
from seqtune.pages.markup import element
from seqtune.pages.svg.parallel import choice, ranked
from seqtune.pages.words import written

MOST_ROWS = 200
"""Rows of such a table at most: of more, some are listed, evenly chosen."""

FEW_ROWS = 40
"""The same of a small chart, of which a page has many."""

MOST_COLUMNS = 40


@dataclass(frozen=True)
class Numbers:
    """What stands in the table.

    Args:
        headings: One per column.
        rows: (rows, columns).
        left: So many of the first columns are no numbers.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: int = 1


def behind(figure: AnyFigure, is_small: bool = False) -> Markup | None:
    """Return the table behind a chart, folded; None for a figure that is a table already."""
    numbers = numbers_of(figure)
    if numbers is None or not numbers.rows:
        return None
    most = FEW_ROWS if is_small else MOST_ROWS
    step = -(-len(numbers.rows) // most)
    rows = numbers.rows[::step]
    headings = list(numbers.headings)[:MOST_COLUMNS]
    said = []
    if step > 1:
        said.append(f"{len(rows):,} of {len(numbers.rows):,} rows, evenly chosen.")
    if len(numbers.headings) > MOST_COLUMNS:
        said.append(f"{MOST_COLUMNS} of {len(numbers.headings)} columns.")
    return element(
        "details",
        element("summary", "Numbers", element("span", f" of {figure.title}", class_="unseen")),
        element("p", " ".join(said), class_="note") if said else None,
        table(
            headings,
            [row[:MOST_COLUMNS] for row in rows],
            name=f"Numbers of {figure.title}",
            numeric=[number >= numbers.left for number in range(len(headings))],
        ),
    )


def numbers_of(figure: AnyFigure) -> Numbers | None:
    """Return the numbers that a chart shows; None for a figure of text."""
    if isinstance(figure, Lines):
        return _of_lines(figure)
    if isinstance(figure, Bars):
        return _of_bars(figure)
    if isinstance(figure, Points):
        return _of_points(figure)
    if isinstance(figure, Matrix):
        corner = f"{figure.row_title} \\ {figure.column_title}".strip(" \\")
        rows = [
            (name, *map(written, values))
            for name, values in zip(figure.rows, figure.values, strict=True)
        ]
        return Numbers((corner or "row", *figure.columns), rows)
    if isinstance(figure, Parallel):
        headings = ("name", *(axis.name for axis in figure.axes), figure.score_title)
        paths = [
            (
                path.name,
                *(choice(*pair) for pair in zip(figure.axes, path.values, strict=True)),
                written(path.score),
            )
            for path in ranked(figure)
        ]
        return Numbers(headings, paths)
    if isinstance(figure, Passage):
        return _of_passage(figure)
    return None


def _of_lines(figure: Lines) -> Numbers:
    if not figure.lines and not figure.bands:
        stretches = [
            (span.name, written(figure.x[span.first]), written(figure.x[span.last]))
            for span in figure.spans
        ]
        return Numbers(("stretch", "first", "last"), stretches, left=3)
    columns = [(line.name, line.values, line.start) for line in figure.lines]
    for band in figure.bands:
        columns.append((f"{band.name}, lower", band.lower, band.start))
        columns.append((f"{band.name}, upper", band.upper, band.start))
    rows: list[tuple[str, ...]] = []
    for place, x in enumerate(figure.x):
        cells = [
            values[place - start] if start <= place < start + len(values) else None
            for _, values, start in columns
        ]
        if any(cell is not None for cell in cells):
            rows.append((written(x), *map(written, cells)))
    return Numbers((figure.x_title or "place", *(name for name, _, _ in columns)), rows)


def _of_bars(figure: Bars) -> Numbers:
    headings = [figure.x_title or "category"]
    for group in figure.groups:
        headings.append(group.name)
        if group.errors:
            headings.append(f"{group.name}, standard error")
    rows = []
    for number, name in enumerate(figure.categories):
        cells = [name]
        for group in figure.groups:
            cells.append(written(group.values[number]))
            if group.errors:
                cells.append(written(group.errors[number]))
        rows.append(cells)
    return Numbers(headings, rows)


def _of_points(figure: Points) -> Numbers:
    has_labels = any(cloud.labels for cloud in figure.clouds)
    headings = [
        "kind",
        *(["name"] if has_labels else []),
        figure.x_title or "x",
        figure.y_title or "y",
    ]
    rows = [
        [
            cloud.name,
            *([cloud.labels[number] if cloud.labels else ""] if has_labels else []),
            written(cloud.x[number]),
            written(cloud.y[number]),
        ]
        for cloud in figure.clouds
        if not cloud.is_stepped
        for number in range(len(cloud.x))
    ]
    return Numbers(headings, rows, left=1 + has_labels)


def _of_passage(figure: Passage) -> Numbers | None:
    noted = [piece for piece in figure.pieces if piece.note or piece.role != "plain"]
    if not noted:
        return None
    rows = [(piece.text.strip() or "(blank)", piece.note, piece.role) for piece in noted]
    return Numbers(("part", "note", "is"), rows, left=3)
