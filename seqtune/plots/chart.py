"""Charts with matplotlib, each drawn on axes of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from seqtune.errors import MissingExtra, UsageError, literal
from seqtune.figures.bars import Bars
from seqtune.figures.block import AnyFigure
from seqtune.figures.lines import Lines
from seqtune.figures.matrix import Matrix
from seqtune.figures.parallel import Parallel
from seqtune.figures.points import Points
from seqtune.pages.looks import looks
from seqtune.pages.svg.lines import span_looks
from seqtune.pages.svg.matrix import coarser
from seqtune.pages.svg.parallel import ranked
from seqtune.pages.svg.scale import Scale
from seqtune.pages.svg.time_axis import time_ticks
from seqtune.plots.looks import colour, line_look, mark, span_look

INCHES = (7.2, 3.4)
"""Of one chart."""

MOST_CHARTS = 12

MOST_LYING = 40

LONGEST = 40
"""Letters of a label at most."""

LONGEST_TITLE = 80

NO_MATPLOTLIB = "plot() draws with matplotlib, which is not installed"


def is_chart(figure: AnyFigure) -> bool:
    """Say whether there is something to draw: tables and texts are read on a page."""
    return isinstance(figure, tuple(DRAWN))


def draw(figures: Sequence[AnyFigure]) -> Any:
    """Return charts, one below the other, as a `matplotlib.figure.Figure`.

    Args:
        figures: The charts; tables and texts are passed over.

    Raises:
        MissingExtra: matplotlib is not installed.
        UsageError: There is no chart among them.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra(NO_MATPLOTLIB, "pip install 'seqtune[plot]'") from error
    charts = [figure for figure in figures if is_chart(figure)][:MOST_CHARTS]
    if not charts:
        raise UsageError("there is no chart to plot", "run.report('report.html') shows tables too")
    heights = [_height(figure) for figure in charts]
    sheet = Figure(figsize=(INCHES[0], sum(heights)), layout="constrained")
    axes = sheet.subplots(len(charts), 1, squeeze=False, height_ratios=heights)
    for axis, figure in zip(axes[:, 0], charts, strict=True):
        axis.set_title(
            _plain(figure.title, LONGEST_TITLE), loc="left", fontsize=10, fontweight="bold"
        )
        axis.spines[["top", "right"]].set_visible(False)
        DRAWN[type(figure)](axis, figure)
    return sheet


def _height(figure: AnyFigure) -> float:
    if isinstance(figure, Bars) and figure.is_lying:
        return 0.9 + 0.24 * min(MOST_LYING, len(figure.categories))
    if isinstance(figure, Matrix):
        return 1.4 + 0.28 * min(30, len(figure.rows))
    return INCHES[1]


def _plain(text: str, longest: int = LONGEST) -> str:
    """Return a short text in which no dollar begins a formula, and every character has a glyph."""
    shown = literal(text)
    shown = shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
    return shown.replace("$", r"\$")


def _values(values: Sequence[float | None]) -> list[float]:
    return [float("nan") if value is None else value for value in values]


def _lines(axis: Any, figure: Lines) -> None:
    texts = [place for place in figure.x if isinstance(place, str)]
    places = list(range(len(texts))) if texts else [float(place) for place in figure.x]
    marked = span_looks(figure)
    named: set[str] = set()
    for span in figure.spans:
        label = None if span.name in named else _plain(span.name)
        named.add(span.name)
        looked = span_look(marked[span.name])
        axis.axvspan(places[span.first], places[span.last], label=label, **looked)
    for band in figure.bands:
        where = places[band.start : band.start + len(band.lower)]
        axis.fill_between(
            where, _values(band.lower), _values(band.upper), alpha=0.16, lw=0,
            color=colour(band.role if band.role != "other" else "faint"), label=_plain(band.name),
        )  # fmt: skip
    styles = looks([line.role for line in figure.lines])
    for line, look in zip(figure.lines, styles, strict=True):
        where = places[line.start : line.start + len(line.values)]
        label = None if look == "faint" else _plain(line.name)
        axis.plot(where, _values(line.values), label=label, **line_look(look))
    if figure.is_diagonal and places and not texts:
        axis.plot((places[0], places[-1]), (places[0], places[-1]), color="#545b64", ls=":", lw=1)
    if texts:
        ticks = time_ticks(texts, 8)
        axis.set_xticks([place for place, _ in ticks], [_plain(text) for _, text in ticks])
    if figure.is_logarithmic:
        axis.set_yscale("log")
    _finish(axis, figure, is_named=len(figure.lines) > 1 or bool(figure.bands or named))


