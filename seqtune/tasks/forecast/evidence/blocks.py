"""Everything that a page shows of a forecasting run, gathered from its data and predictions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.time_text import format_times
from seqtune.drawing.wording import literal
from seqtune.figures.block import Block
from seqtune.tasks._values import Tested
from seqtune.tasks.forecast.evidence.by_calendar import calendar_block
from seqtune.tasks.forecast.evidence.by_origin import origins_block
from seqtune.tasks.forecast.evidence.by_series import series_block
from seqtune.tasks.forecast.evidence.by_step import steps_block
from seqtune.tasks.forecast.evidence.cases import Cases
from seqtune.tasks.forecast.evidence.choice import chosen_windows
from seqtune.tasks.forecast.evidence.cycles import cycles_of
from seqtune.tasks.forecast.evidence.gallery import MOST_STEPS, Stretch, gallery_block
from seqtune.tasks.forecast.evidence.intervals import intervals_block
from seqtune.tasks.forecast.evidence.losses import (
    Losses,
    absolute_errors,
    quantile_losses,
    scaled_errors,
)
from seqtune.tasks.forecast.evidence.skill import skill_block
from seqtune.tasks.forecast.floor import given_out
from seqtune.tasks.forecast.info import INFO
from seqtune.tasks.forecast.prepared import Prepared

Floats = npt.NDArray[np.float64]

HISTORY_HORIZONS, LEAST_HISTORY, MOST_HISTORY = 4, 48, 1_000
"""Steps of history beside a forecast: so many horizons, within these bounds."""


def blocks_of(prepared: Prepared, tested: Tested) -> tuple[Block, ...]:
    """Return the blocks of a run, the most telling first.

    Args:
        prepared: The data.
        tested: What was predicted for the test part, (windows, horizon, levels) each.
    """
    if not len(prepared.windows["test"]):
        return ()
    made = {
        name: given_out(each, prepared.coded, prepared.windows["test"])
        for name, each in tested.predictions.items()
    }
    cases = _cases(prepared, tested, made)
    losses = _losses(prepared, cases, made)
    if not any(np.isfinite(each).any() for each in losses.by_model.values()):
        losses = absolute_errors(cases, "mean absolute error")
    time = literal(prepared.codec.roles["time"] or "step")
    is_alone = len(cases.lines) == 1
    choices = chosen_windows(losses)
    stretches = [_stretch(prepared, choice.window) for choice in choices]
    grid = prepared.panel.grid
    starts = format_times(grid.times(cases.start)) if is_alone else []
    blocks = (
        gallery_block(losses, choices, stretches, time),
        steps_block(losses, literal(prepared.panel.target_names[0]) if is_alone else ""),
        series_block(losses),
        skill_block(losses),
        intervals_block(cases),
        calendar_block(losses, cycles_of(grid, cases.start, cases.horizon)),
        origins_block(losses, starts, time) if is_alone else None,
    )
    return tuple(block for block in blocks if block is not None)


def _cases(prepared: Prepared, tested: Tested, made: dict[str, Floats]) -> Cases:
    """Return the windows of the test part, without levels that are not given out."""
    codec, panel, windows = prepared.codec, prepared.panel, prepared.windows["test"]
    levels = tuple(codec.given or codec.levels)
    places = [codec.levels.index(level) for level in levels]
    units = windows.target * len(panel.series) + windows.series
    present, line = np.unique(units, return_inverse=True)
    actual, observed = prepared.encoded("test").truth
    return Cases(
        lines=tuple(_line_name(prepared, int(unit)) for unit in present),
        line=np.asarray(line.reshape(-1), np.int64),
        start=panel.starts[windows.series] + windows.cut - panel.offsets[windows.series],
        actual=actual,
        observed=observed & np.isfinite(actual),
        quantiles={name: each[..., places] for name, each in made.items()},
        levels=levels,
        model=tested.model,
        baseline=tested.baseline,
        counts=codec.counts,
        left_out=len(panel.series) * len(panel.target_names) - len(present),
    )


def _line_name(prepared: Prepared, unit: int) -> str:
    """Return the name of a series and a target, as far as there are several of either."""
    target, series = divmod(unit, len(prepared.panel.series))
    names = (prepared.panel.series[series], prepared.panel.target_names[target])
    if len(prepared.panel.target_names) == 1:
        return names[0] or names[1]
    return f"{names[0]}, {names[1]}" if names[0] else names[1]


def _losses(prepared: Prepared, cases: Cases, made: dict[str, Floats]) -> Losses:
    """Return what the metric of the run counts."""
    windows, coded = prepared.windows["test"], prepared.coded
    title = INFO.metric(prepared.metric).title
    if prepared.metric == "mase":
        return scaled_errors(cases, coded.mase_scale(windows, cases.observed), title)
    where = windows.series, windows.target
    scale = np.where(coded.constant[where], 0.0, coded.error_scale[where])
    return quantile_losses(cases, made, prepared.codec.levels, scale, title)


def _stretch(prepared: Prepared, window: int) -> Stretch:
    """Return what surrounds a window of the test part."""
    panel, windows, horizon = prepared.panel, prepared.windows["test"], prepared.codec.horizon
    series, target = int(windows.series[window]), int(windows.target[window])
    cut, origin = int(windows.cut[window]), int(panel.offsets[series])
    before = min(max(LEAST_HISTORY, HISTORY_HORIZONS * horizon), MOST_HISTORY)
    first = max(origin, cut - before)
    seen = panel.observed[first:cut, target]
    steps = np.arange(first, cut + min(horizon, MOST_STEPS)) - origin + int(panel.starts[series])
    return Stretch(
        times=format_times(panel.grid.times(steps)),
        history=np.where(seen, panel.target[first:cut, target], np.nan),
        target=panel.target_names[target],
    )
