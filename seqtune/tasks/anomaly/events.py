"""Events: rows beyond the threshold, taken together as what somebody has to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from seqtune.metrics.labelled_events import Ints, runs

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

GAP = 3
"""Rows without a flag that an event may have between two that have one, at least; not measured."""

GAP_SEASONS = 0.5
"""Events nearer than so many seasons are one: what averages over seasons does not tell them apart.
Measured in docs/notes/anomalies.md, "The promise of the threshold"."""


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

    @property
    def rows(self) -> int:
        """How many rows it lasts."""
        return self.end - self.start + 1


class Witness(Protocol):
    """Who can be asked about single rows; see `blame`."""

    def at(self, row: int) -> dict[str, Any]:
        """Return what `Event` says of the channel that is to blame for a row."""


def find_events(
    scores: Floats,
    threshold: float | Floats,
    evidence: Witness | None = None,
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


def gap_of(season: int) -> int:
    """Return how many rows without a flag do not end an event.

    Example:
        >>> gap_of(24), gap_of(1)
        (12, 3)
    """
    return max(GAP, round(GAP_SEASONS * season))


def event_numbers(events: list[Event], flags: Mask, offsets: Ints | None = None) -> Ints:
    """Return which event each row belongs to, counted from 1; 0 outside: (rows,), int64.

    Rows between two parts of an event that are further apart than `GAP` are outside.

    Args:
        events: In order of the rows.
        flags: (rows,), which are flagged.
        offsets: (series + 1,), int64, the series' first rows, and the end; None is one series.
    """
    numbers = np.zeros(len(flags), np.int64)
    starts = np.array([event.start for event in events], np.int64)
    for first, last in joined(runs(flags, offsets), offsets).tolist():
        numbers[first : last + 1] = np.searchsorted(starts, first, side="right")
    return numbers
