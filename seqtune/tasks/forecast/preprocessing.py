"""How the numbers of a window are put before the network, and how its output is read back.

What surrounds the network decides more than the cell: each window is centred and scaled by its
own recent values, and the network predicts the difference from a simple base forecast.

    forecast = base + scale * network(history, future, identity, static)

All of this may be of the logarithms of the window; see `transform`.
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
from seqtune.tasks.forecast.gather import (
    calendar_rows,
    covariate_rows,
    effect_rows,
    known_ahead,
    observed_rows,
    past_values,
)
from seqtune.tasks.forecast.scale import center_and_scale
from seqtune.tasks.forecast.transform import Transform

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

MAX_WEIGHT = 10.0
"""No window weighs more than this many times an ordinary one in the loss."""

LARGEST = 1e6
"""Units beyond which a network sees no value, nor learns to say one: its squares stay finite."""

RELATIVE_UNIT = 5.0
"""Relative errors are counted in fifths, so that a usual window weighs about one in the loss."""


@dataclass(frozen=True)
class Preprocessed:
    """A batch of windows as the network takes them, and what leads back to the user's unit.

    Args:
        inputs: Arrays by input name: `history` (windows, lookback, channels), and, where used,
            `future` (windows, horizon, features), `identity` (windows,), `static`
            (windows, features); float32, identity int32.
        base: (windows, horizon) float64, the forecast that the network's output is added to, as
            the values were transformed.
        scale: (windows,) float64, the unit of the network's output.
        transform: What was done to the values.
    """

    inputs: dict[str, npt.NDArray[Any]]
    base: Floats
    scale: Floats
    transform: Transform

    def restore(self, output: npt.NDArray[Any]) -> Floats:
        """Turn network output (windows, horizon, levels) into the target's own unit."""
        restored: Floats = self.base[..., None] + self.scale[:, None, None] * output
        return self.transform.invert(restored)

    def reduce(self, actual: Floats) -> npt.NDArray[np.float32]:
        """Turn actual values (windows, horizon) into the unit of the network's output."""
        reduced = (self.transform.apply(actual) - self.base) / self.scale[:, None]
        return np.clip(reduced, -LARGEST, LARGEST).astype(np.float32)

    @property
    def unit(self) -> Floats:
        """What a step of one of the output is in the target, at the base, (windows, horizon)."""
        return self.scale[:, None] * self.transform.slope(self.base)


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
    past, valid = past_values(coded, windows, depth)  # (windows, depth), newest step last
    kind = str(values.get("preprocessing.transform", "none"))
    transform = Transform.of(coded, windows, past, valid, kind)
    past = np.where(valid, transform.apply(past), 0.0)
    history, seen = past[:, -lookback:], valid[:, -lookback:]
    plain, brought = past, np.zeros((len(windows), 1))
    if values.get("preprocessing.effects", True) and coded.panel.future_names:
        steps = windows.cut[:, None] + np.arange(-depth, horizon)
        effects = effect_rows(coded, codec, windows, steps)
        plain, brought = np.where(valid, past - effects[:, :depth], 0.0), effects[:, depth:]
    center, scale = center_and_scale(coded, windows, plain[:, -lookback:], seen, codec, values)
    base = base_forecast(plain, valid, center, codec, str(values["preprocessing.base"])) + brought

    def in_units(values: Floats) -> Floats:
        return np.clip((values - center[:, None]) / scale[:, None], -LARGEST, LARGEST)

    scaled = np.where(seen, in_units(history), 0.0)
    rows = windows.cut[:, None] + np.arange(-lookback, horizon)
    channels: list[npt.NDArray[Any]] = [
        scaled[..., None],
        observed_rows(coded, windows, rows[:, :lookback])[..., None],
    ]
    ahead: list[npt.NDArray[Any]] = [in_units(base)[..., None]]
    if values["preprocessing.covariates"] and coded.panel.past_names:
        channels.append(
            covariate_rows(coded, codec.past.apply, coded.panel.past, windows, rows[:, :lookback])
        )
    if coded.panel.future_names:
        known = known_ahead(coded, codec, windows, rows)
        channels.append(known[:, :lookback])
        ahead.append(known[:, lookback:])
    if values["preprocessing.calendar"] and coded.calendar.features:
        calendar = calendar_rows(coded, windows, rows)
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
    return Preprocessed(inputs, base, scale, transform)


def channel_names(
    coded: CodedPanel, codec: Codec, values: Mapping[str, Any]
) -> dict[str, list[tuple[str, str]]]:
    """Return what each channel of `history` and `future` is, in the order of `preprocess`.

    Args:
        coded: The panel.
        codec: What is known of its covariates; a column of words has a channel for each.
        values: The configuration.

    Returns:
        For each input, kind and column of its channels: "target" (the value, and whether it was
        observed), "base", "past", "future" or "calendar"; the column is empty but for covariates.
    """
    history, ahead = [("target", ""), ("target", "")], [("base", "")]
    if values["preprocessing.covariates"]:
        history += [("past", name) for name in codec.past.features]
    known = [("future", name) for name in codec.future.features]
    if values["preprocessing.calendar"]:
        known += [("calendar", "")] * coded.calendar.features
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
    weight, unit = np.ones(len(windows))[:, None], preprocessed.unit
    if coded.counts:
        loss, weight = "", unit / coded.pooled_error
    if loss in ("scaled_quantile", "balanced_quantile"):
        weight = unit / coded.usual_error[windows.series, windows.target][:, None]
    if loss in ("relative_quantile", "balanced_quantile"):
        base = preprocessed.transform.invert(preprocessed.base)
        level = (np.abs(np.where(observed, actual, 0.0)) + np.abs(base)) / 2
        with np.errstate(over="ignore", divide="ignore"):  # a level of nothing: the largest weight
            relative = RELATIVE_UNIT * unit / level
        halves = np.minimum(weight, MAX_WEIGHT) + np.minimum(relative, MAX_WEIGHT)
        weight = relative if loss == "relative_quantile" else halves / 2
    has_history = windows.cut > coded.first_row[windows.series, windows.target]
    weight = np.minimum(weight, MAX_WEIGHT) * has_history[:, None]
    return (observed * weight).astype(np.float32)
