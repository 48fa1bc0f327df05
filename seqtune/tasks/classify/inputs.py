"""Cases as networks take them, as they are or varied for training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.channel_scale import center_and_spread, in_deviations
from seqtune.data.ragged import Ragged
from seqtune.tasks.classify.augmentation import hide_words, vary_series
from seqtune.tasks.classify.codec import Codec

Arrays = dict[str, npt.NDArray[Any]]
Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def network_inputs(
    codec: Codec,
    inputs: Ragged,
    rows: Rows,
    values: Mapping[str, Any],
    draw: np.random.Generator | None = None,
) -> Arrays:
    """Return cases as the network takes them.

    Args:
        codec: Scales and lengths.
        inputs: The cases, as tokens of the configuration's kind or as series.
        rows: Which of them.
        values: The configuration.
        draw: Varies them, for training; None leaves them as they are.

    Returns:
        `tokens` (cases, steps) int32; or `series` (cases, steps, channels) float32, twice the
        channels with differences, and `length` (cases,) int32.
    """
    if codec.kind == "text":
        tokens, _ = inputs.take(rows, codec.longest[str(values["text.tokens"])])
        if draw is not None:
            tokens = hide_words(tokens, float(values["text.word_dropout"]), draw)
        return {"tokens": tokens.astype(np.int32, copy=False)}
    batch, lengths = inputs.take(rows, codec.longest["series"])
    scaled = codec.scaled(batch.astype(np.float64), lengths, str(values["series.scaling"]))
    if draw is not None:
        scaled = vary_series(scaled, lengths, values, draw)
    if values.get("series.differences"):
        scaled = np.concatenate([scaled, _differences(scaled, lengths)], axis=2)
    single = np.finfo(np.float32)  # values that are not scaled may be beyond it
    scaled = np.clip(scaled, single.min, single.max)
    return {"series": scaled.astype(np.float32), "length": lengths.astype(np.int32)}


def _differences(batch: Floats, lengths: Rows) -> Floats:
    """Return how much each channel changes from the step before, in deviations of the case.

    Args:
        batch: (cases, steps, channels), zero where padded.
        lengths: (cases,), the steps that are no padding.

    Returns:
        (cases, steps, channels), zero at the first step and where padded.

    Source:
        Tan et al., MultiRocket: multiple pooling operators and transformations for fast and
        effective time series classification, arXiv 2102.00457, section 3.1: first differences as
        a second view of a series.
    """
    changes = np.diff(batch, axis=1, prepend=0.0)
    step = np.arange(batch.shape[1])
    counted = ((step > 0) & (step < lengths[:, None]))[..., None]
    count = np.maximum(lengths - 1, 1)[:, None, None]
    center, spread = center_and_spread(changes, counted, count, axis=1)
    return np.where(counted, in_deviations(changes, np.zeros_like(center), spread), 0.0)
