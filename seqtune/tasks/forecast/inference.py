"""Forecasting windows with a trained network, and handing their histories to simple methods."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.window import Windows
from seqtune.progress import Advance, no_progress
from seqtune.runtime.programs import batch_rows
from seqtune.tasks._values import Network, Values
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.floor import floored
from seqtune.tasks.forecast.kept_preprocessing import KeptPreprocessing
from seqtune.tasks.forecast.preprocessing import preprocess

CHUNK = 1024
"""Windows that are preprocessed and predicted at a time."""

CHUNK_NUMBERS = 1 << 24
"""Numbers at most that these are asked and answer: long windows go through in smaller chunks."""


def forecast_windows(
    network: Network,
    coded: CodedPanel,
    windows: Windows,
    codec: Codec,
    values: Values,
    advance: Advance = no_progress,
    kept: KeptPreprocessing | None = None,
) -> npt.NDArray[np.float64]:
    """Forecast windows with a network, in chunks of one size so that it is compiled once.

    Args:
        network: The network.
        coded: The series.
        windows: Where forecasts begin.
        codec: What is known of the data.
        values: The configuration.
        advance: Hears how many more windows are done.
        kept: What other networks were given of the same windows.

    Returns:
        (windows, horizon, levels) float64 in the target's unit; not below zero where no value
        of the series was.
    """
    numbers = int(values["lookback"]) + codec.horizon * (1 + len(codec.levels))
    size = batch_rows(len(windows), max(1, min(CHUNK, CHUNK_NUMBERS // numbers)))
    forecasts = np.empty((len(windows), codec.horizon, len(codec.levels)))
    for start in range(0, len(windows), size):
        chosen = np.minimum(np.arange(start, start + size), len(windows) - 1)
        if kept is not None and size >= len(windows):
            preprocessed = kept.preprocessed(coded, windows[chosen], codec, values)
        else:
            preprocessed = preprocess(coded, windows[chosen], codec, values)
        output = preprocessed.restore(np.asarray(network(preprocessed.inputs)))
        forecasts[start : start + size] = output[: len(windows) - start]
        advance(min(size, len(windows) - start))
    return floored(forecasts, coded, windows)


def window_histories(coded: CodedPanel, windows: Windows) -> list[npt.NDArray[np.float64]]:
    """Return all values before each window's cut, ragged, outliers winsorized."""
    begin = np.minimum(coded.first_row[windows.series, windows.target], windows.cut - 1)
    histories = [
        np.asarray(coded.winsorized[first:cut, target])
        for first, cut, target in zip(begin, windows.cut, windows.target, strict=True)
    ]
    for window, row, value in coded.passing_outliers(windows, windows.cut):
        histories[window] = np.array(histories[window])
        histories[window][row - begin[window]] = value
    return histories
