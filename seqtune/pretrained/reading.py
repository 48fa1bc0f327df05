"""What a network is shown of a history: all by NumPy, alike in training and afterwards.

A history is brought to the unit of its own noise. The season told is taken out by a moving
average and the mean of each phase; levels and slopes at the end come from weighted lines of every
memory, from one step to the whole history. The network weighs these, and corrects them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.pretrained.arrays import Booleans, Floats, Integers, Singles
from seqtune.pretrained.autoregression import PATHS, SEASONAL_PATHS, paths, seasonal_paths
from seqtune.pretrained.decomposition import Decomposed, decompose
from seqtune.pretrained.lines import ERRORS, LEADS, LEVELS, MEMORIES, foretold, lines
from seqtune.pretrained.rows import values_at
from seqtune.pretrained.summary import LAGS, WIDTH, changes, lag_errors, summarise

PATCH = 8
"""Steps of a history that the recurrence reads at once."""

CHANNELS = 5
"""Numbers of each of these steps."""

SLOPES, SEASONS = len(MEMORIES) + 1, LAGS + 2
ROUTES = 2 * SEASONAL_PATHS
"""Paths by the change over the season told, and over so many seasons as changed least."""

LOCAL = 3 * LAGS + 9 + PATHS + ROUTES
SUMMARY = LEVELS - 1 + SLOPES + ERRORS + PATHS + WIDTH + ROUTES


@dataclass(frozen=True)
class Reading:
    """A batch of histories as the network sees them; all float32, in the unit of each history.

    Args:
        patches: (batch, patches, PATCH * CHANNELS), what the recurrence reads.
        summary: (batch, SUMMARY), sizes and ratios of the whole history.
        local: (batch, horizon, LOCAL), what is known of each step ahead.
        levels: (batch, LEVELS), where the series, its season taken out, may be now.
        slopes: (batch, SLOPES), what it may gain a step.
        seasons: (batch, horizon, SEASONS), what the season may add at each step ahead.
        lags: (batch, horizon, LAGS), the same phase of the seasons before, as it was.
        paths: (batch, horizon, PATHS), where autoregressions lead, the season taken out.
        routes: (batch, horizon, ROUTES), where autoregressions of changes over seasons lead.
        there: (batch, horizon, LAGS), 1 where the history reaches so far back.
        trust: (batch, LEVELS), minus how much worse than the best each level foretold the end.
        habit: (batch, LAGS), likewise of the seasons before.
        center: (batch,), float64, in the unit of the data.
        unit: (batch,), float64, likewise.
    """

    patches: Singles
    summary: Singles
    local: Singles
    levels: Singles
    slopes: Singles
    seasons: Singles
    lags: Singles
    paths: Singles
    routes: Singles
    there: Singles
    trust: Singles
    habit: Singles
    center: Floats
    unit: Floats

    def inputs(self) -> dict[str, Singles]:
        """Return what the network takes, by name."""
        names = "patches summary local levels slopes seasons lags paths routes there trust habit"
        return {name: getattr(self, name) for name in names.split()}


def read(
    history: Floats, known: Booleans, lengths: Integers, periods: Integers, ahead: Integers
) -> Reading:
    """Read a batch of histories.

    Args:
        history: (batch, steps), the newest last, gaps filled; what is before a series is ignored.
            `steps` is a multiple of `PATCH`.
        known: The same shape; false where a gap was filled.
        lengths: (batch,), steps of each history.
        periods: (batch,), steps of a season; 1 for none.
        ahead: (batch, horizon), which steps after the history are asked for; 1 is the next.
    """
    parts = decompose(history, known, lengths, periods)
    levels, slopes = (each[:, 0] for each in lines(parts.adjusted, parts.known, np.zeros(1, int)))
    slopes = np.concatenate([slopes, parts.growth[:, None]], axis=1)
    led, unexplained = paths(parts.adjusted, parts.known, ahead)
    errors = lag_errors(parts)
    steadiest = parts.period * (1 + errors.argmin(axis=1))
    routes, changed = (
        np.concatenate(both, axis=-1)
        for both in zip(
            *(seasonal_paths(parts.scaled, parts.there, lag, ahead)
              for lag in (parts.period, steadiest)),
            strict=True,
        )
    )  # fmt: skip
    last = levels[:, None, :1]
    steps = _steps_ahead(parts, led, levels[:, :1], ahead)
    local = [steps.local, np.arcsinh(routes - last)]
    fits = foretold(parts.adjusted, parts.known, lengths)
    excess = fits.reshape(len(history), len(LEADS), LEVELS + 1)[..., 1:]
    summary = [
        np.arcsinh(levels[:, 1:] - levels[:, :1]),
        np.arcsinh(10.0 * slopes),
        *(fits, unexplained, summarise(history, parts), changed),
    ]

    def single(values: npt.NDArray[Any]) -> Singles:
        return values.astype(np.float32)

    return Reading(
        patches=single(_patches(parts, levels)),
        summary=single(np.concatenate(summary, axis=-1)),
        local=single(np.concatenate(local, axis=-1)),
        levels=single(levels),
        slopes=single(slopes),
        seasons=single(steps.seasons),
        lags=single(steps.lags),
        paths=single(led),
        routes=single(routes),
        there=single(steps.there),
        trust=single(-excess.mean(axis=1)),
        habit=single(errors.min(axis=1, keepdims=True) - errors),
        center=parts.center,
        unit=parts.unit,
    )


def _patches(parts: Decomposed, levels: Floats) -> Floats:
    """Return what the recurrence reads, (batch, patches, PATCH * CHANNELS)."""
    batch, steps = parts.scaled.shape
    channels = [
        np.arcsinh(parts.scaled - levels[:, :1]),
        np.arcsinh(changes(parts)),
        np.arcsinh(parts.season_change),
        np.arcsinh(parts.adjusted - levels[:, 4:5]),
        parts.known - 0.5,
    ]
    patches = np.stack([np.where(parts.there, each, 0.0) for each in channels], axis=-1)
    return patches.reshape(batch, steps // PATCH, PATCH * CHANNELS)


@dataclass(frozen=True)
class _Ahead:
    """What is known of steps ahead, as `Reading` has it, and where seasons before it are there."""

    local: Floats
    seasons: Floats
    lags: Floats
    there: Booleans


def _steps_ahead(parts: Decomposed, led: Floats, last: Floats, ahead: Integers) -> _Ahead:
    """Return what the history says of each step ahead.

    Args:
        parts: The histories, taken apart.
        led: (batch, horizon, PATHS), where autoregressions lead.
        last: (batch, 1), the last value without its season.
        ahead: (batch, horizon), from 1.
    """
    steps, period = parts.scaled.shape[1], parts.period[:, None]
    begin = steps - parts.lengths[:, None]
    first = steps - 1 + ahead + ahead // -period * period  # the same phase of the last season
    places = first[..., None] - np.arange(LAGS) * period[..., None]  # (batch, horizon, LAGS)
    there = places >= begin[..., None]
    places = np.clip(places, 0, steps - 1)
    lags = np.where(there, values_at(parts.scaled, places), 0.0)
    around = np.where(there, values_at(parts.around, places), 0.0)
    phases = -ahead % period
    means = np.stack([values_at(each, phases) for each in (parts.even, parts.newer)], axis=-1)
    certain = parts.certain[:, None, None]
    beside = [
        np.where(there[..., 0], values_at(parts.around, np.clip(first + step, 0, steps - 1)), 0.0)
        for step in (-1, 1)
    ]
    where = [np.log(ahead), np.log1p(ahead / period), 2.0 * phases / period - 1.0]
    local = [
        np.stack(where, axis=-1),
        np.arcsinh(around),
        np.arcsinh(lags - last[:, None]),
        there,
        np.arcsinh(led - last[:, None]),
        np.arcsinh(means),
        np.arcsinh(means * certain),
        np.arcsinh(np.stack(beside, axis=-1)),
    ]
    seasons = np.concatenate([around, means * np.sqrt(certain)], axis=-1)
    return _Ahead(np.concatenate(local, axis=-1), seasons, lags, there)
