"""Events: rows beyond the threshold, taken together as what somebody has to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.metrics.labelled_events import Ints, runs
from seqtune.tasks.anomaly.segment import Segment

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

GAP = 3
"""Rows without a flag that an event may have between two that have one; not measured."""


@dataclass(frozen=True)
class Event:
    """Rows that are strange together.

    Args:
        start: The first row.
        end: The last row, which belongs to the event.
        peak: The row of the highest score, the first of equals.
        score: The score there.
        channel: Place of the channel with the largest error there, counted from 0; None where
            no error is known.
        expected: What that channel was expected to be there; None where it is not known.
        found: What it was; None where it is not known.
        unchanged: Rows for which that channel keeps the value, where that is what is strange.
    """

    start: int
    end: int
    peak: int
    score: float
    channel: int | None = None
    expected: float | None = None
    found: float | None = None
    unchanged: int | None = None


@dataclass(frozen=True)
class Evidence:
    """What was expected of segments that were scored, asked for single rows.

    Args:
        segments: What was scored, one after another.
        expected: (rows, channels) of each, in the user's unit.
        is_flat: (rows,) of all, whether the score of a row is that of a flat line.
        threshold: Level beyond which a flat line is one.
    """

    segments: Sequence[Segment]
    expected: Sequence[npt.NDArray[np.floating]]
    is_flat: npt.NDArray[np.bool_]
    threshold: float

    def at(self, row: int) -> dict[str, Any]:
        """Return what `Event` says of the channel that is to blame for a row, counted over all.

        It is the one of the flat line, where the score is that, else the one of the largest error.
        Nothing is returned where none is known.
        """
        number = int(np.searchsorted(self._ends, row, side="right"))
        segment, within = self.segments[number], row - int(self._ends[number])
        place = len(segment.values) + within
        told = np.asarray(self.expected[number][within], np.float64)
        came, observed = segment.values[place], segment.observed[place]
        errors = np.where(observed, np.abs(came - told) / segment.spread, np.nan)
        levels, rows = segment.flat_line.around(segment.values, segment.observed, place)
        if self.is_flat[row]:
            channel = int(np.argmax(levels))
        elif errors.size and not np.isnan(errors).all():
            channel = int(np.nanargmax(errors))
        else:
            return {}
        return {
            "channel": channel,
            "expected": _known(told[channel]),
            "found": _known(came[channel]),
            "unchanged": int(rows[channel]) if levels[channel] > self.threshold else None,
        }

    @cached_property
    def _ends(self) -> npt.NDArray[np.int64]:
        return np.cumsum([len(each) for each in self.segments])


def find_events(
    scores: Floats,
    threshold: float | Floats,
    evidence: Evidence | None = None,
    offsets: Ints | None = None,
    gap: int = GAP,
) -> list[Event]:
    """Return the events among scored rows, in order of the rows.

    Args:
        scores: (rows,), higher is stranger; NaN where a row was not scored, which is no flag.
        threshold: A row is flagged if its score is above it; one for all rows, or (rows,).
        evidence: Names the channel, and the values; None leaves them out.
        offsets: (series + 1,), int64, the series' first rows, and the end; None is one series.
            No event lasts beyond its series.
        gap: So many rows without a flag, at most, do not end an event.

    Example:
        >>> scores = np.array([0.0, 5.0, 0.0, 7.0, 0.0, 0.0, 0.0, 9.0])
        >>> [(event.start, event.end, event.peak) for event in find_events(scores, 1.0, gap=2)]
        [(1, 3, 3), (7, 7, 7)]
    """
    flags = scores > threshold  # NaN is above nothing
    events = []
    for start, end in joined(runs(flags, offsets), offsets, gap).tolist():
        within = np.where(flags[start : end + 1], scores[start : end + 1], -np.inf)
        peak = start + int(np.argmax(within))
        named = evidence.at(peak) if evidence is not None else {}
        events.append(Event(start, end, peak, float(scores[peak]), **named))
    return events


def joined(ranges: Ints, offsets: Ints | None = None, gap: int = GAP) -> Ints:
    """Join runs of rows with a small gap between them: (events, 2), the first and the last row.

    Args:
        ranges: (runs, 2), int64, as `runs` returns them.
        offsets: (series + 1,), int64; runs of different series are never joined.
        gap: Rows between two that are joined at most.

    Example:
        >>> joined(np.array([[1, 1], [3, 3], [7, 7]]), gap=2).tolist()
        [[1, 3], [7, 7]]
    """
    if not len(ranges):
        return ranges
    is_new = ranges[1:, 0] - ranges[:-1, 1] - 1 > gap
    if offsets is not None:
        series = np.searchsorted(offsets, ranges[:, 0], side="right")
        is_new |= series[1:] != series[:-1]
    starts = ranges[np.append(True, is_new), 0]
    ends = ranges[np.append(is_new, True), 1]
    return np.stack([starts, ends], axis=1)


def event_numbers(events: list[Event], rows: int) -> Ints:
    """Return which event each row belongs to, counted from 1; 0 outside: (rows,), int64."""
    numbers = np.zeros(rows, np.int64)
    for number, event in enumerate(events, 1):
        numbers[event.start : event.end + 1] = number
    return numbers


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
