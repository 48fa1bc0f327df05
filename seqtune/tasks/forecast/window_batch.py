"""Windows as simple methods take them that learn from all series together."""

from __future__ import annotations

import numpy as np

from seqtune.baselines.window_batch import WindowBatch
from seqtune.data.panel.window import Windows
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.gather import (
    calendar_rows,
    covariate_rows,
    known_ahead,
    past_values,
)


def window_batch(coded: CodedPanel, windows: Windows, codec: Codec, reach: int) -> WindowBatch:
    """Gather what is known at the origin of each window.

    Args:
        coded: The panel with its scales.
        windows: Which windows.
        codec: Horizon, and the scales of covariates.
        reach: Steps of history.
    """
    rows = windows.cut[:, None] + np.arange(-reach, codec.horizon)
    values, valid = past_values(coded, windows, reach)
    known = [known_ahead(coded, codec, windows, rows), calendar_rows(coded, windows, rows)]
    past = covariate_rows(coded, codec.past.apply, coded.panel.past, windows, rows[:, :reach])
    targets = len(coded.panel.target_names)
    identity = coded.identity[windows.series].astype(np.int64) - 1
    where = windows.series, windows.target
    # between the deviation, which is large where the level moves, and the error that is scored
    unit = np.sqrt(coded.usual_error[where]) * np.sqrt(coded.spread[where])
    unit = np.where(coded.constant[where], coded.usual_error[where], unit)
    return WindowBatch(
        values=values,
        valid=valid,
        known=np.concatenate(known, axis=2, dtype=np.float32),
        past=past,
        static=coded.static[windows.series],
        series=np.where(identity >= 0, identity * targets + windows.target, -1),
        unit=unit,
    )
