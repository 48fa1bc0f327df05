"""The whole detector: inputs, an architecture, and the head that says what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from seqtune.architectures._dense import dense
from seqtune.architectures._forms import decode_each
from seqtune.architectures._settings import settings_of
from seqtune.registry import architectures
from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.head import ExpectationHead
from seqtune.tasks.anomaly.inputs import count_features
from seqtune.tasks.anomaly.points import channels_of, looks_ahead, offsets_of

WIDTH = 16
"""Features of each row ahead, before the head."""


def build_network(codec: Codec, values: Mapping[str, Any]) -> keras.Model:
    """Build the network of one configuration.

    Args:
        codec: Channels, cycles and the range of what can be expected.
        values: The configuration.

    Returns:
        A model from `sequence` (batch, steps, watched features) and `known` (batch, steps, known
        features) to (batch, steps, points * watched + units), for any number of steps: what is
        expected, and beside it the state.
    """
    watched, known = count_features(codec, values)
    inputs = {
        "sequence": keras.Input((None, watched), name="sequence"),
        "known": keras.Input((None, known), name="known"),
    }
    offsets = offsets_of(codec, values)
    joined = keras.layers.Concatenate(name="sequence_and_known")(list(inputs.values()))
    rows, states = _rows(joined, inputs["known"], len(offsets), values)
    channels = channels_of(codec, values)
    is_bounded = bool(values["preprocessing.bounded"])
    low, high = (
        each[0, :channels].tolist() if is_bounded else [] for each in (codec.low, codec.high)
    )
    expected = ExpectationHead(low, high, channels, name="expected")(rows)
    both = keras.layers.Concatenate(name="expected_and_state")([expected, states])
    return keras.Model(inputs, both)


def _rows(sequence: Any, known: Any, points: int, values: Mapping[str, Any]) -> tuple[Any, Any]:
    """Read a sequence once, and at each step predict rows ahead or write the latest rows again.

    A row is judged by what was expected of it from several distances: a network that predicts the
    next row alone follows an anomaly and soon finds it normal.

    Args:
        sequence: (batch, steps, features).
        known: (batch, steps, features), what is known of each step without looking at values.
        points: Rows for each step.
        values: The configuration.

    Returns:
        Features of the rows of each step, (batch, steps, points, features), and the states that
        they were made from, (batch, steps, units).
    """
    settings = settings_of(values, causal=True)
    architecture = architectures[str(values["network.architecture"])]
    if not looks_ahead(values):
        return decode_each(architecture, sequence, known, points, settings)
    states = architecture.states(sequence, None, settings)
    joined = keras.layers.Concatenate(name="states_and_known")([states, known])
    rows = dense(points * WIDTH, "rows_ahead", "gelu")(joined)
    return keras.layers.Reshape((-1, points, WIDTH), name="row_by_row")(rows), states
