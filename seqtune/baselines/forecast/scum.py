"""SCUM: the median of ETS, CES, ARIMA and Theta, step by step and quantile by quantile.

A simple combination of univariate models. One of the four that has no answer has no vote.

It runs where `baselines.methods` names it: the four are on the leaderboard by themselves.

Source:
    Petropoulos and Svetunkov 2020, "A simple combination of univariate models", Int. J. of
    Forecasting 36(1).
"""

from __future__ import annotations

import warnings

import numpy as np

from seqtune.baselines.forecast import arima, ces, ets, theta
from seqtune.baselines.method import Floats, Histories, Levels, Periods

MEMBERS = (ets, ces, arima, theta)


def suits(histories: Histories) -> bool:
    """Say that no data asks for it."""
    return False


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by the median of what the four methods say."""
    votes = [each.forecast(histories, horizon, periods, levels) for each in MEMBERS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where none of the four has an answer
        middle: Floats = np.nanmedian(votes, axis=0)
    return middle
