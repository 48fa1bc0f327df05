"""Sparse counts: whole numbers, none below zero, most of them zero.

Half of the values and more being zero, the median is zero nearly everywhere: a forecast of nothing
has the least absolute error, and the seasonal naive error that MASE divides by is nearly nothing.
So such data has other levels, another metric and other quantiles:

- networks and simple methods forecast all of `LEVELS` beside the levels asked for, so that rare
  demand is seen by what chooses, and the point forecast can be the mean of all: 0.4 a day;
- models are compared by `metrics.forecast.weighted_scaled_quantile_loss`;
- quantiles are given out as whole numbers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.panel import Panel
from seqtune.data.panel.split import Split

Floats = npt.NDArray[np.float64]

LEVELS = (0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 0.99)
"""Quantiles that are forecast in any case."""

MIN_ZEROS = 0.5
"""Share of zeros from which on counts are sparse: the median is zero."""

ROUND_UP_FROM = 0.5
"""A quantile is the next whole number from this share of the way on."""


def zeros_of_counts(panel: Panel, split: Split) -> float:
    """Return the share of zeros in the training rows; 0 where not all are counts.

    Args:
        panel: The rows.
        split: Where training ends in each series.
    """
    zeros, known = 0, 0
    for begin, end in zip(split.begin, split.train_end, strict=True):
        values = panel.target[begin:end][panel.observed[begin:end]]
        if (values < 0).any() or (values % 1).any():
            return 0.0
        zeros, known = zeros + int((values == 0).sum()), known + len(values)
    return zeros / max(known, 1)


def all_levels(asked: tuple[float, ...]) -> tuple[float, ...]:
    """Return the levels that are forecast, ascending.

    Args:
        asked: Those that are given out.
    """
    more = [level for level in LEVELS if all(abs(level - each) > 1e-9 for each in asked)]
    return tuple(sorted((*asked, *more)))


def mean_of(quantiles: Floats, levels: tuple[float, ...]) -> Floats:
    """Return the mean of the distribution that has these quantiles, (windows, horizon).

    Each stands for the probabilities that are nearer to it than to another.

    Args:
        quantiles: (windows, horizon, levels), not rounded.
        levels: Their levels, ascending.

    Example:
        >>> mean_of(np.array([[[0.0, 1.0]]]), (0.25, 0.75))
        array([[0.5]])
    """
    between = (np.array(levels[1:]) + np.array(levels[:-1])) / 2
    return np.asarray(quantiles @ np.diff(np.concatenate([[0.0], between, [1.0]])))


def rounded(quantiles: Floats) -> Floats:
    """Return quantiles as whole numbers; they still ascend.

    Args:
        quantiles: (windows, horizon, levels).
    """
    whole: Floats = np.floor(quantiles + (1 - ROUND_UP_FROM))
    return whole
