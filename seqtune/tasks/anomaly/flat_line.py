"""Channels that stand still for longer than they ever do, as a stuck sensor does.

A network expects of a channel that stands still that it goes on so, and finds nothing strange. What
is strange is for how long one value has been kept, and that needs no network: runs of equal values
end, in normal rows, with a chance that the training part tells. Where a run has lasted for longer
than one normal row in so many would see, it raises the alarm for whatever scores the rows (see
`score_parts.combined_score`).

The chance that a run goes on is measured on the longest usual runs, those that `MIN_RUNS` runs or
`MIN_SHARE` of the rows reach, so that nights without light and weekends without work are usual;
the longest of them are censored, so that a sensor that was stuck in the training part is not. Each
series is measured by itself; one too short for that is held to what is usual among all of them.

Source:
    The flat line test of IOOS 2020, "Manual for the use of real-time oceanographic data quality
    control flags", which asks for the numbers of rows that are learnt here.

Measured in docs/notes/anomalies.md, "Channels that stand still".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.panel import Panel
from seqtune.data.panel.split import Split
from seqtune.tasks.anomaly.equal_runs import MAX_COUNTED, equal_rows, run_around, run_lengths

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

MIN_RUNS = 20
"""As long as so many runs of the training part, a run is usual."""

MIN_SHARE = 0.05
"""So are runs as long as those that hold this share of the rows: nights, however few."""

LEFT_OUT = 0.02
"""This share of all runs, the longest, may be faults, and does not make others usual."""

CENSORED = 0.1
"""Of the usual runs this share, the longest, may be faults: that they go on so long does not count.
"""

MIN_ENDED = 10
"""Of fewer usual runs that ended nothing is known."""

CAUTION = 0.95
"""The chance that a run goes on is the largest that the runs seen agree with, with this
probability."""

TWICE = 2
"""A run is strange from so many times the usual length on."""

FEWEST = 6
"""Fewer equal rows are never strange: a logger that repeats a value now and then is not stuck. Not
measured."""

RAREST = 8.0
"""No run is rarer: a chance measured on hundreds of runs says no more. At a rate of false alarms of
1e-8 and less none is strange."""

MAX_ROWS, MAX_DIGITS = 10_000_000, 1_000.0
"""No run is longer, and no level larger either way, in a file that a run wrote."""

Measured = tuple[int, float, float]

NOTHING: Measured = (0, 0.0, 1.0)
"""Of a channel of which nothing is known."""


@dataclass(frozen=True)
class FlatLine:
    """For how long each channel may keep one value, of one series or of several.

    Args:
        start: (..., channels) rows of the longest usual run; 0 where nothing is known, and no run
            is strange.
        base: (..., channels) level of a run of so many rows.
        slope: (..., channels) by how much level rises with every further row, above 0.
    """

    start: Ints
    base: Floats
    slope: Floats

    @classmethod
    def fit(cls, panel: Panel, split: Split) -> FlatLine:
        """Measure the runs of equal values in the training part.

        Args:
            panel: All rows.
            split: Where training ends in each series.

        Returns:
            Arrays (series + 1, channels); the last row is that of all series together.
        """
        bounds = np.stack([split.begin, split.train_end], axis=1)
        return cls._stacked(
            [
                _of_series(_runs(panel, bounds, channel), len(panel.target_names))
                for channel in range(len(panel.target_names))
            ]
        )

    def for_panel(self, panel: Panel, known: Ints) -> FlatLine:
        """Return what holds for the series of another panel, (series, channels).

        A series that was not fitted is held to what is usual among those that were, unless it
        stands still for longer itself: of such a one nothing is known.

        Args:
            panel: The rows.
            known: (series,) place of each among the fitted ones, -1 for none.
        """
        start, base, slope = self.start[known], self.base[known], self.slope[known]
        bounds = np.stack([panel.offsets[:-1], panel.offsets[1:]], axis=1)
        for series in np.flatnonzero(known < 0).tolist():
            for channel in range(len(panel.target_names)):
                (lengths,) = _runs(panel, bounds[series : series + 1], channel)
                if _usual_run(lengths) > start[series, channel]:
                    start[series, channel] = 0
        return FlatLine(start, base, slope)

    def of(self, series: int) -> FlatLine:
        """Return what holds for one series, (channels,)."""
        return FlatLine(self.start[series], self.base[series], self.slope[series])

    def reach(self, threshold: float) -> int:
        """Return after how many rows every channel that ever passes a threshold has passed it.

        Args:
            threshold: A level.
        """
        known = self.start > 0
        further = np.ceil((threshold - self.base[known]) / self.slope[known])
        rows = self.start[known] + np.maximum(further, self.start[known]) + 1
        return int(min(rows.max(initial=FEWEST), MAX_COUNTED))

    def levels(self, values: Floats, observed: Mask, bridge: int = 0) -> Floats32:
        """Return how rare it is that each channel of a series stands still for so long.

        It is the logarithm of how many normal rows there are to one such, as every score is (see
        `level`); 0 where a channel has moved lately, or was never observed. A row is judged by
        itself and what came before it.

        Args:
            values: (rows, channels) of one series, in any unit.
            observed: (rows, channels); what is not observed neither ends a run nor makes it longer.
            bridge: So many rows without a value have the level of the last one before them.

        Returns:
            (rows, channels), 0 to `RAREST`.

        Example:
            >>> known = FlatLine(np.array([2]), np.array([1.5]), np.array([0.5]))
            >>> stuck = np.array([[1.0], [2.0], [2.0], [2.0], [2.0], [2.0], [2.0], [3.0]])
            >>> known.levels(stuck, np.ones((8, 1), bool))[:, 0]
            array([0. , 0. , 0. , 0. , 0. , 0. , 3.5, 0. ], dtype=float32)
        """
        found = np.zeros(values.shape, np.float32)
        for channel in np.flatnonzero(self.start).tolist():
            rows = equal_rows(values[:, channel], observed[:, channel], bridge)
            found[:, channel] = self._level(channel, rows)
        return found

    def around(self, values: Floats, observed: Mask, row: int) -> tuple[Floats, Ints]:
        """Return how rare the runs of one row are, and how long they are in the end, by channel.

        Args:
            values: (rows, channels) of one series; where nothing was observed, the value before.
            observed: (rows, channels).
            row: Where it is asked.

        Returns:
            (channels,) levels as they are at the row, and (channels,) observed rows of the run.
        """
        levels, lengths = np.zeros(values.shape[1]), np.zeros(values.shape[1], np.int64)
        for channel in range(values.shape[1]):
            begin, end = run_around(values[:, channel], observed[:, channel], row)
            lengths[channel] = observed[begin:end, channel].sum()
            levels[channel] = self._level(channel, observed[begin : row + 1, channel].sum())
        return levels, lengths

    def _level(self, channel: int, rows: Ints) -> Floats:
        """Return how rare runs of so many rows of a channel are, whatever the shape of `rows`."""
        start = self.start[channel]
        level = np.clip(self.base[channel] + self.slope[channel] * (rows - start), 0.0, RAREST)
        is_long = (start > 0) & (rows >= max(FEWEST, TWICE * start))
        return np.where(is_long, level, 0.0)

    def to_list(self) -> list[list[list[float]]]:
        """Return plain JSON values: for each series, for each channel, the three numbers."""
        table: list[list[list[float]]] = np.stack(
            [self.start.astype(np.float64), self.base, self.slope], axis=-1
        ).tolist()
        return table

    @classmethod
    def from_list(cls, values: Any) -> FlatLine:
        """Read what `to_list` wrote, from a file that may be a stranger's.

        Raises:
            ValueError: It cannot have been measured.
        """
        table = np.array(values)
        if table.ndim != 3 or table.shape[2] != 3 or table.dtype.kind not in "fi":
            raise ValueError("it does not say for how long channels stand still")
        start, base, slope = (table[..., place].astype(np.float64) for place in range(3))
        is_known = np.isfinite(table).all() and (np.abs(base) <= MAX_DIGITS).all()
        are_rows = (start >= 0).all() and (start <= MAX_ROWS).all() and (start % 1 == 0).all()
        if not (is_known and are_rows and (slope > 0).all() and (slope <= MAX_DIGITS).all()):
            raise ValueError("no channel can have been found to stand still for so long")
        return cls(start.astype(np.int64), base, slope)

    @classmethod
    def _stacked(cls, channels: Sequence[Sequence[Measured]]) -> FlatLine:
        """Return the figures of each channel, (series,) of them, as arrays (series, channels)."""
        start, base, slope = (
            np.array([[each[place] for each in series] for series in channels]).T
            for place in range(3)
        )
        return cls(start.astype(np.int64), base, slope)


def _runs(panel: Panel, bounds: Ints, channel: int) -> list[Ints]:
    """Return the lengths of the runs of one channel, (runs,) for each series.

    Args:
        panel: The rows.
        bounds: (series, 2) first row, and first row after, of what is looked at in each series.
        channel: Number of the channel.
    """
    lengths = []
    for begin, end in bounds.tolist():
        values, seen = (
            np.asarray(each[begin:end, channel]) for each in (panel.target, panel.observed)
        )
        lengths.append(run_lengths(values[seen]))
    return lengths


def _of_series(lengths: Sequence[Ints], channels: int) -> list[Measured]:
    """Return what is measured of one channel of each series, and of all together.

    A series with too few runs of its own is held to those of all, unless it moves less.
    """
    together = _measured(np.concatenate(lengths), channels)
    found = []
    for own in lengths:
        measured = _measured(own, channels)
        is_usual = measured == NOTHING and _usual_run(own) <= together[0]
        found.append(together if is_usual else measured)
    return [*found, together]


def _usual_run(lengths: Ints) -> int:
    """Return the length of the runs that hold `MIN_SHARE` of the rows, but for the longest ones.

    Where hardly any run is left without those, the longest is usual: the channel hardly moves.
    """
    longest = np.sort(lengths)[::-1]
    kept = longest[math.ceil(LEFT_OUT * len(longest)) :]
    wanted = MIN_SHARE * int(longest.sum())
    if kept.sum() < wanted or not len(kept):
        return int(longest.max(initial=0))
    return int(kept[np.searchsorted(np.cumsum(kept), wanted)])


def _measured(lengths: Ints, channels: int) -> Measured:
    """Return `start`, `base` and `slope` of a channel, of whose fellows any may raise the alarm.

    After `start` rows a run goes on with the chance c, so that of all rows those that are in the
    row k of a run, or beyond, have the share n / rows * c ** (k - start) / (1 - c), n being the
    runs of `start` rows and more.
    """
    from scipy.special import betaincinv  # type: ignore[import-untyped]

    if not len(lengths):
        return NOTHING
    rows, longest = int(lengths.sum()), np.sort(lengths)[::-1]
    often = int(longest[min(MIN_RUNS, len(longest)) - 1])
    start = max(often, _usual_run(lengths))
    beyond = longest[longest >= start] - start
    censored = math.ceil(CENSORED * len(beyond))
    ended = len(beyond) - censored
    if ended < MIN_ENDED:
        return NOTHING
    went_on = int(np.minimum(beyond, beyond[censored]).sum())
    chance = float(betaincinv(went_on + 1, ended, CAUTION))  # Clopper and Pearson's bound
    share = channels * len(beyond) / rows / (1.0 - chance)
    return start, -math.log10(share), -math.log10(chance)
