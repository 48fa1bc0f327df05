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
    """

    segments: Sequence[Segment]
    expected: Sequence[npt.NDArray[np.floating]]
    still: npt.NDArray[np.bool_]
    threshold: float

    def at(self, row: int) -> dict[str, Any]:
        """Return what `Event` says of the channel that is to blame for a row, counted over all.

        It is the one that stands still, where the score is that, else the one of the largest error;
        nothing is returned where none is known.
        """
        number = int(np.searchsorted(self._ends, row, side="right"))
        segment, within = self.segments[number], row - int(self._ends[number])
        place = len(segment.values) + within
        told = np.asarray(self.expected[number][within], np.float64)
        came, observed = segment.values[place], segment.observed[place]
        errors = np.where(observed, np.abs(came - told) / segment.spread, np.nan)
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
