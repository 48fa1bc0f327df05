"""Training cases made a little different each time they are seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.text.vocabulary import UNKNOWN

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def hide_words(
    tokens: npt.NDArray[np.int32], share: float, draw: np.random.Generator
) -> npt.NDArray[np.int32]:
    """Make tokens unknown at random.

    Args:
        tokens: (cases, steps), 0 where padded.
        share: Share of tokens to hide.
        draw: Draws them.

    Source:
        Iyyer et al., Deep Unordered Composition Rivals Syntactic Methods (ACL 2015), section 3.1;
        Gal & Ghahramani, arXiv 1512.05287, section 4.2.
    """
    if share <= 0:
        return tokens
    hidden = (draw.random(tokens.shape) < share) & (tokens != 0)
    return np.where(hidden, np.int32(UNKNOWN), tokens)


def vary_series(
    batch: Floats, lengths: Integers, values: Mapping[str, Any], draw: np.random.Generator
) -> Floats:
    """Cut, stretch and jitter scaled series.

    Args:
        batch: (cases, steps, channels), zero where padded.
        lengths: (cases,), the steps that are no padding.
        values: The configuration: `series.slice`, `series.stretch`, `series.jitter`.
        draw: Draws.

    Returns:
        The same shape; lengths stay.

    Source:
        Um et al., Data augmentation of wearable sensor data, arXiv 1706.00527 (jittering, scaling);
        Le Guennec et al., Data Augmentation for Time Series Classification (2016), section 3.1
        (window slicing).
    """
    cases, _, channels = batch.shape
    if (share := float(values["series.slice"])) < 1:
        batch = _sliced(batch, lengths, share, draw)
    if (spread := float(values["series.stretch"])) > 0:
        batch = batch * draw.normal(1.0, spread, (cases, 1, channels))
    if (noise := float(values["series.jitter"])) > 0:
        present = np.arange(batch.shape[1]) < lengths[:, None]
        batch = batch + noise * draw.standard_normal(batch.shape) * present[..., None]
    return batch


def _sliced(batch: Floats, lengths: Integers, share: float, draw: np.random.Generator) -> Floats:
    """Cut a stretch out of each case and interpolate it to the length that the case had."""
    cases, steps, _ = batch.shape
    last = np.maximum(lengths - 1, 0)[:, None].astype(np.float64)  # (cases, 1)
    size = draw.uniform(share, 1.0, (cases, 1))
    begin = draw.random((cases, 1)) * (1 - size) * last
    progress = np.arange(steps) / np.maximum(last, 1.0)  # 0 at the first step, 1 at the last
    place = np.minimum(begin + progress * size * last, last)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, last.astype(np.int64))
    weight = (place - below)[..., None]
    rows = np.arange(cases)[:, None]
    cut = batch[rows, below] * (1 - weight) + batch[rows, above] * weight
    return np.where((np.arange(steps) <= last)[..., None], cut, 0.0)
