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


def fold_whole(sequence: Any, mask: Any | None, length: int) -> tuple[Any, Any | None]:
    """Fold a sequence into segments of `length` steps, the last one filled up with zeros.

    Args:
        sequence: (batch, steps, features), zero where a step is not there.
        mask: (batch, steps), true where a step is there, all missing ones at the end; None for all.
        length: Steps per segment.

    Returns:
        (batch, segments, length * features), and the mask (batch, segments): a segment is there
        if its first step is.
    """
    import keras

    steps, features = sequence.shape[1:]
    length = min(length, steps)
    count = -(-steps // length)
    if missing := count * length - steps:
        sequence = keras.layers.ZeroPadding1D((0, missing), name="segments_filled_up")(sequence)
    folded = keras.layers.Reshape((count, length * features), name="segments")(sequence)
    return folded, None if mask is None else mask[:, ::length]
