"""Folding steps into segments, so that a recurrence takes fewer and larger strides."""

from __future__ import annotations

from typing import Any


def fold(sequence: Any, length: int) -> Any:
    """Fold a sequence into segments of `length` steps, the oldest remainder left out.

    Args:
        sequence: (batch, steps, features).
        length: Steps per segment; more than the sequence has are cut to one whole segment.

    Returns:
        (batch, steps // length, length * features).
    """
    import keras

    steps, features = sequence.shape[1:]
    length = min(length, steps)
    count = steps // length
    if steps % length:
        sequence = keras.layers.Cropping1D((steps % length, 0), name="whole_segments")(sequence)
    return keras.layers.Reshape((count, length * features), name="segments")(sequence)
