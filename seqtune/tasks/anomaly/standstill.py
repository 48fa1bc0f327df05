"""Channels that stand still for longer than they ever do, as a stuck sensor does.

A network expects of a channel that stands still that it goes on so, and finds nothing strange. What
is strange is for how long one value has been kept, and that needs no network: runs of equal values
end, in normal rows, with a chance that the training part tells. Where a run has lasted for longer
than one normal row in so many would see, it raises the alarm (see `paces`).

The chance that a run goes on is measured on the longest usual runs, those that `LEAST_RUNS` runs or
`LEAST_SHARE` of the rows reach, so that nights without light and weekends without work are usual;
the longest of them are censored, so that a sensor that was stuck in the training part is not.

Source:
    The flat line test of IOOS 2020, "Manual for the use of real-time oceanographic data quality
    control flags", which asks for the numbers of rows that are learnt here.

Measured in docs/benchmarks.md, "Channels that stand still".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.data.panel import Panel
from seqtune.data.split import Split

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

LEAST_RUNS = 20
"""As long as so many runs of the training part, a run is usual."""

LEAST_SHARE = 0.05
"""So are runs as long as those that hold this share of the rows: nights, however few."""

LEFT_OUT = 0.02
"""This share of all runs, the longest, may be faults, and does not make others usual."""

CENSORED = 0.1
"""Of the usual runs this share, the longest, may be faults: that they go on so long does not count.
"""

LEAST_ENDED = 10
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
"""No run is rarer: a chance measured on hundreds of runs says no more."""

MOST_COUNTED = 100_000
"""Rows on either side of one that are searched for the ends of its run."""


@dataclass(frozen=True)
class Standstill:
    """For how long each channel may keep one value.

    Args:
        start: (channels,) rows of the longest usual run; 0 where nothing is known, and no run is
            strange.
        base: (channels,) rarity of a run of so many rows, at most `RAREST`.
        slope: (channels,) by how much rarity rises with every further row, above 0.
    """

    start: Ints
    base: Floats
    slope: Floats

    @classmethod
    def fit(cls, panel: Panel, split: Split) -> Standstill:
        """Measure the runs of equal values in the training part.

        Args:
            panel: All rows.
            split: Where training ends in each series.
        """
        channels = len(panel.target_names)
        found = [
            _measured(_training_runs(panel, split, channel), channels)
            for channel in range(channels)
        ]
        start, base, slope = zip(*found, strict=True)
        return cls(np.array(start, np.int64), np.array(base), np.array(slope))

    def rarities(self, values: Floats, observed: Mask) -> Floats32:
        """Return how rare it is that each channel stands still for so long, (rows, channels).

        It is the logarithm of how many normal rows there are to one such, as every score is (see
        `rarity`); 0 where a channel has moved lately, or was not observed. A row is judged by
        itself and what came before it.

        Args:
            values: (rows, channels) of one series, in any unit.
            observed: (rows, channels); what is not observed neither ends a run nor makes it longer.

        Example:
            >>> known = Standstill(np.array([2]), np.array([1.5]), np.array([0.5]))
            >>> stuck = np.array([[1.0], [2.0], [2.0], [2.0], [2.0], [2.0], [2.0], [3.0]])
            >>> known.rarities(stuck, np.ones((8, 1), bool))[:, 0]
            array([0. , 0. , 0. , 0. , 0. , 0. , 3.5, 0. ], dtype=float32)
        """
        found = np.zeros(values.shape, np.float32)
        for channel, start in enumerate(self.start.tolist()):
            if not start:
                continue
            rows = equal_rows(values[:, channel], observed[:, channel])
            strange = np.flatnonzero(rows >= max(FEWEST, TWICE * start))
            further = self.slope[channel] * (rows[strange] - start)
            found[strange, channel] = np.clip(self.base[channel] + further, 0.0, RAREST)
        return found

    def at(self, values: Floats, observed: Mask, row: int) -> Floats32:
        """Return the rarities of one row, (channels,); see `rarities`."""
        near = slice(max(0, row + 1 - MOST_COUNTED), row + 1)
        last: Floats32 = self.rarities(values[near], observed[near])[-1]
        return last

    def to_list(self) -> list[list[float]]:
        """Return plain JSON values, one list for each channel."""
        return [
            [int(start), float(base), float(slope)]
            for start, base, slope in zip(self.start, self.base, self.slope, strict=True)
        ]

    @classmethod
    def from_list(cls, values: Sequence[Sequence[float]]) -> Standstill:
        """Read what `to_list` wrote.

        Raises:
            ValueError: These are no such lists.
        """
        table = np.array(values, np.float64)
        if table.ndim != 2 or table.shape[1] != 3 or not np.isfinite(table).all():
            raise ValueError("it does not say for how long channels stand still")
        if (table[:, 0] < 0).any() or (table[:, 2] <= 0).any() or (table[:, 1] > RAREST).any():
            raise ValueError("no channel can have been found to stand still for so long")
        return cls(table[:, 0].astype(np.int64), table[:, 1], table[:, 2])


def equal_rows(values: Floats, observed: Mask) -> Ints:
    """Return for how many observed rows one channel has kept the value it has, (rows,).

    Args:
        values: (rows,).
        observed: (rows,); 0 is returned for those that are not.

    Example:
        >>> equal_rows(np.array([5.0, 5.0, 0.0, 5.0, 7.0]), np.array([1, 1, 0, 1, 1], bool))
        array([1, 2, 0, 3, 1])
    """
    seen = np.flatnonzero(observed)
    place = np.arange(len(seen))
    begin = np.maximum.accumulate(np.where(_begins(values[seen]), place, 0)) if len(seen) else place
    found = np.zeros(len(values), np.int64)
    found[seen] = place - begin + 1
    return found


def run_around(values: Floats, observed: Mask, row: int) -> int:
    """Return the observed rows of the run of equal values that a row of one channel is in.

    Example:
        >>> run_around(np.array([1.0, 2.0, 2.0, 2.0, 3.0]), np.ones(5, bool), 2)
        3
    """
    first = max(0, row - MOST_COUNTED)
    near = slice(first, row + MOST_COUNTED)
    others = first + np.flatnonzero(observed[near] & (values[near] != values[row]))
    after = int(np.searchsorted(others, row))
    begin = int(others[after - 1]) + 1 if after else first
    end = int(others[after]) if after < len(others) else near.stop
    return int(observed[begin:end].sum())


def _begins(values: Floats) -> Mask:
    """Return where runs of equal values begin, (rows,)."""
    if not len(values):
        return np.zeros(0, np.bool_)
    return np.append(True, values[1:] != values[:-1])


def _training_runs(panel: Panel, split: Split, channel: int) -> Ints:
    """Return the lengths of the runs of one channel in the training parts of all series."""
    lengths = [np.empty(0, np.int64)]
    for begin, end in zip(split.begin.tolist(), split.train_end.tolist(), strict=True):
        values = np.asarray(panel.target[begin:end, channel])
        seen = values[np.asarray(panel.observed[begin:end, channel])]
        starts = np.flatnonzero(np.append(_begins(seen), True)) if len(seen) else np.zeros(1, int)
        lengths.append(np.diff(starts).astype(np.int64))
    return np.concatenate(lengths)


def _measured(lengths: Ints, channels: int) -> tuple[int, float, float]:
    """Return `start`, `base` and `slope` of a channel; a run of any of them may raise the alarm.

    After `start` rows a run goes on with the chance c, so that of all rows those that are in the
    row k of a run, or beyond, have the share n / rows * c ** (k - start) / (1 - c), n being the
    runs of `start` rows and more.
    """
    from scipy.stats import beta  # type: ignore[import-untyped]

    nothing = (0, 0.0, 1.0)
    rows, longest = int(lengths.sum()), np.sort(lengths)[::-1]
    kept = longest[math.ceil(LEFT_OUT * len(longest)) :]
    if LEAST_SHARE * rows > kept.sum() or not rows:
        return nothing
    often = longest[min(LEAST_RUNS, len(longest)) - 1]
    wide = kept[int(np.searchsorted(np.cumsum(kept), LEAST_SHARE * rows))]
    start = int(max(often, wide))
    beyond = longest[longest >= start] - start
    censored = math.ceil(CENSORED * len(beyond))
    ended = len(beyond) - censored
    if ended < LEAST_ENDED:
        return nothing
    went_on = int(np.minimum(beyond, beyond[censored]).sum())
    chance = float(beta.ppf(CAUTION, went_on + 1, ended))
    share = channels * len(beyond) / rows / (1.0 - chance)
    return start, -math.log10(share), -math.log10(chance)
