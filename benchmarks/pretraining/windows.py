"""Examples from series: a history, its season, and what came after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pretraining.draws import Floats, Generator, chance, log_uniform
from pretraining.series import Series
from seqtune.pretrained.reading import Reading, read

SHORTEST = 12


@dataclass(frozen=True)
class Span:
    """How long examples are.

    Args:
        history: Steps of the longest history, a multiple of `PATCH`.
        horizon: The furthest step ahead.
        asked: Steps ahead of each example, spread over its own horizon.
    """

    history: int
    horizon: int
    asked: int = 16


def examples(generator: Generator, series: Series, span: Span) -> tuple[Reading, Floats, Floats]:
    """Cut one example out of each series.

    The history has a log-uniform number of steps, at least two seasons in five of six cases where
    so many fit; the horizon is log-uniform from 3. A quarter of the examples without a value below
    zero are shown as logarithms.

    Returns:
        What the network sees; what came, (batch, asked), float32, scaled; and the seasonal naive
        forecast of it, likewise.
    """
    count, length = series.values.shape
    lengths = log_uniform(generator, SHORTEST, span.history + 1, count)
    least = np.minimum(2.2 * series.periods, span.history)
    lengths = np.where(chance(generator, 5 / 6, count), np.maximum(lengths, least), lengths)
    lengths = np.minimum(lengths.astype(int), span.history)
    horizon = log_uniform(generator, 3, span.horizon + 1, count).astype(int)
    horizon = np.minimum(horizon, length - lengths)
    end = lengths + (generator.random(count) * (length - lengths - horizon + 1)).astype(int)
    part = (np.arange(span.asked) + generator.random((count, span.asked))) / span.asked
    ahead = 1 + (part * horizon[:, None]).astype(int)
    places = end[:, None] - span.history + np.arange(span.history)
    values, known = filled(series.values, series.known)
    lifted = values.min(axis=1, keepdims=True)
    chosen = (lifted >= 0) & chance(generator, 0.25, (count, 1))
    middle = np.maximum(np.median(values[:, ::4], axis=1, keepdims=True), 1e-9)
    values = np.where(chosen, np.log(np.maximum(values, 1e-3 * middle)), values)
    history = np.take_along_axis(values, np.maximum(places, 0), axis=1)
    seen = np.take_along_axis(known, np.maximum(places, 0), axis=1) & (places >= 0)
    reading = read(history, seen, lengths, series.periods, ahead)
    truth = np.take_along_axis(values, end[:, None] + ahead - 1, axis=1)
    truth = (truth - reading.center[:, None]) / reading.unit[:, None]
    return reading, truth.astype(np.float32), reading.lags[..., 0]


def filled(values: Floats, known: np.ndarray) -> tuple[Floats, np.ndarray]:
    """Return the values with the last known one in gaps."""
    place = np.where(known, np.arange(values.shape[1]), 0)
    return np.take_along_axis(values, np.maximum.accumulate(place, axis=1), axis=1), known
