"""How the numbers of a window are put before the network, and how its output is read back.

What surrounds the network decides more than the cell: each window is centred and scaled by its
own recent values, and the network predicts the difference from a simple base forecast.

    forecast = base + scale * network(history, future, identity, static)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.window import Windows
from seqtune.tasks.forecast.base import base_forecast, reach
from seqtune.tasks.forecast.codec import Codec
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.scale import center_and_scale

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

MAX_WEIGHT = 10.0
"""No window weighs more than this many times an ordinary one in the loss."""

RELATIVE_UNIT = 5.0
"""Relative errors are counted in fifths, so that a usual window weighs about one in the loss."""


@dataclass(frozen=True)
class Preprocessed:
    """A batch of windows as the network takes them, and what leads back to the user's unit.

    Args:
        inputs: Arrays by input name: `history` (windows, lookback, channels), and, where used,
            `future` (windows, horizon, features), `identity` (windows,), `static`
            (windows, features); float32, identity int32.
        base: (windows, horizon) float64, the forecast that the network's output is added to.
        scale: (windows,) float64, the unit of the network's output.
    """

    inputs: dict[str, npt.NDArray[Any]]
    base: Floats
    scale: Floats

    def restore(self, output: npt.NDArray[Any]) -> Floats:
        """Turn network output (windows, horizon, levels) into the target's own unit."""
        restored: Floats = self.base[..., None] + self.scale[:, None, None] * output
        return restored

    def reduce(self, actual: Floats) -> npt.NDArray[np.float32]:
        """Turn actual values (windows, horizon) into the unit of the network's output."""
        return ((actual - self.base) / self.scale[:, None]).astype(np.float32)


def preprocess(
    coded: CodedPanel, windows: Windows, codec: Codec, values: Mapping[str, Any]
) -> Preprocessed:
    """Gather windows and arrange them as one configuration of the search wants them.

    Args:
        coded: The panel with its scales.
        windows: Which windows.
        codec: Horizon and seasonal periods.
        values: The configuration; `lookback` and every `preprocessing.…` key.
    """
    lookback, horizon = int(values["lookback"]), codec.horizon
    depth = max(lookback, *(reach(period, horizon) for period in (1, *codec.periods)))
    past, valid = _past(coded, windows, depth)  # (windows, depth), newest step last
    history, seen = past[:, -lookback:], valid[:, -lookback:]
    center, scale = center_and_scale(coded, windows, history, seen, codec, values)
    base = base_forecast(past, valid, center, codec, str(values["preprocessing.base"]))

    scaled = np.where(seen, (history - center[:, None]) / scale[:, None], 0.0)
    rows = windows.cut[:, None] + np.arange(-lookback, horizon)
    channels: list[npt.NDArray[Any]] = [
        scaled[..., None],
        _observed(coded, windows, rows[:, :lookback])[..., None],
    ]
    ahead: list[npt.NDArray[Any]] = [((base - center[:, None]) / scale[:, None])[..., None]]
    if values["preprocessing.covariates"] and coded.panel.past_names:
        channels.append(
            _rows(coded, codec.past.apply, coded.panel.past, windows, rows[:, :lookback])
        )
    if coded.panel.future_names:
        known = _known_ahead(coded, codec, windows, rows)
        channels.append(known[:, :lookback])
        ahead.append(known[:, lookback:])
    if values["preprocessing.calendar"] and coded.calendar.shape[1]:
        calendar = _calendar(coded, windows, rows)
        channels.append(calendar[:, :lookback])
        ahead.append(calendar[:, lookback:])
    inputs: dict[str, npt.NDArray[Any]] = {
        "history": np.concatenate(channels, axis=2, dtype=np.float32),
        "future": np.concatenate(ahead, axis=2, dtype=np.float32),
    }
    if has_identity(codec, values):
        identity = coded.identity[windows.series].astype(np.int32)
        targets = len(coded.panel.target_names)
        inputs["identity"] = np.where(
            identity > 0, (identity - 1) * targets + windows.target + 1, 0
        )
        inputs["identity"] = inputs["identity"].astype(np.int32)
    if coded.static.shape[1]:
        inputs["static"] = coded.static[windows.series]
    return Preprocessed(inputs, base, scale)


