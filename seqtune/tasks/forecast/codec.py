"""Everything fitted on training rows that turns user values into network inputs and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.calendar import calendar_cycles
from seqtune.data.panel.calendar_table import CalendarTable
from seqtune.data.panel.grid import Grid
from seqtune.data.panel.outlier_search import find_outliers
from seqtune.data.panel.outliers import Outliers
from seqtune.data.panel.panel import Panel
from seqtune.data.panel.seasonality import seasonal_scales
from seqtune.data.panel.split import Split
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.effects import fit_effects
from seqtune.tasks.forecast.measure import (
    borrowed_errors,
    first_negative,
    first_not_positive,
    first_rows,
    moments,
    training_rows,
    training_span,
    usual_share,
)
from seqtune.tasks.forecast.standard import Standard

Floats = npt.NDArray[np.float64]

OUTLIERS = (WINSORIZE, KEEP) = ("winsorize", "keep")
"""What becomes of outliers."""


@dataclass(frozen=True)
class Codec:
    """What a fitted forecaster knows of its data; plain JSON on disk.

    Args:
        roles: Role of each column: time, targets, series, past, future, static.
        grid: The time axis, as `Grid.to_dict`.
        horizon: Steps ahead.
        periods: Seasonal periods in steps, shortest first.
        levels: Quantile levels, ascending, 0.5 among them.
        series: Names of the series that were fitted.
        error_scale: (series, targets) in-sample seasonal naive error: the denominator of MASE.
        center: (series, targets) mean of the training rows.
        spread: (series, targets) standard deviation of the training rows.
        past: Scales of the past covariates.
        future: Scales of the covariates known ahead.
        static: Scales of the static covariates.
        categories: Labels of the columns of words, in the order of the codes.
        effects: (series, targets, features) what covariates known ahead usually bring, from
            `seqtune.tasks.forecast.effects`; of one series where all have the same.
        cycles: Cycles of the calendar that a network is told of; see `seqtune.data.panel.calendar`.
        constant: (series, targets) bool: the training rows never change, and MASE, whose
            denominator would be zero, is not defined.
        origins: From so many origins the validation part is forecast; 0 for every step of it.
        outliers: What becomes of outliers: "winsorize" or "keep".
        counts: Whether the targets are sparse counts.
        given: The levels that are given out; all if empty.
    """

    roles: dict[str, Any]
    grid: dict[str, Any]
    horizon: int
    periods: tuple[int, ...]
    levels: tuple[float, ...]
    series: tuple[str, ...]
    error_scale: Floats
    center: Floats
    spread: Floats
    past: Standard
    future: Standard
    static: Standard
    categories: dict[str, list[str]]
    constant: npt.NDArray[np.bool_]
    effects: Floats
    cycles: tuple[str, ...] = ()
    origins: int = 0
    outliers: str = "keep"
    counts: bool = False
    given: tuple[float, ...] = ()

    @property
    def period(self) -> int:
        """The first seasonal period, 1 where there is none: the period of MASE."""
        return self.periods[0] if self.periods else 1

    @classmethod
    def fit(
        cls,
        panel: Panel,
        split: Split,
        *,
        roles: dict[str, Any],
        horizon: int,
        periods: tuple[int, ...],
        levels: tuple[float, ...],
        categories: dict[str, list[str]],
    ) -> Codec:
        """Measure a panel on its training rows alone.

        Args:
            panel: All rows.
            split: Where training ends in each series.
            roles: Role of each column.
            horizon: Steps ahead.
            periods: Seasonal periods, shortest first.
            levels: Quantile levels.
            categories: Labels of the columns of words.
        """
        center, spread, constant = moments(panel, split)
        rows = training_rows(split)
        future = Standard.fit(panel.future_names, panel.future[rows], categories)
        period = periods[0] if periods else 1
        return cls(
            roles=roles,
            grid=panel.grid.to_dict(),
            horizon=horizon,
            periods=periods,
            levels=levels,
            series=panel.series,
            error_scale=seasonal_scales(panel, period, split.train_end),
            center=center,
            spread=spread,
            past=Standard.fit(panel.past_names, panel.past[rows], categories),
            future=future,
            effects=fit_effects(panel, split, future.apply(panel.future), spread, period),
            static=Standard.fit(panel.static_names, panel.static, categories),
            categories=categories,
            cycles=calendar_cycles(panel.grid, training_span(panel, split)),
            constant=constant,
        )

    def encode(self, panel: Panel, known_end: npt.NDArray[np.int64] | None = None) -> CodedPanel:
        """Join a panel with what is known of its series.

        A series that was never fitted is measured on its own rows.

        Args:
            panel: Rows on the codec's grid.
            known_end: (series,) absolute row where what may be measured ends; all rows if None.
        """
        end = panel.offsets[1:] if known_end is None else known_end
        own = Split(panel.offsets[:-1], end, end, end)
        outliers = self.find_outliers(panel)
        usual = winsorized(panel, outliers, end)
        center, spread, constant = moments(usual, own)
        error_scale = seasonal_scales(usual, self.period, end)
        number = {name: index for index, name in enumerate(self.series)}
        fitted = np.array([number.get(name, -1) for name in panel.series], np.int64)
        known = fitted >= 0
        center[known] = self.center[fitted[known]]
        spread[known] = self.spread[fitted[known]]
        error_scale[known] = self.error_scale[fitted[known]]
        constant[known] = self.constant[fitted[known]]
        typical = self.effects.mean(axis=0, keepdims=True)
        effects = np.repeat(typical, len(panel.series), axis=0)
        if len(self.effects) == len(self.series):
            effects[known] = self.effects[fitted[known]]
        borrowed = borrowed_errors(self._usual_share, center, end - panel.offsets[:-1])
        after = panel.starts + np.diff(panel.offsets) + self.horizon
        return CodedPanel(
            panel=panel,
            identity=(fitted + 1).astype(np.int32),
            error_scale=error_scale,
            usual_error=np.where(constant & (borrowed > 0), borrowed, error_scale),
            center=center,
            spread=spread,
            static=self.static.apply(panel.static),
            calendar=CalendarTable.of(panel.grid, panel.starts, after, self.cycles),
            first_row=first_rows(panel),
            first_negative=first_negative(usual),
            first_not_positive=first_not_positive(usual),
            constant=constant,
            effects=effects * spread[..., None],
            outliers=outliers,
            counts=self.counts,
        )

    @cached_property
    def _usual_share(self) -> Floats:
        """The usual error of a series as a share of its level; see `borrowed_errors`."""
        return usual_share(self.error_scale, self.center, self.spread, self.constant)

    def find_outliers(self, panel: Panel) -> Outliers:
        """Return the outliers of a panel, none where they are kept."""
        return find_outliers(panel, self.period) if self.outliers == WINSORIZE else Outliers.none()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        arrays = {
            name: getattr(self, name).tolist()
            for name in ("error_scale", "center", "spread", "constant", "effects")
        }
        groups = {name: asdict(getattr(self, name)) for name in ("past", "future", "static")}
        plain = {
            name: getattr(self, name)
            for name in (
                *("roles", "grid", "horizon", "periods", "levels", "series", "categories"),
                *("cycles", "origins", "outliers", "counts", "given"),
            )
        }
        return {**plain, **groups, **arrays}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Codec:
        """Read what `to_dict` wrote."""
        columns = max(1, len(values["roles"]["targets"]))
        arrays = {
            name: np.array(values[name], np.float64).reshape(-1, columns)
            for name in ("error_scale", "center", "spread")
        }
        past, future, static = (
            Standard(*(tuple(values[name][key]) for key in ("names", "center", "spread", "labels")))
            for name in ("past", "future", "static")
        )
        return cls(
            roles=dict(values["roles"]),
            grid=dict(values["grid"]),
            horizon=int(values["horizon"]),
            periods=tuple(values["periods"]),
            levels=tuple(values["levels"]),
            series=tuple(values["series"]),
            categories=dict(values["categories"]),
            past=past,
            future=future,
            static=static,
            cycles=tuple(values["cycles"]),
            origins=values["origins"],
            outliers=values["outliers"],
            counts=values["counts"],
            given=tuple(values["given"]),
            constant=np.array(values["constant"]).reshape(-1, columns),
            error_scale=arrays["error_scale"],
            center=arrays["center"],
            spread=arrays["spread"],
            effects=np.array(values["effects"], np.float64),
        )

    def axis(self) -> Grid:
        """Return the time axis."""
        return Grid.from_dict(self.grid)


def winsorized(panel: Panel, outliers: Outliers, end: npt.NDArray[np.int64]) -> Panel:
    """Return a panel whose outliers, as they are known at some row of each series, are moved.

    Args:
        panel: The rows.
        outliers: Those of it.
        end: (series,) absolute row before which rows are known.
    """
    target = outliers.known_at(end, panel.offsets).applied(panel.target)
    return panel if target is panel.target else replace(panel, target=target)
