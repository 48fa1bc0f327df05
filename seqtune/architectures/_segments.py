"""Folding steps into segments, so that a recurrence takes fewer and larger strides."""

from __future__ import annotations

from typing import Any

import keras

from seqtune.architectures._settings import Settings


def fold(sequence: Any, mask: Any | None, settings: Settings) -> tuple[Any, Any | None]:
    """Fold a sequence into segments of the option `length`.

    With `settings.align` "end" the oldest steps that fill no whole segment are left out; with
    "start" the last segment is filled up with zeros.

    Args:
        sequence: (batch, steps, features), zero where a step is not there.
        mask: (batch, steps), true where a step is there, all missing ones at the end; None for all.
        settings: `align`, and the option `length`; a sequence that is shorter is one segment.

    Returns:
        (batch, segments, length * features), and the mask (batch, segments): a segment is there
        if its first step is.
    """
    steps, features = sequence.shape[1:]
    length = min(int(settings.options["length"]), steps)
    over = steps % length
    if over and settings.align == "end":
        sequence = keras.layers.Cropping1D((over, 0), name="whole_segments")(sequence)
        mask = None if mask is None else mask[:, over:]
    elif over:
        missing = length - over
        sequence = keras.layers.ZeroPadding1D((0, missing), name="segments_filled_up")(sequence)
    shape = (sequence.shape[1] // length, length * features)
    folded = keras.layers.Reshape(shape, name="segments")(sequence)
    return folded, None if mask is None else mask[:, ::length]