def channel_names(coded: CodedPanel, values: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Return what each channel of `history` and `future` is, in the order of `preprocess`.

    Args:
        coded: The panel.
        values: The configuration.

    Returns:
        For each input, kind and column of its channels: "target" (the value, and whether it was
        observed), "base", "past", "future" or "calendar"; the column is empty but for covariates.
    """
    panel = coded.panel
    history, ahead = [("target", ""), ("target", "")], [("base", "")]
    if values["preprocessing.covariates"]:
        history += [("past", name) for name in panel.past_names]
    known = [("future", name) for name in panel.future_names]
    if values["preprocessing.calendar"]:
        known += [("calendar", "")] * coded.calendar.shape[1]
    return {"history": history + known, "future": ahead + known}


def has_identity(codec: Codec, values: Mapping[str, Any]) -> bool:
    """Say whether a configuration embeds the identity of each series and target."""
    return int(values["preprocessing.embedding"]) > 0 and codec.error_scale.size > 1


def actual_values(
    coded: CodedPanel, windows: Windows, horizon: int, *, winsorized: bool = True
) -> tuple[Floats, Booleans]:
    """Return what really came, (windows, horizon), and where it was observed.

    Steps past a window's limit are not looked at: they are NaN and not observed.

    Args:
        coded: The panel.
        windows: Which windows.
        horizon: Steps ahead.
        winsorized: Whether outliers count as less than they are: to learn from, and to choose by.
    """
    rows = windows.cut[:, None] + np.arange(horizon)
    inside = rows < windows.limit[:, None]
    rows = np.minimum(rows, len(coded.panel.target) - 1)
    column = windows.target[:, None]
    observed = inside & coded.panel.observed[rows, column]
    if winsorized:
        values = coded.gather(windows, rows, windows.limit)
    else:
        values = coded.panel.target[rows, column]
    return np.where(inside, values, np.nan), observed


def step_weights(
    coded: CodedPanel,
    windows: Windows,
    preprocessed: Preprocessed,
    truth: tuple[Floats, Booleans],
    loss: str,
) -> npt.NDArray[np.float32]:
    """Return the weight of each step in the loss, (windows, horizon) float32.

    `quantile` counts errors in units of each window's scale; `scaled_quantile` counts them in
    units of MASE, which is what the leaderboard measures; `relative_quantile` counts them in units
    of the mean of truth and base, as sMAPE does; `balanced_quantile` counts half of either. Steps
    not observed weigh nothing, nor do windows without any history. Errors of sparse counts are
    counted alike in all series, whatever the loss, as the leaderboard does.

    Args:
        coded: The panel, for the denominators of MASE.
        windows: Which windows.
        preprocessed: The same windows, preprocessed.
        truth: What came and where it was observed, (windows, horizon), from `actual_values`.
        loss: Value of `training.loss`.
    """
    actual, observed = truth
    weight = np.ones(len(windows))[:, None]
    if coded.counts:
        loss, weight = "", (preprocessed.scale / coded.pooled_error)[:, None]
    if loss in ("scaled_quantile", "balanced_quantile"):
        usual_error = coded.usual_error[windows.series, windows.target]
        weight = (preprocessed.scale / usual_error)[:, None]
    if loss in ("relative_quantile", "balanced_quantile"):
        level = (np.abs(np.where(observed, actual, 0.0)) + np.abs(preprocessed.base)) / 2
        relative = RELATIVE_UNIT * preprocessed.scale[:, None] / np.maximum(level, 1e-300)
        halves = np.minimum(weight, MAX_WEIGHT) + np.minimum(relative, MAX_WEIGHT)
        weight = relative if loss == "relative_quantile" else halves / 2
    has_history = windows.cut > coded.first_row[windows.series, windows.target]
    weight = np.minimum(weight, MAX_WEIGHT) * has_history[:, None]
    return (observed * weight).astype(np.float32)


def _past(coded: CodedPanel, windows: Windows, depth: int) -> tuple[Floats, Booleans]:
    """Gather the `depth` values before each cut; what lies before the first is not valid, and 0."""
    rows = windows.cut[:, None] + np.arange(-depth, 0)
    valid = rows >= coded.first_row[windows.series, windows.target][:, None]
    values = coded.gather(windows, np.maximum(rows, 0), windows.cut)
    return np.where(valid, values, 0.0), valid


def _observed(coded: CodedPanel, windows: Windows, rows: npt.NDArray[np.int64]) -> Booleans:
    """Return where a history holds a value that was measured, not filled, nor before the series."""
    begin = coded.panel.offsets[windows.series][:, None]
    observed = coded.panel.observed[np.maximum(rows, begin), windows.target[:, None]]
    return observed & (rows >= begin)


def _rows(
    coded: CodedPanel, scale: Any, table: Floats, windows: Windows, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Gather scaled covariates; rows before the series repeat its first."""
    begin = coded.panel.offsets[windows.series][:, None]
    gathered: npt.NDArray[np.float32] = scale(table[np.maximum(rows, begin)])
    return gathered


def _known_ahead(
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


def _calendar(
    coded: CodedPanel, windows: Windows, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Gather calendar features over history and horizon."""
    panel = coded.panel
    step = rows - panel.offsets[windows.series][:, None] + panel.starts[windows.series][:, None]
    features: npt.NDArray[np.float32] = coded.calendar[
        np.clip(step - coded.first_step, 0, len(coded.calendar) - 1)
    ]
    return features
