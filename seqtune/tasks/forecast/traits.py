"""What a forecaster watches for drift: its columns, and whether its intervals hold."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from seqtune.data.drift.chance import beyond_t
from seqtune.data.drift.sample import Samples
from seqtune.data.drift.table import Finding
from seqtune.data.reading.source import Source
from seqtune.tasks._panel_traits import traits_of_panel, traits_unseen
from seqtune.tasks._values import Context
from seqtune.tasks.forecast.examples import Examples
from seqtune.tasks.forecast.new_rows import read_new
from seqtune.tasks.forecast.prepared import Prepared

Floats = npt.NDArray[np.float64]

LEAST_ORIGINS = 3
"""Horizons, none over another, from which the error of a coverage is known."""


def usual(prepared: Prepared) -> Samples:
    """Return the columns that the run was fitted on."""
    panel = prepared.panel
    return traits_of_panel(panel, panel.offsets[:-1], _period(prepared), prepared.series_moments)


def new(prepared: Prepared, source: Source, context: Context, known: float = 0.0) -> Samples:
    """Return the columns of new rows; rows that the run was fitted on are left out."""
    codec = prepared.codec
    panel = read_new(codec, source, context, allow_empty=bool(codec.future.names))
    moments = prepared.series_moments
    return traits_unseen(prepared.panel, panel, known, _period(prepared), moments)


def _period(prepared: Prepared) -> int:
    codec = prepared.codec
    return codec.period if codec.periods else 0


def of_predictions(prepared: Prepared, examples: Examples, made: Floats) -> list[Finding]:
    """Return whether the widest interval covers what came as often as it promises.

    Windows overlap, and what one step of time does, all series may do: the error is that of the
    mean over stretches of a horizon.

    Args:
        prepared: The data of the run.
        examples: Windows with what came of them.
        made: (windows, horizon, levels).
    """
    codec = prepared.codec
    levels = codec.given or codec.levels
    if len(levels) < 2 or not len(examples):
        return []
    actual, observed = examples.truth
    low, high = (made[..., codec.levels.index(level)] for level in (levels[0], levels[-1]))
    is_in = (low <= actual) & (actual <= high)
    panel, windows = examples.coded.panel, examples.windows
    origin = panel.starts[windows.series] + windows.cut - panel.offsets[windows.series]
    group = ((origin - origin.min()) // codec.horizon).astype(np.int64)
    count = np.bincount(group, observed.sum(axis=1))
    hits = np.bincount(group, (is_in & observed).sum(axis=1))
    held = hits[count > 0] / count[count > 0]
    promised = levels[-1] - levels[0]
    if not len(held):
        return []
    share = float(hits.sum() / count.sum())
    error = (
        float(held.std(ddof=1) / math.sqrt(len(held)))
        if len(held) >= LEAST_ORIGINS
        else math.sqrt(promised * (1 - promised) / len(held))
    )
    error = max(error, math.sqrt(promised * (1 - promised) / float(count.sum())))
    chance = beyond_t((share - promised) / error, max(1, len(held) - 1))
    name = f"interval {levels[0]:g} to {levels[-1]:g}"
    return [Finding(name, "coverage", promised, share, share - promised, chance, error)]
