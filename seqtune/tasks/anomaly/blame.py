"""What the scores of rows were made of: which channel is to blame, and what was expected of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.segment import Segment


@dataclass(frozen=True)
class Blame:
    """What was expected of segments that were scored, asked for single rows.

    Args:
        segments: What was scored, one after another.
        expected: (rows, channels) of each, in the user's unit.
        still: (rows,) of all, whether the score of a row is that of a channel that stands still.
        threshold: Level beyond which it is said of a channel that it does.
        spans: (rows,) of all, how many rows that end with a row its score is about (see
            `score_parts.spans_of`); None where each is about itself.
    """

    segments: Sequence[Segment]
    expected: Sequence[npt.NDArray[np.floating]]
    still: npt.NDArray[np.bool_]
    threshold: float
    spans: npt.NDArray[np.int64] | None = None

    def at(self, row: int) -> dict[str, Any]:
        """Return what `Event` says of the channel that is to blame for a row, counted over all.

        It is the one that stands still, where the score is that, else the one of the largest mean
        error of the rows that the score is about; nothing is returned where none is known.
        """
        number = int(np.searchsorted(self._ends, row, side="right"))
        segment, within = self.segments[number], row - int(self._ends[number])
        place = len(segment.values) + within
        told = np.asarray(self.expected[number][within], np.float64)
        came = segment.values[place]
        errors = self._errors(number, within, 1 if self.spans is None else int(self.spans[row]))
        levels, rows = self._flat_line_scores(segment, place)
        if self.still[row]:
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

    def _errors(self, number: int, within: int, span: int) -> npt.NDArray[np.float64]:
        """Return the mean error of each channel in its spread, (channels,), NaN where not known.

        Args:
            number: The segment.
            within: A row, counted from the segment's end, below 0.
            span: Rows that end with it.
        """
        segment, told = self.segments[number], self.expected[number]
        rows = slice(max(within - span + 1, -len(told)), within + 1 or None)
        error = np.abs(segment.values[rows] - np.asarray(told[rows], np.float64)) / segment.spread
        known = segment.observed[rows] & np.isfinite(error)
        count = known.sum(axis=0)
        mean = np.where(known, error, 0.0).sum(axis=0) / np.maximum(count, 1)
        return np.where(count > 0, mean, np.nan)

    def _flat_line_scores(
        self, segment: Segment, place: int
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Return how rare the runs of a row are, and how long, (channels,) each."""
        if segment.flat_line is None:
            channels = segment.values.shape[1]
            return np.zeros(channels), np.zeros(channels, np.int64)
        return segment.flat_line.around(segment.values, segment.observed, place)

    @cached_property
    def _ends(self) -> npt.NDArray[np.int64]:
        return np.cumsum([len(each) for each in self.segments])


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
