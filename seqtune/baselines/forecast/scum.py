"""SCUM: the median of ETS, CES, ARIMA and Theta, step by step and quantile by quantile.

A simple combination of univariate models. One of the four that has no answer has no vote.

It is left out where `baselines.methods` is auto and the data is intermittent or long.

Source:
    Petropoulos and Svetunkov 2020, "A simple combination of univariate models", Int. J. of
    Forecasting 36(1).
"""

from __future__ import annotations

import warnings

import numpy as np

from seqtune.baselines.forecast import arima, ces, ets, theta
from seqtune.baselines.forecast._short import is_short
from seqtune.baselines.method import Floats, Histories, Levels, Periods

BLENDS = False  # `combination` knows more of the history, and is as quick

suits = is_short

MEMBERS = (ets, ces, arima, theta)


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by the median of what the four methods say."""
    votes = [each.forecast(histories, horizon, periods, levels) for each in MEMBERS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where none of the four has an answer
        middle: Floats = np.nanmedian(votes, axis=0)
    return middle
