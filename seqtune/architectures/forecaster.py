"""A recurrence that says at every step what is to come, near and far (LSTM-AD)."""

from __future__ import annotations

from typing import Any

from seqtune.architectures._dense import dense
from seqtune.architectures._recurrence import recur
from seqtune.architectures._settings import Settings

AHEAD = True
"""The rows that it tells of lie ahead of the step at which it tells of them."""


def anomaly(sequence: Any, known: Any, points: int, settings: Settings) -> tuple[Any, Any]:
    """Read a sequence once, and at each step tell of rows that are still to come.

    A row is judged by what was expected of it from several distances: a network that tells of the
    next row alone follows an anomaly and soon finds it normal.

    Args:
        sequence: (batch, steps, features).
        known: (batch, steps, features) what is known of each step without looking at values.
        points: How many rows ahead are told of at each step.
        settings: Cell and sizes.

    Returns:
        (batch, steps, points, width), and the states that it was told from, (batch, steps, units).

    Source:
        Malhotra et al., Long Short Term Memory Networks for Anomaly Detection in Time Series,
        ESANN 2015, section 2: stacked, predicting several rows ahead of each.
    """
    import keras

    states = recur(sequence, settings, sequences=True)
    joined = keras.layers.Concatenate(name="states_and_known")([states, known])
    rows = dense(points * settings.width, "rows_ahead", "gelu")(joined)
    return keras.layers.Reshape((-1, points, settings.width), name="row_by_row")(rows), states
