"""Forecasting with a finished run: past the end of its data, or of new data."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.baselines.forecasts import forecast_windows as baseline_windows
from seqtune.data.panel.build import build_panel
from seqtune.data.panel.join import join_panels
from seqtune.data.panel.panel import Panel, PanelRoles
from seqtune.data.panel.time_text import format_times
from seqtune.data.panel.window import Windows
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Advance, ProgressCounter
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.conformal import apply_factors
from seqtune.tasks.forecast.floor import floored
from seqtune.tasks.forecast.inference import forecast_windows, window_histories

Floats = npt.NDArray[np.float64]


def predict(run: Any, source: Source | None, use: str | None) -> pd.DataFrame:
    """Forecast the steps after the last row of each series.

    Args:
        run: The run.
        source: New rows; None continues the data that the run was fitted on. Rows of a known
            series are appended to its history. Rows without the target give covariates that are
            known ahead.
        use: Name of the leaderboard row that forecasts; the winner if None.

    Returns:
        A row per series and step: the series column (if there is one), the target's name (if
        there are several), the time, `mean`, and a column per quantile.

    Raises:
        DataError: Covariates known ahead are missing, or the new rows do not fit the run.
    """
    codec: Codec = run.prepared.codec
    panel = run.prepared.panel
    if source is not None:
        # rows without the target are of use where covariates are known ahead
        new = read_new(run, source, allow_empty=bool(codec.future.names))
        absent = len(set(panel.series) - set(new.series))
        if absent and codec.roles["series"]:
            run.notes.append(f"{absent} series of the run are not in {source.path}: not forecast")
        panel, _ = join_panels(panel, new)
        _require_history(source, codec, panel)
    _require_ahead(run, codec, panel)
    coded = codec.encode(panel)
    if flat := int(coded.constant.any(axis=1).sum()):
        borrows = (coded.usual_error != coded.error_scale).any()
        run.notes.append(
            f"{flat} of {len(panel.series)} series have no two different values to measure a scale "
            "by: their intervals "
            + ("are as wide as is usual among the others" if borrows else "say little")
        )
    windows = _last_windows(panel)
    forecast = forecast_with(run, run.choose(use).name, coded, windows)
    return _table(codec, panel, windows, forecast)


def forecast_with(run: Any, name: str, coded: CodedPanel, windows: Windows) -> Floats:
    """Forecast windows with one row of the leaderboard.

    Returns:
        (windows, horizon, levels) in the target's unit; not below zero where no value of the
        series was.
    """
    codec: Codec = run.prepared.codec
    row = run.choose(name)
    members = [] if row.kind == "baseline" else run.members[name]
    tally = ProgressCounter(run.listener, max(1, len(members)) * len(windows), "windows")
    if row.kind == "baseline":
        return floored(_by_method(name, coded, windows, codec, tally.add), coded, windows)
    total = np.zeros((len(windows), codec.horizon, len(codec.levels)))
    for member in members:
        if member.baseline:
            forecast = _by_method(member.baseline, coded, windows, codec, tally.add)
        else:
            network = run.network(member)
            forecast = forecast_windows(network, coded, windows, codec, member.values, tally.add)
        total += member.weight * _honest(run, member.baseline or member.trial, forecast)
    return floored(_honest(run, name, total), coded, windows)


def _by_method(
    name: str, coded: CodedPanel, windows: Windows, codec: Codec, tell: Advance
) -> Floats:
    """Return the quantiles that a simple method forecasts, (windows, horizon, levels)."""
    histories = window_histories(coded, windows)
    forecast, _ = baseline_windows(
        name, histories, codec.horizon, codec.periods, codec.levels, tell
    )
    return forecast[..., 1:]


def _honest(run: Any, name: str, forecast: Floats) -> Floats:
    """Return the forecast of a trial or an ensemble with its conformal intervals."""
    return apply_factors(forecast, run.prepared.codec.levels, run.calibrations.get(name, {}))


def read_new(run: Any, source: Source, *, allow_empty: bool) -> Panel:
    """Put new rows on the run's grid.

    Args:
        run: The run.
        source: The new rows.
        allow_empty: Take rows that have no target: they give covariates known ahead.

    Raises:
        DataError: A column of the fitted data is missing, or the times are off the grid.
    """
    codec: Codec = run.prepared.codec
    roles = codec.roles
    needed = [roles["time"], roles["series"], *roles["future"]]
    has_target = any(name in source.names for name in roles["targets"])
    if has_target or not allow_empty:
        needed += [*roles["targets"], *roles["past"], *roles["static"]]
    missing = [name for name in needed if name and name not in source.names]
    if missing:
        raise DataError(
            f"{source.path} lacks {_columns(missing)} of the fitted data; it has "
            f"{', '.join(source.names)}",
            f"add {_columns(missing)}, or fit again on data like this",
        )
    panel = build_panel(
        source,
        PanelRoles(
            targets=tuple(roles["targets"]),
            time=roles["time"],
            series=roles["series"],
            past=tuple(roles["past"]),
            future=tuple(roles["future"]),
            static=tuple(roles["static"]),
        ),
        duplicates=run.recipe.values.data.duplicates,
        grid=codec.axis(),
        static_categories={name: tuple(labels) for name, labels in codec.categories.items()},
        allow_empty=allow_empty,
    )
    run.notes += [*source.notes, *panel.notes]
    return panel


def _last_windows(panel: Panel) -> Windows:
    """Return one window per target and series, cut after the last row."""
    count, targets = len(panel.series), len(panel.target_names)
    series = np.tile(np.arange(count, dtype=np.int64), targets)
    end = panel.offsets[1:][series]
    return Windows(series, np.repeat(np.arange(targets, dtype=np.int64), count), end, end)


def _require_history(source: Source, codec: Codec, panel: Panel) -> None:
    """Refuse to forecast a series of which no value is known."""
    empty = np.flatnonzero(np.diff(panel.offsets) == 0)
    if len(empty):
        raise DataError(
            f"{source.path}: series {panel.series[empty[0]]!r} is not one of the run, and has no "
            f"value of {_columns(codec.roles['targets'])}",
            "add rows with its history, or leave it out",
        )


def _require_ahead(run: Any, codec: Codec, panel: Panel) -> None:
    """Refuse to forecast without the covariates that were said to be known ahead."""
    if not codec.future.names:
        return
    horizon = codec.horizon
    given = np.full((len(panel.series), horizon, len(codec.future.names)), np.nan)
    width = min(horizon, panel.ahead.shape[1])
    given[:, :width] = panel.ahead[:, :width]
    lacking = np.isnan(given).any(axis=2)  # (series, horizon)
    if not lacking.any():
        return
    series = int(np.flatnonzero(lacking.any(axis=1))[0])
    end = int(panel.starts[series] + panel.offsets[series + 1] - panel.offsets[series])
    times = format_times(panel.grid.times(np.arange(end, end + horizon)), utc=panel.grid.utc)
    keys = [name for name in (codec.roles["series"], codec.roles["time"]) if name]
    of_series = f" of series {panel.series[series]!r}" if panel.series[series] else ""
    others = int(lacking.any(axis=1).sum()) - 1
    more = f", and likewise for {others} more series" if others else ""
    raise DataError(
        f"the forecast needs the values known ahead of {_columns(list(codec.future.names))} for "
        f"the {horizon} steps {times[0]} to {times[-1]}{of_series}{more}",
        f"seqtune predict {run.folder} FUTURE.csv, with the columns "
        f"{','.join([*keys, *codec.future.names])}",
    )


def _table(codec: Codec, panel: Panel, windows: Windows, forecast: Floats) -> pd.DataFrame:
    horizon, levels = codec.horizon, codec.levels
    last = panel.starts + np.diff(panel.offsets)
    steps = last[windows.series][:, None] + np.arange(horizon)
    columns: dict[str, Any] = {}
    if codec.roles["series"]:
        columns[codec.roles["series"]] = np.repeat(
            np.array(panel.series, dtype=object)[windows.series], horizon
        )
    if len(panel.target_names) > 1:
        names = np.array(panel.target_names, dtype=object)[windows.target]
        columns["target"] = np.repeat(names, horizon)
    times = panel.grid.times(steps.ravel())
    columns[codec.roles["time"] or "step"] = (
        pd.DatetimeIndex(times, tz="UTC") if panel.grid.utc else times
    )
    columns["mean"] = forecast[..., levels.index(0.5)].ravel()
    for place, level in enumerate(levels):
        columns[f"q{level:g}"] = forecast[..., place].ravel()
    return pd.DataFrame(columns)


def _columns(names: list[str]) -> str:
    quoted = ", ".join(repr(name) for name in names)
    return f"column {quoted}" if len(names) == 1 else f"columns {quoted}"
