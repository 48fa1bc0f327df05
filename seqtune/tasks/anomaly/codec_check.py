"""Whether a codec that was read from a run folder is one, and belongs to the panel beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqtune.data.panel.panel import Panel
from seqtune.tasks.anomaly.codec import TABLES, Codec
from seqtune.tasks.anomaly.schema import CHANNELS, OFFSETS

MAX_PERIODS = 100
MAX_SCORERS = 1_000
LONGEST = 10_000_000
CHUNK = 1_000_000


def check_codec(codec: Codec, panel: Panel) -> None:
    """Refuse a codec that was not fitted on this panel, or holds what cannot have been measured.

    Args:
        codec: As it was read.
        panel: The run's rows, checked already.

    Raises:
        ValueError: Says what is wrong.
    """
    _check_roles(codec.roles, panel)
    if codec.axis() != panel.grid or codec.series != panel.series:
        raise ValueError("it has another time axis or other series than the panel")
    _check_whole((*codec.periods, codec.season), 1)
    _check_whole((codec.context, codec.bridge), 0)
    _check_numbers("cycles", codec.cycles, 2.0, float(LONGEST))
    _check_numbers("false alarms", (codec.false_alarms,), 1e-12, 0.5)
    _check_ways(codec)
    _check_tables(codec, len(panel.series), len(panel.target_names))
    for start in range(0, panel.rows, CHUNK):
        if not np.isfinite(panel.target[start : start + CHUNK]).all():
            raise ValueError("the panel's values are not all numbers")


def _check_roles(roles: dict[str, Any], panel: Panel) -> None:
    if roles["targets"] != list(panel.target_names) or not panel.target_names:
        raise ValueError("it watches other columns than the panel's")
    for role in ("time", "series", "label"):
        if not isinstance(roles[role], (str, type(None))) or roles[role] == "":
            raise ValueError(f"its {role} column is no name")


def _check_whole(counts: Sequence[Any], least: int) -> None:
    if len(counts) > MAX_PERIODS:
        raise ValueError(f"it has {len(counts)} periods")
    for count in counts:
        if type(count) is not int or not least <= count <= LONGEST:
            raise ValueError(f"found {str(count)[:20]!r} rows, expected {least} to {LONGEST}")


def _check_numbers(what: str, numbers: Sequence[Any], least: float, most: float) -> None:
    if len(numbers) > MAX_PERIODS:
        raise ValueError(f"it has {len(numbers)} {what}")
    for number in numbers:
        if type(number) not in (int, float) or not least <= number <= most:
            raise ValueError(f"found {str(number)[:20]!r} as {what}")


def _check_ways(codec: Codec) -> None:
    """Refuse scorers that no recipe can ask for."""
    scorers = codec.scorers
    _check_numbers("smoothing", scorers.smoothing, 0.0, 4.0)
    known = set(scorers.offsets) <= set(OFFSETS) and set(scorers.channels) <= set(CHANNELS)
    are_flags = type(scorers.noncausal) is type(scorers.state) is bool
    lists = (scorers.smoothing, scorers.offsets, scorers.channels)
    if not known or not are_flags or not all(lists) or len(scorers.all()) > MAX_SCORERS:
        raise ValueError("its scorers are not those of any recipe")


def _check_tables(codec: Codec, series: int, channels: int) -> None:
    shapes = {
        "center": (series, channels),
        "spread": (series, channels),
        "low": (1, 2 * channels),
        "high": (1, 2 * channels),
    }
    for name in TABLES:
        values = getattr(codec, name)
        if values.shape != shapes.get(name, (1, channels)) or not np.isfinite(values).all():
            raise ValueError(f"{name} is not a number for each channel")
        if name.endswith("spread") and not (values > 0).all():
            raise ValueError(f"{name} is not above zero")
    if codec.flat_line is not None and codec.flat_line.start.shape != (series + 1, channels):
        raise ValueError("it does not say for how long each channel stands still")
    if not (codec.low < codec.high).all():
        raise ValueError("its ranges are empty")
