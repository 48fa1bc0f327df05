"""What the methods of statsforecast share: a model per history, quantiles, failures.

The library's optimisers stop at absolute tolerances: each history is brought to values about
1,000, as in the competitions that it was made for, and its forecast back.

The library forecasts central intervals; the quantile q is the lower or upper bound of the
interval of |1 - 2q| * 100 per cent.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from seqtune.baselines.method import Floats, Histories, Levels, Periods

USUAL_EXPONENT = 10
"""The largest value of a history, its sign aside, is brought between 2 ** 9 and 2 ** 10: powers of
two lose no digit."""

Fit = Callable[[Floats, list[float]], Mapping[str, Any]]


def forecast_each(histories: Histories, horizon: int, levels: Levels, fit: Fit) -> Floats:
    """Fit and forecast each history by itself.

    Args:
        histories: A (steps,) array per window, without NaN.
        horizon: Steps ahead.
        levels: Quantile levels in ascending order.
        fit: Called with a history and the central intervals wanted, in per cent; returns the
            library's answer: (horizon,) arrays by the names `mean`, `lo-80.0`, `hi-80.0`, ….

    Returns:
        (windows, horizon, 1 + levels), float64: the point forecast, then the quantiles in
        ascending order. A row is NaN where the method has no answer (a history too short for
        it, a fit that failed): `ForecastFitting` puts the seasonal naive forecast there and counts
        it.
    """
    centres = [round(abs(1.0 - 2.0 * level) * 100.0, 6) for level in levels]
    wanted = sorted({centre for centre in centres if centre > 0.0})
    result = np.full((len(histories), horizon, 1 + len(levels)), np.nan)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for window, history in enumerate(histories):
            # The library says "no" with exceptions of every kind, a bare Exception among them.
            values = np.array(history, dtype=np.float64)
            exponent = USUAL_EXPONENT - int(np.frexp(np.abs(values).max())[1])
            try:
                answer = fit(np.ldexp(values, exponent), wanted)
            except Exception:
                continue
            named = ["mean", *map(_name, levels, centres)]
            result[window] = np.ldexp(np.stack([answer[name] for name in named], 1), -exponent)
    result[..., 1:].sort(axis=-1)
    return result


def forecast_by_model(
    histories: Histories,
    horizon: int,
    periods: Periods,
    levels: Levels,
    make: Callable[[int], Any],
    *,
    max_history: int,
    max_season: int,
) -> Floats:
    """Forecast each history by a model of the library that has one season.

    The season is the longest period that the history holds twice; 1 for none.

    Args:
        histories: A (steps,) array per window, without NaN.
        horizon: Steps ahead.
        periods: Seasonal periods in steps.
        levels: Quantile levels in ascending order.
        make: From the season, in steps, to the model.
        max_history: Steps of history that are looked at.
        max_season: Longer periods are left out.

    Returns:
        (windows, horizon, 1 + levels), as `forecast_each`.
    """
    short = tuple(period for period in periods if period <= max_season)

    def fit(history: Floats, intervals: list[float]) -> Mapping[str, Any]:
        recent = history[-max_history:]
        model = make(longest_period(short, len(recent), cycles=2))
        answer: Mapping[str, Any] = model.forecast(y=recent, h=horizon, level=intervals or None)
        return answer

    return forecast_each(histories, horizon, levels, fit)


def longest_period(periods: tuple[int, ...], steps: int, cycles: int) -> int:
    """Return the longest period of which `steps` hold at least so many cycles, 1 if none.

    Example:
        >>> longest_period((24, 168), steps=400, cycles=3)
        24
    """
    return max((period for period in periods if period * cycles <= steps), default=1)


def _name(level: float, centre: float) -> str:
    if centre == 0.0:
        return "mean"
    return f"lo-{centre}" if level < 0.5 else f"hi-{centre}"
