"""Parallel coordinates: a line per configuration across an axis per setting, the score last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from seqtune.drawing.wording import figure as three_digits
from seqtune.figures.parallel import Axis, Parallel, Path
from seqtune.pages.markup import element, scrolled
from seqtune.pages.svg.scale import Scale
from seqtune.pages.svg.sheet import Sheet, cut, drawing

MOST_DRAWN = 300
"""Configurations at most: the best ones."""

STEP = 96.0
"""Room from axis to axis at least."""

TOP, BOTTOM, HEIGHT = 44.0, 306.0, 330.0
LEFT = 60.0


def draw(figure: Parallel) -> Markup:
    """Return the chart, in a box that scrolls where the screen is narrow."""
    drawn = _Drawing(figure)
    return scrolled(drawn.chart(), f"{figure.title}, drawn")


def entries(figure: Parallel) -> Iterator[tuple[str, str, str]]:
    """Yield name, look and form of each sort of line."""
    yield "best", "model", "line"
    yield "best tenth", "other0", "line"
    yield "others", "faint", "line"


def describe(figure: Parallel) -> str:
    """Say in a sentence what is drawn, for whoever does not see it."""
    best = ranked(figure)[:1]
    of_best = ""
    if best:
        values = ", ".join(
            f"{axis.name} {choice(axis, value)}"
            for axis, value in zip(figure.axes, best[0].values, strict=True)
            if value is not None
        )
        of_best = f" The best one has {values}."
    axes = ", ".join(axis.name for axis in figure.axes)
    return f"{len(figure.paths)} configurations by {axes} and {figure.score_title}.{of_best}"


def ranked(figure: Parallel) -> list[Path]:
    """Return the configurations that have a score, the best first."""
    sign = -1 if figure.direction == "max" else 1
    scored = [(path.score, path) for path in figure.paths if path.score is not None]
    return [path for _, path in sorted(scored, key=lambda pair: sign * pair[0])]


def choice(axis: Axis, value: float | None) -> str:
    """Write a value of a setting."""
    if value is None:
        return "–"
    if axis.choices:
        return axis.choices[int(value)]
    return f"{value:.4g}"


def left_out(figure: Parallel) -> str:
    """Say how many configurations there are where not all are drawn; "" where they are."""
    if len(figure.paths) <= MOST_DRAWN:
        return ""
    return f"The best {MOST_DRAWN:,} of {len(figure.paths):,} configurations are drawn."


class _Drawing:
    """One drawing of the chart."""

    def __init__(self, figure: Parallel) -> None:
        self.figure = figure
        axes = len(figure.axes) + 1
        self.step = max(STEP, (720.0 - 2 * LEFT) / max(1, axes - 1))
        self.width = 2 * LEFT + (axes - 1) * self.step
        self.paths = ranked(figure)[:MOST_DRAWN]
        self.scales = [self._scale(number) for number in range(len(figure.axes))]
        up = (BOTTOM, TOP) if figure.direction == "max" else (TOP, BOTTOM)
        self.score = Scale.around([path.score for path in self.paths], *up)

    def chart(self) -> Markup:
        """Draw the configurations, the best on top, and the axes over them."""
        sheet = Sheet("parallel", self.width, HEIGHT, 0, 0)
        tenth = max(1, len(self.paths) // 10)
        lines = [
            self._line(path, "model" if place == 0 else "other0" if place < tenth else "faint")
            for place, path in enumerate(self.paths)
        ]
        return drawing(
            sheet,
            *reversed(lines),
            *self._axes(),
            name=self.figure.title,
            said=describe(self.figure),
            is_fixed=True,
        )

    def _scale(self, number: int) -> Scale:
        axis = self.figure.axes[number]
        if axis.choices:
            places = len(axis.choices)
            return Scale(-0.5, places - 0.5, BOTTOM, TOP)
        values = [path.values[number] for path in self.figure.paths]
        return Scale.around(values, BOTTOM, TOP, is_logarithmic=axis.is_logarithmic)

    def _line(self, path: Path, look: str) -> Markup:
        parts, is_down = [], False
        ends: Sequence[tuple[Scale, float | None]] = [
            *zip(self.scales, path.values, strict=True),
            (self.score, path.score),
        ]
        for number, (scale, value) in enumerate(ends):
            at = scale.at(value)
            if at is None:
                is_down = False  # it has no such setting: a gap
                continue
            parts.append(f"{'L' if is_down else 'M'}{LEFT + number * self.step:.1f} {at:.1f}")
            if not is_down:
                parts.append("h0")
            is_down = True
        return element("path", class_=f"line {look}", d="".join(parts))

    def _axes(self) -> Iterator[Markup]:
        for number, (axis, scale) in enumerate(zip(self.figure.axes, self.scales, strict=True)):
            x = LEFT + number * self.step
            if axis.choices:
                ticks = [(scale.at(n) or 0.0, text) for n, text in enumerate(axis.choices)][:24]
            else:
                ticks = [(scale.at(value) or 0.0, text) for value, text in scale.ticks(5)]
            yield from self._axis(x, axis.name, ticks)
        x = LEFT + len(self.figure.axes) * self.step
        ticks = [(self.score.at(v) or 0.0, text) for v, text in self.score.ticks(5)]
        yield from self._axis(x, self.figure.score_title, ticks)
        if self.paths:
            best = self.paths[0].score
            yield element(
                "text", three_digits(best), class_="direct strong", x=x + 8,
                y=(self.score.at(best) or 0.0) + 4,
            )  # fmt: skip

    def _axis(self, x: float, name: str, ticks: Sequence[tuple[float, str]]) -> Iterator[Markup]:
        yield element("line", class_="edge", x1=x, x2=x, y1=TOP, y2=BOTTOM)
        parts = name.rpartition(".")
        if parts[0]:
            yield element(
                "text", cut(parts[0], self.step - 6), class_="tick", x=x, y=14, text_anchor="middle"
            )
        yield element(
            "text",
            cut(parts[2], self.step - 6),
            class_="axis strong",
            x=x,
            y=30,
            text_anchor="middle",
        )
        for at, text in ticks:
            yield element(
                "text",
                cut(text, self.step - 14),
                class_="tick halo",
                x=x - 5,
                y=at + 4,
                text_anchor="end",
            )
