"""What the report's chart shows: a typical window of the test part with the forecast on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.time_text import format_times
from seqtune.tasks.forecast.prepared import Prepared

HISTORY_HORIZONS = 4
"""Steps of history on the chart, in horizons; at least `MIN_HISTORY`."""

MIN_HISTORY = 48


def illustrate(prepared: Prepared, forecast: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Return the chart of one test window: the last of the series whose error is the median one.

    Args:
        prepared: The data.
        forecast: (windows, horizon, levels) of the test part, from a network that never saw it.

    Returns:
        The fields of `seqtune.tasks.forecast.report_chart.ForecastChart`, as plain JSON values.
    """
    codec, panel = prepared.codec, prepared.panel
    windows = prepared.windows["test"]
    actual, observed = prepared.encoded("test").truth
    middle = codec.levels.index(0.5)
    window = _typical(prepared, forecast[..., middle])
    series, cut = int(windows.series[window]), int(windows.cut[window])
    steps = max(MIN_HISTORY, HISTORY_HORIZONS * codec.horizon)
    first = max(int(panel.offsets[series]), cut - steps)
    start = int(panel.starts[series]) + first - int(panel.offsets[series])
    times = panel.grid.times(np.arange(start, start + cut - first + codec.horizon))
    target = int(windows.target[window])
    name = panel.target_names[target]
    of_series = f" of {panel.series[series]}" if panel.series[series] else ""
    levels = codec.given or codec.levels
    lowest, highest = (codec.levels.index(level) for level in (levels[0], levels[-1]))
    return {
        "kind": "forecast",
        "title": f"{name}{of_series}: the last {codec.horizon} steps of the test part",
        "history": prepared.coded.winsorized[first:cut, target].tolist(),
        "times": format_times(times),
        "actual": [
            float(value) if seen else None
            for value, seen in zip(actual[window], observed[window], strict=True)
        ],
        "mean": forecast[window, :, middle].tolist(),
        "lower": forecast[window, :, lowest].tolist() if len(levels) > 1 else [],
        "upper": forecast[window, :, highest].tolist() if len(levels) > 1 else [],
        "band": f"q{levels[0]:g} to q{levels[-1]:g}",
    }


def _typical(prepared: Prepared, median: npt.NDArray[np.float64]) -> int:
    """Return the number of the window: the last one of the series with the median error."""
    windows = prepared.windows["test"]
    actual, observed = prepared.encoded("test").truth
    scale = prepared.coded.error_scale[windows.series, windows.target]
    error = np.where(observed, np.abs(actual - median), 0.0).sum(axis=1)
    error /= np.maximum(observed.sum(axis=1), 1) * scale
    unit = windows.target * len(prepared.panel.series) + windows.series
    last = np.flatnonzero(np.append(unit[1:] != unit[:-1], True))
    order = np.argsort(error[last], kind="stable")
    return int(last[order[(len(order) - 1) // 2]])
