"""Simple methods that learn from each history, on the windows that networks are scored on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from types import ModuleType

import numpy as np
import numpy.typing as npt

from seqtune.baselines.forecast._fitting import ForecastFitting
from seqtune.baselines.problem import PARTS, Portion, Problem
from seqtune.baselines.runner import BaselineResult, quietly
from seqtune.data.panel.window import Windows
from seqtune.progress import Advance, Listener, Note, no_progress
from seqtune.registry import baselines
from seqtune.tasks.forecast.inference import window_histories
from seqtune.tasks.forecast.prepared import Prepared

Floats = npt.NDArray[np.float64]

SUITED_BY = 100
"""So many validation windows say which simple methods suit the data."""

FIRST_CHUNKS = (1, 4)
"""Windows of the first chunks, which say how long a method takes."""

CHUNK = 32
"""Windows between two looks at the clock."""


def problem_of(prepared: Prepared) -> Problem:
    """Return what the methods forecast: the windows of both parts, chunk by chunk."""
    validation, test = (prepared.windows[part] for part in PARTS)
    histories = window_histories(prepared.coded, Windows.join([validation, test]))
    portions = [
        Portion(None, histories[begin:end], (0, end - begin))
        for begin, end in pairwise(chunk_edges(len(histories)))
    ]

    def gather(
        name: str, answers: Sequence[tuple[Floats, int]], listener: Listener
    ) -> dict[str, Floats]:
        note_stand_ins(name, answers, listener)
        quantiles = np.concatenate([rows[..., 1:] for rows, _ in answers])
        return {"validation": quantiles[: len(validation)], "test": quantiles[len(validation) :]}

    def suits(method: ModuleType) -> bool:
        places = np.linspace(0, len(validation) - 1, SUITED_BY)
        some = [histories[place] for place in np.unique(places.astype(np.int64))]
        return not hasattr(method, "suits") or bool(method.suits(some))

    return Problem(local_fitting(prepared), portions, gather, suits=suits)


def forecast_by_method(
    prepared: Prepared, histories: Sequence[Floats], name: str, advance: Advance = no_progress
) -> Floats:
    """Forecast by one simple method, the seasonal naive forecast where it has no answer.

    Args:
        prepared: The data of the run.
        histories: A (steps,) float64 array per window, at least one step long, without NaN.
        name: The method.
        advance: Hears how many more windows are done.

    Returns:
        Quantiles, (windows, horizon, levels), without NaN.
    """
    fitting = local_fitting(prepared)
    model = fitting.fit(baselines("forecast")[name])
    forecast = np.empty((len(histories), fitting.horizon, len(fitting.levels)))
    for begin in range(0, len(histories), CHUNK):
        some = histories[begin : begin + CHUNK]
        rows, _ = quietly(partial(fitting.predict, model, some))
        forecast[begin : begin + CHUNK] = rows[..., 1:]
        advance(len(some))
    return forecast


def chunk_edges(windows: int) -> list[int]:
    """Return where chunks of windows begin, and the end of the last.

    Example:
        >>> chunk_edges(50)
        [0, 1, 5, 37, 50]
    """
    one, some = FIRST_CHUNKS
    edges = [0, one, *range(one + some, windows, CHUNK)]
    return [*(edge for edge in edges if edge < windows), windows]


def with_one_to_blend(results: Sequence[BaselineResult], metric: str) -> list[BaselineResult]:
    """Let go of the forecasts of all methods but one, for an ensemble to take in.

    It is the best, or the best of those that have chosen by many origins in the history: an
    ensemble is hedged where validation says little. Networks predict the difference from a naive
    forecast, so that one adds little to them: it is taken where no other method had the time
    (docs/benchmarks.md, "Short series").
    """
    scores = {each.name: each.validation.get(metric, math.nan) for each in results}
    known = [each.name for each in results if math.isfinite(scores[each.name])]
    methods = baselines("forecast")
    others = [name for name in known if not getattr(methods[name], "ALWAYS", False)]
    surest = [name for name in others if hasattr(methods[name], "horizons_seen")]
    best = min(surest or others or known, key=scores.__getitem__, default="")
    return [each if each.name == best else replace(each, predictions={}) for each in results]


def note_stand_ins(name: str, answers: Sequence[tuple[Floats, int]], listener: Listener) -> None:
    """Say for how many windows the seasonal naive forecast stands in, if for any.

    Args:
        name: The method.
        answers: Forecasts of some windows, and how many of them are not the method's own.
        listener: Hears of it.
    """
    if stand_ins := sum(count for _, count in answers):
        windows = sum(len(rows) for rows, _ in answers)
        listener(
            Note(
                f"{name}: seasonal_naive stands in for {stand_ins} of {windows} windows "
                "(history too short, or the fit failed)"
            )
        )


def local_fitting(prepared: Prepared) -> ForecastFitting:
    """Return how methods forecast that learn from each history by itself."""
    codec = prepared.codec
    return ForecastFitting(codec.horizon, codec.periods, codec.levels)
