"""What a network is given of each row: values, whether they were observed, and known phases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.codec import Codec, Coded

Floats32 = npt.NDArray[np.float32]

HARMONICS = (1, 2, 3, 4)
"""Sine and cosine of these multiples of a cycle are given, as far as a row can tell them."""

BEYOND = 1.0
"""Values are shown to the network up to so many units beyond what can be expected: an enormous one
must not drown its state."""


def known_features(codec: Codec, steps: npt.NDArray[np.int64], is_wanted: bool) -> Floats32:
    """Return where rows stand in each cycle, as sines and cosines, and a constant.

    Args:
        codec: The cycles.
        steps: Grid steps, of any shape.
        is_wanted: Whether the configuration sees the phases.

    Returns:
        (…, features) float32 in -1 … 1.
    """
    parts = [np.ones(steps.shape, np.float32)]
    for cycle in codec.cycles if is_wanted else ():
        # the remainder first, so that large steps keep their precision
        turn = 2 * np.pi * np.mod(steps, cycle) / cycle
        for times in _harmonics(cycle):
            parts += [np.sin(times * turn), np.cos(times * turn)]
    return np.stack(parts, axis=-1, dtype=np.float32)


def count_features(codec: Codec, values: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many features of a row are values, and how many are known without looking."""
    is_wanted = bool(values["preprocessing.calendar"])
    cycles = codec.cycles if is_wanted else ()
    known = 1 + sum(2 * len(_harmonics(cycle)) for cycle in cycles)
    return codec.channels * (2 if values["preprocessing.activity"] else 1) + 1, known


def gather(
    coded: Coded, codec: Codec, values: Mapping[str, Any], rows: npt.NDArray[np.int64], first: Any
) -> tuple[dict[str, Floats32], Floats32, Floats32]:
    """Gather rows as inputs, with the truth that expectations are held against.

    Args:
        coded: The panel.
        codec: Ranges and cycles.
        values: The configuration.
        rows: (streams, steps) absolute rows that follow each other.
        first: (streams, 2) first row, and first row after the last, of the series of each stream:
            what lies outside is given as nothing.

    Returns:
        The inputs by name; the truth (streams, steps, watched); and 1 where it was observed, 0
        elsewhere, of the same shape.
    """
    inside = (rows >= first[:, :1]) & (rows < first[:, 1:])
    place = np.clip(rows, first[:, :1], first[:, 1:] - 1)
    wide = 2 if values["preprocessing.activity"] else 1
    channels = wide * codec.channels
    truth = coded.watched[place][..., :channels]
    seen = coded.observed[place] & inside[..., None]
    weight = np.tile(seen, wide).astype(np.float32)
    low, high = codec.low[0, :channels] - BEYOND, codec.high[0, :channels] + BEYOND
    shown = np.clip(truth, low.astype(np.float32), high.astype(np.float32)) * weight
    share = seen.mean(axis=2, dtype=np.float32, keepdims=True)
    steps = coded.steps[place] + (rows - place)
    inputs = {
        "sequence": np.concatenate([shown, share], axis=2),
        "known": known_features(codec, steps, bool(values["preprocessing.calendar"])),
    }
    return inputs, truth, weight


def _harmonics(cycle: float) -> list[int]:
    """Return the multiples of a cycle that are at least two rows long."""
    return [times for times in HARMONICS if cycle / times >= 2]
