"""The rows of the test part with what two models say of them: what every block is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import literal
from seqtune.figures.value import Role
from seqtune.metrics.labelled_events import Ints, runs
from seqtune.tasks.anomaly.events import Event, Witness, find_events, gap_of

Floats = npt.NDArray[np.float64]

ROLES: tuple[Role, Role] = ("model", "baseline")
"""What gives models their look, the one that the page is about first."""


@dataclass(frozen=True)
class Judged:
    """What one model says of rows.

    Args:
        name: The model.
        scores: (rows,), NaN where a row has none.
        expected: (rows, channels), what it expected, in the user's unit; NaN where not known.
        blame: Names the channel that is to blame for a row.
    """

    name: str
    scores: Floats
    expected: Floats
    blame: Witness


@dataclass(frozen=True)
class Scene:
    """Rows of several segments, one after the other, each of one series.

    Args:
        values: (rows, channels), in the user's unit, NaN where nothing was observed.
        labels: (rows,) int8, 0 or 1, -1 where there is no label.
        offsets: (segments + 1,), borders between segments.
        series: Name of the series of each segment; "" for the only one.
        channels: Names of the columns that are watched.
        times_of: From the number of a segment to the times of its rows, as text.
        time: Name of the time column.
        threshold: A row of a higher score is marked.
        season: Rows of a season.
        model: What the model says that the page is about.
        baseline: What the best simple method says; None where there is none.
    """

    values: Floats
    labels: npt.NDArray[np.int8]
    offsets: Ints
    series: Sequence[str]
    channels: Sequence[str]
    times_of: Callable[[int], Sequence[str]]
    time: str
    threshold: float
    season: int
    model: Judged
    baseline: Judged | None = None

    @property
    def judged(self) -> tuple[Judged, ...]:
        """What each model says, the one that the page is about first."""
        return (self.model,) if self.baseline is None else (self.model, self.baseline)

    @property
    def has_labels(self) -> bool:
        """Whether anomalies and normal rows are known."""
        return bool((self.labels == 1).any() and (self.labels == 0).any())

    def events(self, judged: Judged) -> list[Event]:
        """Return the events that a model finds, in order of the rows."""
        return find_events(
            judged.scores, self.threshold, judged.blame, self.offsets, gap_of(self.season)
        )

    @cached_property
    def found(self) -> list[Event]:
        """The events of the model, in order of the rows."""
        return self.events(self.model)

    def flags(self, judged: Judged) -> npt.NDArray[np.bool_]:
        """Return which rows a model marks, (rows,)."""
        return np.asarray(judged.scores > self.threshold)

    @cached_property
    def labelled(self) -> Ints:
        """(events, 2) first and last row of the labelled events of which some row has a score."""
        ranges = runs(self.labels == 1, self.offsets)
        scored = np.isfinite(self.model.scores)
        some = [bool(scored[first : last + 1].any()) for first, last in ranges.tolist()]
        return ranges[np.array(some, np.bool_)]

    def is_found(self, judged: Judged, ranges: Ints) -> npt.NDArray[np.bool_]:
        """Return whether a model marks some row of each range, (ranges,)."""
        flags = self.flags(judged)
        marked = [bool(flags[first : last + 1].any()) for first, last in ranges.tolist()]
        return np.array(marked, np.bool_)

    def is_false(self, first: int, last: int) -> bool:
        """Say whether rows are known to be normal, all of them that have a label."""
        labels = self.labels[first : last + 1]
        return bool((labels == 0).any() and not (labels == 1).any())

    def segment_of(self, row: int) -> int:
        """Return the number of the segment that a row belongs to."""
        return int(np.searchsorted(self.offsets, row, side="right") - 1)

    def name_of(self, segment: int, channel: int) -> str:
        """Return the name of a column, of its series where there are several."""
        column, series = literal(self.channels[channel]), literal(self.series[segment])
        return f"{column} of {series}" if series else column
