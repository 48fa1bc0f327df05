"""Gathering the rows of windows: values, covariates and the calendar, over history and horizon."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.window import Windows
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.coded import CodedPanel

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


def past_values(coded: CodedPanel, windows: Windows, depth: int) -> tuple[Floats, Booleans]:
    """Gather the `depth` values before each cut; what lies before the first is not valid, and 0."""
    rows = windows.cut[:, None] + np.arange(-depth, 0)
    valid = rows >= coded.first_row[windows.series, windows.target][:, None]
    values = coded.gather(windows, np.maximum(rows, 0), windows.cut)
    return np.where(valid, values, 0.0), valid


def observed_rows(coded: CodedPanel, windows: Windows, rows: npt.NDArray[np.int64]) -> Booleans:
    """Return where a history holds a value that was measured, not filled, nor before the series."""
    begin = coded.panel.offsets[windows.series][:, None]
    observed = coded.panel.observed[np.maximum(rows, begin), windows.target[:, None]]
    return observed & (rows >= begin)


def covariate_rows(
    coded: CodedPanel, scale: Any, table: Floats, windows: Windows, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Gather scaled covariates; rows before the series repeat its first."""
    begin = coded.panel.offsets[windows.series][:, None]
    gathered: npt.NDArray[np.float32] = scale(table[np.maximum(rows, begin)])
    return gathered


def known_ahead(
    coded: CodedPanel, codec: Codec, windows: Windows, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Gather covariates known ahead over history and horizon, past the last row from `ahead`.

    A value that nobody gave stands at its mean, which is zero after scaling.
    """
    panel = coded.panel
    begin = panel.offsets[windows.series][:, None]
    end = panel.offsets[windows.series + 1][:, None]
    within = panel.future[np.clip(rows, begin, end - 1)]
    if panel.ahead.shape[1]:
        beyond = np.clip(rows - end, 0, panel.ahead.shape[1] - 1)
        later = panel.ahead[windows.series[:, None], beyond]
        later = np.where((rows - end < panel.ahead.shape[1])[..., None], later, np.nan)
    else:
        later = np.full_like(within, np.nan)
    return np.nan_to_num(codec.future.apply(np.where((rows < end)[..., None], within, later)))


def effect_rows(
    coded: CodedPanel, codec: Codec, windows: Windows, rows: npt.NDArray[np.int64]
) -> Floats:
    """Return what covariates known ahead bring at each row, (windows, rows), in the data's unit."""
    effects = coded.effects[windows.series, windows.target]  # (windows, features)
    known = known_ahead(coded, codec, windows, rows)
    brought: Floats = np.einsum("wrf,wf->wr", known, effects)
    return brought


def calendar_rows(
    coded: CodedPanel, windows: Windows, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Gather calendar features over history and horizon."""
    panel = coded.panel
    step = rows - panel.offsets[windows.series][:, None] + panel.starts[windows.series][:, None]
    return coded.calendar.at(step)
