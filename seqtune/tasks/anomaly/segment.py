"""A run of rows that is scored, with rows before it that are only looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

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
        series: Number of the series in its panel.
        flat_line: For how long each of its channels may keep one value; None where nobody asks.
    """

    values: npt.NDArray[np.float64]
    observed: npt.NDArray[np.bool_]
    first: int
    step: int
    center: npt.NDArray[np.float64]
    spread: npt.NDArray[np.float64]
    series: int = 0
    flat_line: FlatLine | None = None

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

    def flat_line_scores(self, bridge: int) -> npt.NDArray[np.float32]:
        """Return how rare it is that some channel stands still for so long, (rows,) from `first`.

        Args:
            bridge: Rows without any value that are bridged by what came before them.
        """
        if self.flat_line is None:
            return np.zeros(len(self), np.float32)
        found = self.flat_line.levels(self.values, self.observed, bridge)[self.first :]
        highest: npt.NDArray[np.float32] = found.max(axis=1, initial=np.float32(0.0))
        return highest


def usual_of(segments: Sequence[Segment]) -> npt.NDArray[np.float64]:
    """Return what a simple method expects of rows, the medians of channels: (rows, channels)."""
    return np.concatenate([np.tile(each.center, (len(each), 1)) for each in segments])


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
