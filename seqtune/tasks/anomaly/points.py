"""Which rows a network tells of at each step, and which channels of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.schema import ARCHITECTURES

MAX_REACH = 384
"""The farthest row that a step predicts: beyond it, segments are too long to train on."""


def looks_ahead(values: Mapping[str, Any]) -> bool:
    """Say whether a network predicts rows ahead; with a decoder it writes the latest ones again."""
    return ARCHITECTURES.form_of(str(values["network.architecture"])) == "states"


def channels_of(codec: Codec, values: Mapping[str, Any]) -> int:
    """Return how many channels a configuration watches: the columns, and how they move."""
    return codec.channels * (2 if values["preprocessing.activity"] else 1)


def offsets_of(codec: Codec, values: Mapping[str, Any]) -> npt.NDArray[np.int64]:
    """Return where the rows lie that a step predicts or writes, (points,) int64, the nearest first.

    Rows ahead are numbered from 1 up, the step itself and rows before it from 0 down. They lie the
    farther apart, the farther away they are.

    Example:
        >>> offsets_of(codec, {"preprocessing.reach": 1.0, "preprocessing.points": 3, …})
        array([ 1,  5, 24])
    """
    is_ahead = looks_ahead(values)
    reach = round(float(values["preprocessing.reach"]) * codec.season)
    reach = min(max(1, reach), MAX_REACH)
    steps = np.geomspace(1, reach, int(values["preprocessing.points"])).round()
    if not is_ahead:
        steps = steps - 1
    return np.unique(steps).astype(np.int64) * (1 if is_ahead else -1)
