"""The whole detector: inputs, an architecture, and the head that says what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from seqtune.architectures._settings import Settings
from seqtune.registry import architectures
from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.head import ExpectationHead
from seqtune.tasks.anomaly.inputs import count_features

MAX_REACH = 384
"""No row is told of that lies farther away: segments would become too long to train on."""

WIDTH = 16
"""Features that stand for each row that is told of, before the head."""


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
    architecture = architectures[str(values["network.architecture"])]
    joined = keras.layers.Concatenate(name="sequence_and_known")(list(inputs.values()))
    rows, states = architecture.anomaly(joined, inputs["known"], len(offsets), settings_of(values))
    channels = channels_of(codec, values)
    is_bounded = bool(values["preprocessing.bounded"])
    low, high = (
        each[0, :channels].tolist() if is_bounded else [] for each in (codec.low, codec.high)
    )
    expected = ExpectationHead(low, high, channels, name="expected")(rows)
    told = keras.layers.Concatenate(name="expected_and_state")([expected, states])
    return keras.Model(inputs, told)


def settings_of(values: Mapping[str, Any]) -> Settings:
    """Read a network's settings from a configuration."""
    prefix = f"network.{values['network.architecture']}."
    return Settings(
        cell=str(values["network.cell"]),
        units=int(values["network.units"]),
        layers=int(values["network.layers"]),
        dropout=float(values["network.dropout"]),
        horizon=1,
        options={
            key[len(prefix) :]: value for key, value in values.items() if key.startswith(prefix)
        },
        width=WIDTH,
    )


def channels_of(codec: Codec, values: Mapping[str, Any]) -> int:
    """Return how many channels a configuration watches: the columns, and how they move."""
    return codec.channels * (2 if values["preprocessing.activity"] else 1)


def offsets_of(codec: Codec, values: Mapping[str, Any]) -> npt.NDArray[np.int64]:
    """Return where the rows lie that are told of at a step, (points,) int64, the nearest first.

    Rows ahead are numbered from 1 up, the step itself and rows before it from 0 down. They lie the
    farther apart, the farther away they are.

    Example:
        >>> offsets_of(codec, {"preprocessing.reach": 1.0, "preprocessing.points": 3, …})
        array([ 1,  5, 24])
    """
    is_ahead = bool(architectures[str(values["network.architecture"])].AHEAD)
    reach = round(float(values["preprocessing.reach"]) * codec.season)
    reach = min(max(1, reach), MAX_REACH)
    steps = np.geomspace(1, reach, int(values["preprocessing.points"])).round()
    if not is_ahead:
        steps = steps - 1
    return np.unique(steps).astype(np.int64) * (1 if is_ahead else -1)
