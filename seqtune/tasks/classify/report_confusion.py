"""What a classifier takes for what: a matrix of few classes, the worst pairs of many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import bullets, count, literal, percent, several
from seqtune.tasks.classify.label_figures import Integers, LabelFigures, figures_of

MAX_CLASSES = 12
MAX_PAIRS = 10
MAX_NAME = 24
HEADING_LINES = 3
RIGHT = "bold green"
RECALL = "recall (%)"
RECALL_WIDTH = len("recall")
PRECISION = "precision (%)"


@dataclass(frozen=True)
class ConfusionReport:
    """What was predicted for each true label.

    Args:
        labels: (classes,), the names of the classes.
        counts: As `seqtune.metrics.classify.confusion` counts: (classes, classes), rows truth,
            columns prediction; or (classes, 2, 2) where a case may have any number of labels.
        title: What was predicted.

    Raises:
        ValueError: The counts are not those of so many labels.
    """

    kind: ClassVar[str] = "confusion"

    labels: Sequence[str]
    counts: npt.ArrayLike
    title: str = "Confusion"

    def __post_init__(self) -> None:
        classes = len(self.labels)
        shape = np.shape(self.counts)
        if classes and shape not in ((classes, classes), (classes, 2, 2)):
            raise ValueError(f"counts of shape {shape} are not those of {classes} labels")

    def __rich__(self) -> RenderableType:
        """Draw a matrix where it fits, the most confused pairs otherwise; or a row per label."""
        return _Labels(self) if self.is_multi else _Matrix(self)

    def to_dict(self) -> dict[str, Any]:
        """Return counts, and each label's support, precision, recall and F1 (0 to 1, or null)."""
        return {
            "title": self.title,
            "labels": [str(label) for label in self.labels],
            "counts": self.array().tolist(),
            "by_label": [
                {
                    "label": str(label),
                    "support": figures.support,
                    "predicted": figures.predicted,
                    "precision": figures.precision,
                    "recall": figures.recall,
                    "f1": figures.f1,
                }
                for label, figures in zip(self.labels, self.figures(), strict=True)
            ],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ConfusionReport:
        """Read what a run kept, which may come from a stranger.

        Raises:
            ValueError: It is no confusion.
        """
        labels, counts = values["labels"], np.array(values["counts"])
        if not all(isinstance(label, str) for label in labels) or counts.dtype.kind != "i":
            raise ValueError("it holds no counts of labels")
        if (counts < 0).any():
            raise ValueError("it counts less than nothing")
        return cls(labels, counts, str(values["title"]))

    @property
    def is_multi(self) -> bool:
        """Whether a case may have any number of labels."""
        return self.array().ndim == 3

    def array(self) -> Integers:
        """Return the counts as an array."""
        return np.asarray(self.counts, dtype=np.int64)

    def figures(self) -> list[LabelFigures]:
        """Return what can be said of each label."""
        return figures_of(self.array()) if self.labels else []


@dataclass(frozen=True)
class _Labels:
    """A row per label, where a case may have any number of them."""

    report: ConfusionReport

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(literal(self.report.title), style="bold")
        counts = self.report.array()
        cases = int(counts[0].sum()) if len(counts) else 0
        if not cases:
            yield Text("No case was scored.")
            return
        yield Text(f"{several(cases, 'case')}, each with any number of labels", style="dim")
        yield Text()
        columns = [
            Column("label", foldable=True),
            Column("support", numeric=True),
            *(Column(f"{name}\n(%)", numeric=True) for name in ("precision", "recall", "F1")),
        ]
        yield table(columns, self._rows(options))

    def _rows(self, options: ConsoleOptions) -> Iterable[tuple[str, ...]]:
        for label, of in zip(self.report.labels, self.report.figures(), strict=True):
            name = _shortened(literal(label), 2 * MAX_NAME, options)
            shares = (of.precision, of.recall, of.f1)
            yield name, count(of.support), *(_per_cent(share) for share in shares)


@dataclass(frozen=True)
class _Matrix:
    """A matrix as wide as the console at most, or the pairs that are confused most."""

    report: ConfusionReport

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(literal(self.report.title), style="bold")
        counts = self.report.array()
        cases, right = int(counts.sum()), int(counts.diagonal().sum() if counts.size else 0)
        if not cases:
            yield Text("No case was scored.")
            return
        shape = _fitting(self.report, options)
        what = "rows: truth, columns: prediction" if shape else "the most confused labels"
        share = f"{count(right)} of {several(cases, 'case')} right ({percent(right / cases)})"
        yield Text(f"{share}; {what}", style="dim")
        yield Text()
        if shape:
            yield self._table(shape)
        else:
            yield from _pairs(self.report, options)

    def _table(self, shape: _Shape) -> Table:
        counts, figures = self.report.array(), self.report.figures()
        headings = [Column(text, numeric=True, foldable=True) for text in (*shape.headings, RECALL)]
        drawn = table([Column("truth", foldable=True), *headings], []).drawn()
        drawn.padding = (0, shape.padding)
        widths = (None, *shape.widths, RECALL_WIDTH)
        for column, width in zip(drawn.columns, widths, strict=True):
            column.width = width
            column.vertical = "bottom"
        for row, (name, of) in enumerate(zip(shape.names, figures, strict=True)):
            cells = [Text(str(number)) for number in counts[row].tolist()]
            cells[row].stylize(RIGHT)
            recall = Text(_per_cent(of.recall), style="dim")
            drawn.add_row(Text(name), *cells, recall, end_section=row == len(figures) - 1)
        precision = [Text(_per_cent(of.precision)) for of in figures]
        drawn.add_row(Text(PRECISION), *precision, Text(), style="dim")
        return drawn


@dataclass(frozen=True)
class _Shape:
    """How a matrix is set: its names, its headings, the widths of its columns of counts."""

    names: Sequence[str]
    headings: Sequence[str]
    widths: Sequence[int]
    padding: int


def _fitting(report: ConfusionReport, options: ConsoleOptions) -> _Shape | None:
    """Return the roomiest setting that fits the console, None where none does."""
    if len(report.labels) > MAX_CLASSES:
        return None
    labels = [literal(label) for label in report.labels]
    numbers = [str(number) for number in range(1, len(labels) + 1)]
    narrowest = _figure_widths(report)
    for padding in (1, 0):
        room = options.max_width - RECALL_WIDTH - (len(labels) + 1) * (1 + padding)
        longest = min(MAX_NAME, room - sum(narrowest))
        if longest < len(PRECISION):
            continue
        names = [_shortened(label, longest, options) for label in labels]
        of_names = max(len(PRECISION), *(cell_len(name) for name in names))
        widths = _widths(narrowest, [cell_len(label) for label in labels], room - of_names)
        if all(map(_can_head, labels, widths)):
            return _Shape(names, labels, widths, padding)
        digits = len(numbers[-1])
        names = [_shortened(label, longest - digits - 1, options) for label in labels]
        numbered = [
            f"{number:>{digits}} {name}" for number, name in zip(numbers, names, strict=True)
        ]
        return _Shape(numbered, numbers, narrowest, padding)
    return None


def _can_head(label: str, width: int) -> bool:
    """Say whether a label fits above a column, broken between its words at most."""
    words = label.split()
    one_line = cell_len(label) <= width
    return one_line or (
        0 < len(words) <= HEADING_LINES and max(cell_len(word) for word in words) <= width
    )


def _figure_widths(report: ConfusionReport) -> list[int]:
    """Return (classes,) how wide each column of figures is."""
    largest = report.array().max(axis=0).tolist()
    shares = [_per_cent(figures.precision) for figures in report.figures()]
    return [max(len(str(top)), len(share)) for top, share in zip(largest, shares, strict=True)]


def _widths(narrowest: Sequence[int], wished: Sequence[int], room: int) -> list[int]:
    """Widen columns of figures for their headings, all to the same width, as far as it fits."""
    widths = list(narrowest)
    for limit in range(1, MAX_NAME + 1):
        wider = [
            max(least, min(wish, limit)) for least, wish in zip(narrowest, wished, strict=True)
        ]
        if sum(wider) > room:
            break
        widths = wider
    return widths


def _pairs(report: ConfusionReport, options: ConsoleOptions) -> Iterable[RenderableType]:
    """Yield what was taken for what, the most frequent first."""
    counts = report.array()
    support = counts.sum(axis=1)
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[: int((wrong > 0).sum())]
    names = [f"'{_shortened(literal(label), MAX_NAME, options)}'" for label in report.labels]
    lines = []
    for cell in order[:MAX_PAIRS].tolist():
        truth, prediction = divmod(cell, len(names))
        times = int(wrong[truth, prediction])
        share = _whole_per_cent(times / int(support[truth]))
        lines.append(
            f"{names[truth]} taken for {names[prediction]}: {several(times, 'time')} "
            f"({share} of {names[truth]})"
        )
    yield from bullets(lines or ["no label was taken for another"])
    if len(order) > MAX_PAIRS:
        yield Text(f"and {several(len(order) - MAX_PAIRS, 'more pair')}", style="dim")


def _per_cent(share: float | None) -> str:
    """Write a share as per cent in four characters at most; "-" where there is none."""
    return "-" if share is None else f"{100 * share:.1f}".replace("100.0", "100")


def _whole_per_cent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 else "under 1 %"


def _shortened(name: str, cells: int, options: ConsoleOptions) -> str:
    """Cut a name to a width by leaving out its middle: names often differ at their ends."""
    if cell_len(name) <= cells:
        return name
    ellipsis = "..." if options.ascii_only else "…"
    end = (cells - len(ellipsis)) // 3
    start = set_cell_size(name, cells - len(ellipsis) - end)
    return start + ellipsis + set_cell_size(name[::-1], end)[::-1]
