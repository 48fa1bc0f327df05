"""A run of rows that is scored, with rows before it that are only looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.panel import Panel
from seqtune.tasks.anomaly.codec import Coded
from seqtune.tasks.anomaly.flat_line import FlatLine
from seqtune.tasks.anomaly.scales import Scales

MIN_HISTORY = 8
"""Rows with fewer before them have no score: nobody can say yet what is normal there."""


@dataclass(frozen=True)
class Segment:
    """Rows of one series that follow each other.

    Args:
        values: (rows, channels) float64, user's unit, gaps filled with the value before.
        observed: (rows, channels) bool.
        first: Row from which on rows are scored; those before it are context.
        step: Grid step of the first row.
        center: (channels,) of the series.
        spread: (channels,) of the series.
        flat_line: For how long each of its channels may keep one value.
        series: Number of the series in its panel.
    """

    values: npt.NDArray[np.float64]
    observed: npt.NDArray[np.bool_]
    first: int
    step: int
    center: npt.NDArray[np.float64]
    spread: npt.NDArray[np.float64]
    flat_line: FlatLine
    series: int = 0

    def __len__(self) -> int:
        return len(self.values) - self.first

    @property
    def scaled(self) -> npt.NDArray[np.float64]:
        """The values in units of their channel, (rows, channels)."""
        scaled: npt.NDArray[np.float64] = (self.values - self.center) / self.spread
        return scaled

    def scored(self, bridge: int) -> npt.NDArray[np.bool_]:
        """Return which of the rows from `first` on have a score, (rows,) bool.

        Args:
            bridge: Rows without any value that are bridged by what came before them.
        """
        seen: npt.NDArray[np.bool_] = np.asarray(self.observed.any(axis=1))
        scored = is_bridged(seen, bridge)
        scored[:MIN_HISTORY] = False
        return scored[self.first :]

    def flat_line_levels(self, bridge: int) -> npt.NDArray[np.float32]:
        """Return the level of the flat line that each row from `first` on is in, (rows,).

        Args:
            bridge: Rows without any value that are bridged by what came before them.
        """
        found = self.flat_line.levels(self.values, self.observed, bridge)[self.first :]
        highest: npt.NDArray[np.float32] = found.max(axis=1, initial=np.float32(0.0))
        return highest


def is_bridged(seen: npt.NDArray[np.bool_], bridge: int) -> npt.NDArray[np.bool_]:
    """Return which rows have a value, or had one not more than `bridge` rows before.

    Example:
        >>> is_bridged(np.array([True, False, False, True]), 1)
        array([ True,  True, False,  True])
    """
    rows = np.arange(len(seen))
    last = np.maximum.accumulate(np.where(seen, rows, -1)) if len(seen) else rows
    return (last >= 0) & (rows - last <= bridge)


def join(segments: list[Segment], watch: object) -> Coded:
    """Put segments beside each other as one panel, so that streams of any of them are gathered.

    Args:
        segments: At least one.
        watch: `Codec.watch`, which says what is watched of scaled values.
    """
    lengths = np.array([len(each.values) for each in segments], np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    scaled = np.concatenate([each.scaled for each in segments])
    steps = np.concatenate(
        [each.step + np.arange(len(each.values), dtype=np.int64) for each in segments]
    )
    return Coded(
        watched=watch(scaled, offsets),  # type: ignore[operator]
        observed=np.concatenate([each.observed for each in segments]),
        steps=steps,
        offsets=offsets,
        scales=Scales(
            np.stack([each.center for each in segments]),
            np.stack([each.spread for each in segments]),
        ),
    )


def in_chunks(segment: Segment, rows: int, context: int, after: int = 0) -> Iterator[Segment]:
    """Yield a segment in parts of so many scored rows, each with its own context.

    Args:
        segment: What is cut.
        rows: Scored rows of a part.
        context: Rows before it that it is given.
        after: Rows after it, which belong to the next part, that it is given too.
    """
    for begin in range(segment.first, len(segment.values), rows):
        start = max(0, begin - context)
        end = min(begin + rows + after, len(segment.values))
        yield replace(
            segment,
            values=segment.values[start:end],
            observed=segment.observed[start:end],
            first=begin - start,
            step=segment.step + start,
        )


@dataclass(frozen=True)
class Rows:
    """A panel whose series are scaled.

    Args:
        panel: The rows.
        scales: Centre and unit of each series.
        labels: (rows,) int8, 0 or 1, -1 where there is no label.
        flat_line: For how long channels of each series may keep one value.
    """

    panel: Panel
    scales: Scales
    labels: npt.NDArray[np.int8]
    flat_line: FlatLine

    def segment(self, series: int, begin: int, end: int, context: int) -> Segment:
        """Return rows of one series to be scored, with rows before them.

        Args:
            series: Number of the series.
            begin: Absolute row of the first one.
            end: Absolute row after the last one.
            context: Rows before the first one, as far as the series has them.
        """
        panel = self.panel
        origin = int(panel.offsets[series])
        start = max(origin, begin - context)
        return Segment(
            values=np.asarray(panel.target[start:end]),
            observed=np.asarray(panel.observed[start:end]),
            first=begin - start,
            step=int(panel.starts[series]) + start - origin,
            center=self.scales.center[series],
            spread=self.scales.spread[series],
            series=series,
            flat_line=self.flat_line.of(series),
        )


def take_labels(panel: Panel) -> tuple[Panel, npt.NDArray[np.int8]]:
    """Take the labels, which were carried like a covariate, out of a panel.

    Args:
        panel: With no covariate, or with the labels as the only one.

    Returns:
        The panel without it, and (rows,) int8: 1 where any of the rows at that time was labelled 1,
        0 elsewhere, -1 where nothing is known.
    """
    if not panel.past_names:
        return panel, np.full(panel.rows, -1, np.int8)
    column = panel.past[:, 0]
    labels = np.where(np.isnan(column), -1, column > 0).astype(np.int8)
    notes = tuple(note for note in panel.notes if f"'{panel.past_names[0]}'" not in note)
    return replace(panel, past_names=(), past=panel.past[:, :0], notes=notes), labels