def _points(axis: Any, figure: Points) -> None:
    styles = looks([cloud.role for cloud in figure.clouds])
    for cloud, look in zip(figure.clouds, styles, strict=True):
        name = _plain(cloud.name)
        if cloud.is_stepped:
            axis.step(cloud.x, _values(cloud.y), where="post", label=name, **line_look(look))
        else:
            fill = "none" if look in ("baseline", "actual") else colour(look)
            axis.scatter(
                cloud.x, _values(cloud.y), s=18, marker=mark(look), label=name,
                facecolors=fill, edgecolors=colour(look),
            )  # fmt: skip
    if figure.is_x_logarithmic:
        axis.set_xscale("log")
    if figure.is_y_logarithmic:
        axis.set_yscale("log")
    _finish(axis, figure, is_named=True)


def _bars(axis: Any, figure: Bars) -> None:
    number = min(len(figure.categories), MOST_LYING if figure.is_lying else 1_000)
    styles = looks([group.role for group in figure.groups])
    slots = [[] for _ in range(number)]  # type: list[list[int]]
    for place in range(number):
        slots[place] = [n for n, g in enumerate(figure.groups) if g.values[place] is not None]
    most = max(1, *(len(each) for each in slots)) if slots else 1
    wide = 0.8 / most
    for group, (values, look) in enumerate(zip(figure.groups, styles, strict=True)):
        known = [place for place in range(number) if group in slots[place]]
        at = [p + wide * (slots[p].index(group) - (len(slots[p]) - 1) / 2) for p in known]
        errors = [values.errors[p] or 0.0 for p in known] if values.errors else None
        draw_bars = axis.barh if figure.is_lying else axis.bar
        whiskers = {"xerr" if figure.is_lying else "yerr": errors} if errors else {}
        draw_bars(
            at, [values.values[p] for p in known], wide, label=_plain(values.name),
            color=colour(look), alpha=0.55 if look == "baseline" else 1.0, **whiskers,
        )  # fmt: skip
    names = [_plain(name) for name in figure.categories[:number]]
    if figure.is_lying:
        axis.set_yticks(range(number), names)
        axis.invert_yaxis()
        axis.set_xlabel(_plain(figure.y_title))
    else:
        axis.set_xticks(range(number), names)
        axis.set_xlabel(_plain(figure.x_title))
        axis.set_ylabel(_plain(figure.y_title))
    if len(figure.groups) > 1:
        axis.legend(frameon=False, fontsize=8)


def _matrix(axis: Any, figure: Matrix) -> None:
    drawn = coarser(figure)
    values = [_values(row) for row in drawn.values]
    most = max((abs(v) for row in drawn.values for v in row if v is not None), default=1.0) or 1.0
    low = -most if figure.scale == "diverging" else 0.0
    shades = "RdBu" if figure.scale == "diverging" else "Blues"
    image = axis.imshow(values, cmap=shades, vmin=low, vmax=most, aspect="auto")
    axis.figure.colorbar(image, ax=axis, label=_plain(figure.unit))
    if len(drawn.rows) <= 30:
        axis.set_yticks(range(len(drawn.rows)), [_plain(name) for name in drawn.rows])
    if len(drawn.columns) <= 30:
        names = [_plain(name) for name in drawn.columns]
        axis.set_xticks(range(len(drawn.columns)), names, rotation=90)
    axis.set_xlabel(_plain(figure.column_title))
    axis.set_ylabel(_plain(figure.row_title))


def _parallel(axis: Any, figure: Parallel) -> None:
    paths = ranked(figure)[:300]
    scales = [
        Scale.around(
            [path.values[n] for path in paths], 0.0, 1.0, is_logarithmic=axis_of.is_logarithmic
        )
        for n, axis_of in enumerate(figure.axes)
    ]
    up = (0.0, 1.0) if figure.direction == "max" else (1.0, 0.0)
    scales.append(Scale.around([path.score for path in paths], *up))
    for place, path in reversed(list(enumerate(paths))):
        ends = [*path.values, path.score]
        shares = _values([scale.at(end) for end, scale in zip(ends, scales, strict=True)])
        look = "model" if place == 0 else "faint"
        axis.plot(range(len(shares)), shares, **line_look(look))
    names = [*(each.name.rpartition(".")[2] for each in figure.axes), figure.score_title]
    axis.set_xticks(range(len(names)), [_plain(name) for name in names], rotation=30, ha="right")
    axis.set_yticks([])


def _finish(axis: Any, figure: Lines | Points, is_named: bool) -> None:
    if figure.level is not None:
        look = "level" if figure.level_role == "other" else figure.level_role
        axis.axhline(figure.level, label=_plain(figure.level_name) or None, **line_look(look))
        is_named = is_named or bool(figure.level_name)
    axis.set_xlabel(_plain(figure.x_title))
    axis.set_ylabel(_plain(figure.y_title))
    if is_named and axis.get_legend_handles_labels()[1]:
        axis.legend(frameon=False, fontsize=8)


DRAWN: dict[type, Callable[[Any, Any], None]] = {
    Lines: _lines,
    Bars: _bars,
    Points: _points,
    Matrix: _matrix,
    Parallel: _parallel,
}
"""What draws each kind."""
