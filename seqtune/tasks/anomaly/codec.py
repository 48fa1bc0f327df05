"""Everything fitted on training rows that turns user values into what a network watches."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.grid import Grid
from seqtune.data.panel.panel import Panel
from seqtune.data.panel.split import Split
from seqtune.tasks.anomaly.activity import moving_activity
from seqtune.tasks.anomaly.flat_line import FlatLine
from seqtune.tasks.anomaly.scales import LARGEST, Scales, center_and_unit, robust_scales
from seqtune.tasks.anomaly.scorer import Scorers

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

RANGE = (0.001, 0.999)
"""Quantiles of the training rows between which lies what can be expected."""

MARGIN = 0.1
"""Part of that range by which it is wider on either side."""

MAX_ROWS = 500_000
"""So many training rows, evenly spread, are enough to measure quantiles on."""

TABLES = ("center", "spread", "activity_center", "activity_spread", "low", "high")


@dataclass(frozen=True)
class Codec:
    """What a fitted detector knows of its data; plain JSON on disk.

    Args:
        roles: Role of each column: time, targets, series, label.
        grid: The time axis, as `Grid.to_dict`.
        periods: Seasonal periods in rows, shortest first.
        cycles: Lengths in rows of the cycles whose phase the network sees.
        season: Rows that reach and smoothing are counted in.
        context: Rows before a row that any configuration of the search looks at.
        bridge: Rows without any value that are bridged by what came before them.
        scorers: How errors and states become scores.
        false_alarms: False events that are accepted per normal row.
        series: Names of the series that were fitted.
        center: (series, channels) median of the training rows.
        spread: (series, channels) robust unit of the training rows.
        activity_center: (1, channels) median of how much a channel moves, as logarithm.
        activity_spread: (1, channels) its robust unit.
        low: (1, 2 channels) least value that can be expected, of values and then of activity,
            scaled.
        high: (1, 2 channels) largest one.
        flat_line: For how long each channel of each series may keep one value, and after them, of
            one that was not fitted; None where nobody asks.
    """

    roles: dict[str, Any]
    grid: dict[str, Any]
    periods: tuple[int, ...]
    cycles: tuple[float, ...]
    season: int
    context: int
    bridge: int
    scorers: Scorers
    false_alarms: float
    series: tuple[str, ...]
    center: Floats
    spread: Floats
    activity_center: Floats
    activity_spread: Floats
    low: Floats
    high: Floats
    flat_line: FlatLine | None = None

    @property
    def threshold(self) -> float:
        """Level beyond which a row is marked, by the rate that the run was fitted with."""
        return -math.log10(self.false_alarms)

    @property
    def channels(self) -> int:
        """Number of columns that are watched."""
        return len(self.roles["targets"])

    def rows_of(self, span: float) -> int:
        """Return the rows that so many seasons are, at least the row itself.

        Example:
            >>> codec.rows_of(0.5)  # of a season of 24 rows
            12
        """
        return max(1, round(span * self.season))

    @classmethod
    def fit(cls, panel: Panel, split: Split, *, flat_line: bool = True, **facts: Any) -> Codec:
        """Measure a panel on its training rows alone.

        Args:
            panel: All rows.
            split: Where training ends in each series.
            flat_line: Whether to measure for how long channels keep one value.
            facts: The other fields, which are not measured here.
        """
        scales = robust_scales(panel, split)
        scaled = scales.apply(panel.target, panel.offsets)
        activity = moving_activity(scaled, panel.offsets)
        rows = training_rows(split)
        seen = panel.observed[rows]
        some = np.where(seen, activity[rows], np.nan)
        center, spread = center_and_unit(some)
        both = np.concatenate([np.where(seen, scaled[rows], np.nan), (some - center) / spread], 1)
        low, high = np.nanquantile(both, RANGE, axis=0)
        margin = MARGIN * np.maximum(high - low, 1.0)
        return cls(
            grid=panel.grid.to_dict(),
            series=panel.series,
            center=scales.center,
            spread=scales.spread,
            activity_center=center[None],
            activity_spread=spread[None],
            low=(low - margin)[None],
            high=(high + margin)[None],
            flat_line=FlatLine.fit(panel, split) if flat_line else None,
            **facts,
        )

    def scales_of(self, panel: Panel) -> Scales:
        """Return the scales of a panel; a series that was never fitted is measured on its own rows.

        Args:
            panel: Rows on the codec's grid.
        """
        fitted = self._places(panel)
        known = fitted >= 0
        if known.all():
            return Scales(self.center[fitted], self.spread[fitted])
        end = panel.offsets[1:]
        scales = robust_scales(panel, Split(panel.offsets[:-1], end, end, end))
        scales.center[known] = self.center[fitted[known]]
        scales.spread[known] = self.spread[fitted[known]]
        return scales

    def flat_line_of(self, panel: Panel) -> FlatLine | None:
        """Return for how long channels of a panel's series may keep one value; None if unasked.

        Args:
            panel: Rows on the codec's grid.
        """
        if self.flat_line is None:
            return None
        return self.flat_line.for_panel(panel, self._places(panel))

    def _places(self, panel: Panel) -> npt.NDArray[np.int64]:
        """Return the place of each series among the fitted ones, (series,), -1 for none."""
        number = {name: index for index, name in enumerate(self.series)}
        return np.array([number.get(name, -1) for name in panel.series], np.int64)

    def encode(self, panel: Panel) -> Coded:
        """Return a panel as networks watch it.

        Args:
            panel: Rows on the codec's grid.
        """
        scales = self.scales_of(panel)
        steps = np.arange(panel.rows) - np.repeat(panel.offsets[:-1] - panel.starts, panel.lengths)
        return Coded(
            self.watch(scales.apply(panel.target, panel.offsets), panel.offsets),
            np.asarray(panel.observed),
            steps,
            panel.offsets,
            scales,
        )

    def watch(self, scaled: Floats, offsets: npt.NDArray[np.int64]) -> Floats32:
        """Return what is watched of scaled values: they themselves, and how much they move.

        Args:
            scaled: (rows, channels).
            offsets: (series + 1,) borders between series.

        Returns:
            (rows, 2 channels) float32.
        """
        activity = moving_activity(scaled, offsets)
        moved = (activity - self.activity_center) / self.activity_spread
        bounded = np.clip(scaled, -LARGEST, LARGEST)
        return np.concatenate([bounded, np.nan_to_num(moved)], axis=1, dtype=np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        plain = ("roles", "grid", "season", "context", "bridge", "false_alarms")
        lists = ("periods", "cycles", "series")
        return {
            **{name: getattr(self, name) for name in plain},
            **{name: list(getattr(self, name)) for name in lists},
            "scorers": self.scorers.to_dict(),
            **{name: getattr(self, name).tolist() for name in TABLES},
            "flat_line": None if self.flat_line is None else self.flat_line.to_list(),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Codec:
        """Read what `to_dict` wrote."""
        columns = len(values["roles"]["targets"])
        wide = {"low": 2 * columns, "high": 2 * columns}
        flat_line = values["flat_line"]
        return cls(
            roles=dict(values["roles"]),
            grid=dict(values["grid"]),
            periods=tuple(values["periods"]),
            cycles=tuple(values["cycles"]),
            season=values["season"],
            context=values["context"],
            bridge=values["bridge"],
            scorers=Scorers.from_dict(values["scorers"]),
            false_alarms=values["false_alarms"],
            series=tuple(values["series"]),
            **{
                name: np.array(values[name], np.float64).reshape(-1, wide.get(name, columns))
                for name in TABLES
            },
            flat_line=None if flat_line is None else FlatLine.from_list(flat_line),
        )

    def axis(self) -> Grid:
        """Return the time axis."""
        return Grid.from_dict(self.grid)


@dataclass(frozen=True)
class Coded:
    """Rows as networks watch them.

    Args:
        watched: (rows, 2 channels) float32: scaled values, then their activity.
        observed: (rows, channels) bool.
        steps: (rows,) int64, grid step of each row.
        offsets: (series + 1,) borders between series.
        scales: What leads back to the user's unit.
    """

    watched: Floats32
    observed: npt.NDArray[np.bool_]
    steps: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    scales: Scales


def training_rows(split: Split) -> npt.NDArray[np.int64]:
    """Return training rows, (rows,) int64, evenly thinned to about `MAX_ROWS`."""
    lengths = split.train_end - split.begin
    stride = max(1, int(lengths.sum()) // MAX_ROWS)
    counts = -(-lengths // stride)
    ends = np.cumsum(counts)
    within = np.arange(int(ends[-1])) - np.repeat(ends - counts, counts)
    rows: npt.NDArray[np.int64] = np.repeat(split.begin, counts) + within * stride
    return rows
