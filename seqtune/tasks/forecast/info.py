"""What seqtune knows of forecasts before anything heavy is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from seqtune.errors import UsageError
from seqtune.tasks._info import Flag, Metric, TaskInfo, one_or_many


def quantile_levels(given: str | Sequence[float]) -> list[float]:
    """Return quantile levels in their order, the median among them.

    Args:
        given: A list of levels, or one with commas in it.

    Raises:
        UsageError: One is no number between 0 and 1.

    Example:
        >>> quantile_levels("0.95,0.05")
        [0.05, 0.5, 0.95]
    """
    levels = _levels(given)
    if not levels or not all(0 < level < 1 for level in levels):
        raise UsageError(
            f"found the quantiles {given!r}, expected numbers between 0 and 1",
            "--quantiles 0.05,0.5,0.95",
        )
    return sorted({*levels, 0.5})


def median_note(given: str | Sequence[float]) -> str:
    """Say that the median is forecast too, where it was not asked for."""
    if 0.5 in _levels(given):
        return ""
    return "the median, quantile 0.5, is forecast too: the point forecast is the median"


def _levels(given: str | Sequence[float]) -> list[float]:
    words = given.split(",") if isinstance(given, str) else given
    try:
        return [float(word) for word in words]
    except (TypeError, ValueError):
        return []


INFO = TaskInfo(
    name="forecast",
    summary="the next steps of one or many series",
    synonyms=("forecasting",),
    metrics=(
        Metric("mase", "MASE"),
        Metric(
            "weighted_scaled_quantile_loss",
            "WSQL",
            remark="sparse counts are compared by WSQL, the weighted scaled quantile loss, because "
            "MASE divides by nearly zero there: {figure} of {name} on the test part",
        ),
        Metric("mase_deviation", "deviation of MASE by origin"),
        Metric("smape", "sMAPE"),
        Metric("mae", "MAE"),
        Metric("rmse", "RMSE"),
        Metric("mean_quantile_loss"),
        Metric("coverage80", direction="max"),
    ),
    flags=(
        Flag("target", "data.target", "Column to forecast, repeatable.", "columns", one_or_many),
        Flag("time", "data.time", "Column of dates or steps.", "column"),
        Flag("series", "data.series", "Column that identifies the series, or the cases.", "column"),
        Flag("past", "data.past", "Covariate known until now, repeatable.", "columns"),
        Flag("future", "data.future", "Covariate known ahead, repeatable.", "columns"),
        Flag("static", "data.static", "Column constant in each series, repeatable.", "columns"),
        Flag("horizon", "horizon", "Number of steps to forecast.", "integer"),
        Flag("lookback", "lookback", "Number of past steps that a network sees.", "integer"),
        Flag("freq", "data.frequency", "Time between two rows, such as h, D or MS."),
        Flag(
            "quantiles",
            "quantiles",
            "Quantiles to forecast, such as 0.05,0.5,0.95.",
            read=quantile_levels,
            note=median_note,
        ),
    ),
    backtests=True,
    examples="windows",
    limits=(
        "It predicts as many steps as its horizon, in the spacing of its data, and knows no event "
        "that is not in its columns.",
        "Its quantiles are as wide as errors were on the validation part; after a break in the "
        "data they are too narrow.",
    ),
)
