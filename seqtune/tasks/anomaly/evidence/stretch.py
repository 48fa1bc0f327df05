"""Charts of a stretch of rows: the values with what stands out, and the scores."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import literal
from seqtune.figures.lines import Line, Lines, Span
from seqtune.figures.numbers import numbers
from seqtune.figures.value import Role
from seqtune.metrics.labelled_events import Ints
from seqtune.tasks.anomaly.evidence.scene import ROLES, Scene
from seqtune.tasks.anomaly.evidence.thinning import drawn_span, kept_rows

MOST_SPANS = 200
"""Stretches of each kind that are marked at most; the first of them."""


def drawn_rows(scene: Scene, first: int, last: int, channels: tuple[int, ...], most: int) -> Ints:
    """Return the rows of a range that are drawn, absolute ones, so that no peak is lost.

    Args:
        scene: All rows.
        first: The first row.
        last: The last row.
        channels: Columns that are drawn.
        most: How many rows may be drawn.
    """
    part = slice(first, last + 1)
    lines = [scene.values[part, channel] for channel in channels]
    lines += [each.scores[part] for each in scene.judged]
    return first + kept_rows(last + 1 - first, most, lines)


def value_chart(scene: Scene, rows: Ints, channel: int, title: str, caption: str = "") -> Lines:
    """Return the values of a channel beside what was expected, with labelled and found events.

    Args:
        scene: All rows.
        rows: (drawn,) absolute rows of one segment, rising.
        channel: Number of the column.
        title: What is drawn.
        caption: What there is to see.
    """
    expected = scene.model.expected[rows, channel]
    lines = [Line(name="actual", values=numbers(scene.values[rows, channel]), role="actual")]
    if np.isfinite(expected).any():
        name = f"expected by {scene.model.name}"
        lines.append(Line(name=name, values=numbers(expected), role="model"))
    return Lines(
        title=title,
        caption=caption,
        x=_times(scene, rows),
        x_title=scene.time,
        y_title=literal(scene.channels[channel]),
        lines=tuple(lines),
        spans=_spans(scene, rows),
    )


def score_chart(scene: Scene, rows: Ints, title: str) -> Lines:
    """Return the scores of the same rows with the threshold.

    Args:
        scene: All rows.
        rows: (drawn,) absolute rows of one segment, rising.
        title: What is drawn.
    """
    lines = [
        Line(name=judged.name, values=numbers(judged.scores[rows], 4), role=role)
        for judged, role in zip(scene.judged, ROLES, strict=False)
    ]
    return Lines(
        title=title,
        caption="Rows above the threshold are marked.",
        x=_times(scene, rows),
        x_title=scene.time,
        y_title="score",
        lines=tuple(lines[::-1]),
        spans=_spans(scene, rows),
        level=scene.threshold,
        level_name="threshold",
    )


def _times(scene: Scene, rows: Ints) -> tuple[str, ...]:
    segment = scene.segment_of(int(rows[0]))
    times, begin = scene.times_of(segment), int(scene.offsets[segment])
    return tuple(times[row - begin] for row in rows.tolist())


def _spans(scene: Scene, rows: Ints) -> tuple[Span, ...]:
    """Mark what was labelled, and over it what the model found."""
    found = np.array([(each.start, each.end) for each in scene.found], np.int64).reshape(-1, 2)
    kinds: tuple[tuple[str, Role, npt.NDArray[np.int64]], ...] = (
        ("labelled as an anomaly", "actual", scene.labelled),
        (f"found by {scene.model.name}", "model", found),
    )
    spans = []
    for name, role, ranges in kinds:
        inside = ranges[(ranges[:, 1] >= rows[0]) & (ranges[:, 0] <= rows[-1])]
        for first, last in inside[:MOST_SPANS].tolist():
            begin, end = drawn_span(first, last, rows)
            spans.append(Span(name=name, first=begin, last=end, role=role))
    return tuple(spans)
