"""Forecasts as a table, and as scores of rows whose truth is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.data.panel.time_text import format_times
from seqtune.metrics.forecast import mase_deviation
from seqtune.tasks._values import Evaluation
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.counts import mean_of
from seqtune.tasks.forecast.examples import Examples
from seqtune.tasks.forecast.floor import floored, given_out
from seqtune.tasks.forecast.scoring import score_forecasts

Floats = npt.NDArray[np.float64]


def forecast_table(codec: Codec, examples: Examples, forecast: Floats) -> pd.DataFrame:
    """Return a row per series and step.

    Args:
        codec: Roles, horizon and levels.
        examples: One window per series and target.
        forecast: (windows, horizon, levels), in the target's unit.

    Returns:
        The series column (if there is one), the target's name (if there are several), the time,
        `mean`, and a column per quantile; not below zero where no value of the series was. `mean`
        is the median; of sparse counts it is the mean.
    """
    panel, windows = examples.coded.panel, examples.windows
    horizon, levels = codec.horizon, codec.levels
    means = mean_of(floored(forecast, examples.coded, windows), levels)
    forecast = given_out(forecast, examples.coded, windows)
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
    columns["mean"] = (means if codec.counts else forecast[..., levels.index(0.5)]).ravel()
    for level in codec.given or levels:
        columns[f"q{level:g}"] = forecast[..., levels.index(level)].ravel()
    return pd.DataFrame(columns)


def score_examples(codec: Codec, examples: Examples, forecast: Floats) -> dict[str, float]:
    """Return every metric of forecasts as they are given out.

    Args:
        codec: The quantile levels.
        examples: The windows, with what came of them.
        forecast: (windows, horizon, levels), in the target's unit.
    """
    actual, observed = examples.truth
    scale = examples.coded.mase_scale(examples.windows, observed)
    made = given_out(forecast, examples.coded, examples.windows)
    weights = None
    if codec.counts:
        where = examples.windows.series, examples.windows.target
        weights = np.where(examples.coded.constant[where], 0.0, examples.coded.error_scale[where])
    scores = score_forecasts(made, actual, observed, scale, codec.levels, weights, codec.given)
    median, starts = made[..., codec.levels.index(0.5)], _starts(examples)
    deviation = mase_deviation(actual, median, scale, starts, observed)
    return {**scores, "mase_deviation": deviation} if np.isfinite(deviation) else scores


def evaluate_examples(
    codec: Codec, examples: Examples, forecasts: Mapping[str, Floats], metric: str
) -> Evaluation:
    """Return every metric by name of the model, over all windows and for each rolled origin.

    Args:
        codec: The quantile levels.
        examples: The windows.
        forecasts: (windows, horizon, levels) by name of the model.
        metric: The one that is shown for each origin.
    """
    scores = {name: score_examples(codec, examples, each) for name, each in forecasts.items()}
    if not examples.folds:
        return Evaluation(scores, len(examples))
    from seqtune.tasks.forecast.report_folds import FoldScores, FoldsReport

    folds = [FoldScores(*each) for each in _by_fold(codec, examples, forecasts)]
    return Evaluation(scores, len(examples), parts=(FoldsReport(metric, tuple(folds)),))


def _by_fold(
    codec: Codec, examples: Examples, forecasts: Mapping[str, Floats]
) -> Iterator[tuple[str, int, dict[str, dict[str, float]]]]:
    """Yield each origin, its windows, which stand one after the other, and their scores."""
    begin = 0
    for size in examples.folds:
        rows = np.arange(begin, begin + size)
        begin += size
        fold = Examples(examples.coded, examples.windows[rows], examples.horizon)
        scores = {name: score_examples(codec, fold, each[rows]) for name, each in forecasts.items()}
        yield _origin(fold), size, scores


def _origin(fold: Examples) -> str:
    """Return the first step that windows predict; the first and the last where series differ."""
    steps = _starts(fold)
    times = format_times(fold.coded.panel.grid.times(np.array([steps.min(), steps.max()])))
    return " to ".join(dict.fromkeys(times))


def _starts(examples: Examples) -> npt.NDArray[np.int64]:
    """Return the first step that each window predicts, (windows,)."""
    panel, windows = examples.coded.panel, examples.windows
    return panel.starts[windows.series] + windows.cut - panel.offsets[windows.series]
