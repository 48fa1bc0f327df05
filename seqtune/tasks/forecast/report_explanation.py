"""What a network looks at: the inputs that matter, and how far back it reaches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import figure, literal, metric_name, several
from seqtune.figures.bars import Bars, Group
from seqtune.figures.lines import Line, Lines
from seqtune.figures.value import MOST_POINTS

KINDS = {
    "past": "{name} (known until now)",
    "future": "{name} (known ahead)",
    "static": "{name} (of the series)",
    "calendar": "calendar",
    "identity": "which series it is",
    "history": "history, {first} to {last} steps back",
}
"""What each kind of input is called."""

BAR_WIDTH = 24
CHART_WIDTH = 64
HEIGHTS = "▁▂▃▄▅▆▇█"
ASCII_HEIGHTS = "_.:-=+*#"
MAX_FIGURES = 1_000_000
MOST_BARS = 60


@dataclass(frozen=True)
class Rise:
    """By how much the error rises when inputs are shuffled over the windows.

    Args:
        kind: One of `KINDS`.
        name: The column, where there is one.
        first: The nearest lag of a block of the history.
        last: The farthest.
        rise: The mean rise of the metric.
        spread: Its standard deviation over shufflings.
    """

    kind: str
    name: str
    first: int
    last: int
    rise: float
    spread: float

    def __post_init__(self) -> None:
        """Refuse what seqtune did not write.

        Raises:
            ValueError: It is nothing of the kind.
        """
        if self.kind not in KINDS or not isinstance(self.name, str):
            raise ValueError("found an unknown kind of input")
        if not all(type(lag) is int and lag >= 0 for lag in (self.first, self.last)):
            raise ValueError("expected a lag")
        if not all(map(_is_figure, (self.rise, self.spread))):
            raise ValueError("expected the rise of an error")

    @property
    def title(self) -> str:
        """What was shuffled, in words."""
        words = KINDS[self.kind].format(name=self.name, first=self.first, last=self.last)
        one = self.kind == "history" and self.first == self.last
        return f"history, {several(self.first, 'step')} back" if one else words


@dataclass(frozen=True)
class ExplanationReport:
    """The inputs of a network by their importance, and its gradient by lag.

    Args:
        network: The leaderboard row that was looked at.
        metric: The metric whose rise counts.
        score: The metric of the windows looked at.
        windows: How many windows.
        repeats: How often each input was shuffled.
        importance: A rise per group of inputs.
        left_out: Groups that there was no time for.
        norms: (lookback,) norm of the gradient of the forecast, lag 1 first.
        lag: The lag within which `share` of it lies.
        share: 0 to 1.
    """

    kind: ClassVar[str] = "explanation"

    network: str
    metric: str
    score: float
    windows: int
    repeats: int
    importance: Sequence[Rise]
    left_out: int
    norms: Sequence[float]
    lag: int
    share: float

    def __rich__(self) -> RenderableType:
        """Draw a table with bars, and a small chart of the gradient."""
        return _Drawing(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        plain = ("network", "metric", "score", "windows", "repeats", "left_out")
        return {
            **{name: getattr(self, name) for name in plain},
            "importance": [dict(vars(each)) for each in self.importance],
            "reach": {"share": self.share, "lag": self.lag, "norms": list(self.norms)},
        }

    def figures(self) -> tuple[Bars | Lines, ...]:
        """Return what a page shows of it."""
        metric, ranked = metric_name(self.metric), sorted(self.importance, key=lambda e: -e.rise)
        shown: list[Bars | Lines] = []
        if ranked:
            shown.append(
                Bars(
                    title=f"How much {metric} rises when an input is shuffled",
                    caption=f"Of {self.network}: {figure(self.score)} when nothing is shuffled, on "
                    f"{several(self.windows, 'window')}. The whiskers are one standard deviation "
                    f"over {several(self.repeats, 'shuffling')}.",
                    categories=tuple(each.title for each in ranked[:MOST_BARS]),
                    groups=(
                        Group(
                            name="rise",
                            values=tuple(each.rise for each in ranked[:MOST_BARS]),
                            errors=tuple(each.spread for each in ranked[:MOST_BARS]),
                            role="model",
                        ),
                    ),
                    is_lying=True,
                )
            )
        if any(self.norms):
            norms = self.norms[:MOST_POINTS]
            shown.append(
                Lines(
                    title="Memory: how strongly each step of the history moves the forecast",
                    caption=f"{100 * self.share:.0f} % of the gradient of the forecast lies within "
                    f"the last {self.lag} of {several(len(self.norms), 'step')}.",
                    x=tuple(float(lag) for lag in range(1, len(norms) + 1)),
                    x_title="steps back",
                    y_title="norm of the gradient",
                    lines=(Line(name="gradient", values=tuple(norms), role="model"),),
                )
            )
        return tuple(shown)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ExplanationReport:
        """Read what `to_dict` returned, which may come from a stranger.

        Raises:
            ValueError: It is not an explanation.
            KeyError, TypeError: The same.
        """
        reach = values["reach"]
        counts = {name: values[name] for name in ("windows", "repeats", "left_out")}
        if not all(type(each) is int and each >= 0 for each in (*counts.values(), reach["lag"])):
            raise ValueError("expected a count")
        norms, importance = reach["norms"], values["importance"]
        if not isinstance(norms, list) or not all(_is_figure(norm) and norm >= 0 for norm in norms):
            raise ValueError("expected the norm of a gradient")
        if len(norms) > MAX_FIGURES or not isinstance(importance, list):
            raise ValueError("found more figures than a network has inputs")
        if not _is_figure(values["score"]) or not _is_figure(reach["share"]):
            raise ValueError("expected a score")
        if not isinstance(values["network"], str) or not isinstance(values["metric"], str):
            raise ValueError("expected a name")
        return cls(
            network=values["network"],
            metric=values["metric"],
            score=values["score"],
            importance=[Rise(**each) for each in importance],
            norms=norms,
            lag=reach["lag"],
            share=reach["share"],
            **counts,
        )


class _Drawing:
    """One drawing of an explanation on one console."""

    def __init__(self, report: ExplanationReport) -> None:
        self.report = report

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        report, metric = self.report, metric_name(self.report.metric)
        yield Text(
            f"Inputs of {literal(report.network)}: how much {metric} rises from "
            f"{figure(report.score)} when each is shuffled",
            style="bold",
        )
        yield Text()
        if report.importance:
            yield self._table("#" if options.ascii_only else "█")
        if report.left_out:
            yield Text(f"no time was left for {several(report.left_out, 'more input')}")
        if any(report.norms):
            yield Text()
            yield from self._reach(options)

    def _table(self, block: str) -> RenderableType:
        ranked = sorted(self.report.importance, key=lambda each: -each.rise)
        most = max(ranked[0].rise, 1e-300)
        columns = [
            Column("input", foldable=True),
            Column("rises by", numeric=True),
            Column("±", numeric=True),
            Column(""),
        ]
        rows = [
            [
                each.title,
                figure(each.rise),
                figure(each.spread),
                block * round(BAR_WIDTH * max(0.0, each.rise) / most),
            ]
            for each in ranked
        ]
        return table(columns, rows)

    def _reach(self, options: ConsoleOptions) -> RenderResult:
        report = self.report
        lookback = len(report.norms)
        yield Text(
            f"It uses the last {report.lag} of {several(lookback, 'step')} of history: "
            f"{100 * report.share:.0f} % of the gradient of the forecast is there."
        )
        width = max(1, min(lookback, CHART_WIDTH, options.max_width - 2))
        heights = ASCII_HEIGHTS if options.ascii_only else HEIGHTS
        yield Text("  " + _bars(report.norms, width, heights), no_wrap=True)
        place = width - 1 - min(width - 1, (max(1, report.lag) - 1) * width // lookback)
        yield Text("  " + _labels(lookback, report.lag, place, width), no_wrap=True)


def _bars(norms: Sequence[float], width: int, heights: str) -> str:
    """Return a character per group of lags, the farthest first, as high as its mean norm."""
    lookback = len(norms)
    means = []
    for place in range(width):
        part = norms[place * lookback // width : (place + 1) * lookback // width]
        means.append(math.fsum(part) / len(part))
    most = max(means)
    levels = [round(mean / most * (len(heights) - 1)) for mean in means]
    return "".join(heights[level] for level in reversed(levels))


def _labels(lookback: int, lag: int, place: int, width: int) -> str:
    """Return the line below the bars: the farthest lag, a mark at the reach, and lag 1."""
    line = list(" " * width)
    mark = f"^{lag}"

    def put(text: str, start: int) -> None:
        around = line[max(0, start - 1) : start + len(text) + 1]
        if not "".join(around).strip():
            line[start : start + len(text)] = text

    if place + len(mark) > width:  # to the left of its place, where there is no room to the right
        mark = f"{lag}^"
        place = max(0, place + 1 - len(mark))
    put(mark, place)
    put(str(lookback), 0)
    put("1", width - 1)
    return "".join(line).rstrip()


def _is_figure(value: object) -> bool:
    """Say whether a value is a finite number, and no truth value."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and math.isfinite(value)  # type: ignore[arg-type]
