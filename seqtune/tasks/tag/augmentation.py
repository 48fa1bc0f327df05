"""Training batches made a little different each time they are seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.inputs import Arrays
from seqtune.tasks.tag.spelling import UNKNOWN


def vary(
    inputs: Arrays, codec: Codec, values: Mapping[str, Any], draw: np.random.Generator
) -> Arrays:
    """Hide words, or stretch and jitter series.

    Args:
        inputs: A batch, from `Inputs.batch`.
        codec: Says which features of a series are its channels.
        values: The configuration: `tokens.word_dropout`, `steps.stretch`, `steps.jitter`.
        draw: Draws.

    Returns:
        The batch; what is padded stays 0.

    Source:
        Iyyer et al., Deep Unordered Composition Rivals Syntactic Methods (ACL 2015), section 3.1
        (words); Um et al., Data augmentation of wearable sensor data, arXiv 1706.00527 (jittering,
        scaling).
    """
    if "words" in inputs:
        share, words = float(values["tokens.word_dropout"]), inputs["words"]
        if share > 0:
            hidden = (draw.random(words.shape) < share) & (words > UNKNOWN)
            inputs["words"] = np.where(hidden, np.int32(UNKNOWN), words)
        return inputs
    stretch, jitter = float(values["steps.stretch"]), float(values["steps.jitter"])
    series = inputs["series"]
    if not stretch and not jitter:
        return inputs
    channels = series[..., : codec.channels].astype(np.float64)
    if stretch > 0:
        channels = channels * draw.normal(1.0, stretch, (len(series), 1, codec.channels))
    if jitter > 0:
        channels = channels + jitter * draw.standard_normal(channels.shape)
    present = np.arange(series.shape[1]) < inputs["length"][:, None]
    single = np.finfo(np.float32)
    channels = np.clip(np.where(present[..., None], channels, 0.0), single.min, single.max)
    inputs["series"] = np.concatenate(
        [channels.astype(np.float32), series[..., codec.channels :]], axis=2
    )
    return inputs
