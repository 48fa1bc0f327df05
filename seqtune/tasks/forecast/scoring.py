"""Every forecasting metric of quantile forecasts, by the names of the leaderboard."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.metrics import forecast as metrics


def score_forecasts(
    quantiles: npt.NDArray[np.float64],
    actual: npt.NDArray[np.float64],
    observed: npt.NDArray[np.bool_],
    scale: npt.NDArray[np.float64],
    levels: tuple[float, ...],
    weights: npt.NDArray[np.float64] | None = None,
    given: tuple[float, ...] = (),
) -> dict[str, float]:
    """Return every forecasting metric by name.

    The interval from the lowest to the highest level gives the coverage; it is `coverage80` for
    the levels 0.1 and 0.9.

    Args:
        quantiles: (windows, horizon, levels).
        actual: (windows, horizon).
        observed: (windows, horizon).
        scale: (windows,), the denominators of MASE.
        levels: Quantile levels, ascending.
        weights: (windows,), the scales of the weighted scaled quantile loss; None leaves it out.
        given: The levels that are given out; all if empty. The weighted loss is over all.
    """
    weighted = {}
    if weights is not None:
        loss = metrics.weighted_scaled_quantile_loss(actual, quantiles, levels, weights, observed)
        weighted = {"weighted_scaled_quantile_loss": loss}
    places = [levels.index(level) for level in given or levels]
    quantiles, levels = quantiles[..., places], given or levels
    median = quantiles[..., levels.index(0.5)]
    scores = {
        **weighted,
        "mase": metrics.mase(actual, median, scale, observed),
        "smape": metrics.smape(actual, median, observed),
        "mae": metrics.mae(actual, median, observed),
        "rmse": metrics.rmse(actual, median, observed),
        "mean_quantile_loss": metrics.mean_quantile_loss(actual, quantiles, levels, observed),
    }
    if len(levels) > 1:
        width = round(100 * (levels[-1] - levels[0]))
        lower, upper = quantiles[..., 0], quantiles[..., -1]
        scores[f"coverage{width}"] = metrics.coverage(actual, lower, upper, observed)
    return scores
