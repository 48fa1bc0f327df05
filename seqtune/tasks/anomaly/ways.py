"""From a network's errors to scores, in every way that the recipe lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks._contract import Part
from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.inference import Judge, Judged, error_units, joined_errors
from seqtune.tasks.anomaly.paces import watched_at
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.smoothing import smooth
from seqtune.tasks.anomaly.stretch import Stretch, in_chunks

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

LARGEST_ERROR = 5.0
"""An error counts for no more units of its channel when networks are compared by how well they
expect held-out rows: what is strange among them shall not decide."""

CHUNK_LANES = 64
"""Lanes that are scored before what they found is joined, so that memory stays flat."""


def spans_of(codec: Codec) -> list[int]:
    """Return the rows that each smoothing of the recipe averages over.

    Example:
        >>> spans_of(codec)  # a season of 24 rows, smoothing [0, 0.5, 1]
        [1, 12, 24]
    """
    return [max(1, round(share * codec.season)) for share in codec.ways.smoothing]


def score_held_out(model: Any, prepared: Prepared, values: Mapping[str, Any], part: Part) -> Floats:
    """Score a part in every way, and say how well its rows were expected.

    Args:
        model: The network.
        prepared: The data.
        values: The configuration.
        part: Which part.

    Returns:
        (rows, ways + 1 + channels): the score of each way, the mean error in units of the
        channels, and what was expected of each channel, in the user's unit.
    """
    codec, held = prepared.codec, prepared.held_out[part]
    judge = Judge(model, codec, values, hindsight=codec.ways.hindsight)
    before = max(spans_of(codec)) + codec.bridge
    judged = judge.judge(held.stretches, before)
    if part == "validation":
        units = error_units(judged[: held.clean])
    else:
        usual = prepared.held_out["validation"]
        units = error_units(judge.judge(usual.stretches[: usual.clean], 0))
    columns = [
        _columns(each, stretch, units, codec)
        for each, stretch in zip(judged, held.stretches, strict=True)
    ]
    return np.concatenate(columns)


def held_out_units(judge: Judge, prepared: Prepared) -> Floats32:
    """Return the usual errors of a network, from the held-out rows of its run."""
    usual = prepared.held_out["validation"]
    return error_units(judge.judge(usual.stretches[: usual.clean], 0))


def score_stretches(
    judge: Judge, stretches: Sequence[Stretch], units: Floats32, ways: Sequence[int]
) -> list[tuple[list[Floats], Floats32]]:
    """Score rows in some ways, in chunks.

    Args:
        judge: The network.
        stretches: What is scored.
        units: Usual errors, from `held_out_units`.
        ways: Which of `Ways.all`.

    Returns:
        For each stretch the scores (rows,) of each way, NaN where there is none, and what was
        expected, (rows, channels), in the user's unit.
    """
    codec = judge.codec
    chosen = [codec.ways.all()[way] for way in ways]
    spans = [max(1, round(share * codec.season)) for _, _, share in chosen]
    context = judge.warm_up + codec.bridge
    found = []
    for stretch in stretches:
        whole = replace(stretch, first=max(0, stretch.first - max(spans) - codec.bridge))
        errors: list[list[Floats32]] = [[] for _ in chosen]
        expected = []
        for chunk in in_chunks(whole, CHUNK_LANES * judge.steps, context):
            judged = judge.judge([chunk], 0)[0]
            for each, (offsets, channels, share) in zip(errors, chosen, strict=True):
                watched = watched_at(share, codec.channels)
                each.append(joined_errors(judged, units, offsets, channels, watched))
            expected.append(_in_users_unit(judged, chunk))
        rows = len(stretch)
        scores = [
            smooth(np.concatenate(each), span, codec.bridge, hindsight=judge.hindsight)
            for each, span in zip(errors, spans, strict=True)
        ]
        told = np.concatenate(expected) if expected else np.empty((0, codec.channels), np.float32)
        found.append(([each[len(each) - rows :] for each in scores], told[len(told) - rows :]))
    return found


def _columns(judged: Judged, stretch: Stretch, units: Floats32, codec: Codec) -> Floats:
    rows = len(stretch)
    joined = {
        (offsets, channels, watched): joined_errors(judged, units, offsets, channels, watched)
        for offsets in codec.ways.offsets
        for channels in codec.ways.channels
        for watched in {watched_at(share, codec.channels) for share in codec.ways.smoothing}
    }
    scores = [
        smooth(
            joined[offsets, channels, watched_at(share, codec.channels)],
            max(1, round(share * codec.season)),
            codec.bridge,
            hindsight=codec.ways.hindsight,
        )
        for offsets, channels, share in codec.ways.all()
    ]
    counted = judged.counted[..., : codec.channels]
    error = np.minimum(judged.errors[..., : codec.channels], LARGEST_ERROR) * counted
    mean = error.sum(axis=(1, 2)) / np.maximum(counted.sum(axis=(1, 2)), 1)
    table = np.column_stack([*scores, mean, _in_users_unit(judged, stretch)])
    filled: Floats = np.nan_to_num(table[len(table) - rows :])
    return filled


def _in_users_unit(judged: Judged, stretch: Stretch) -> Floats32:
    expected: Floats32 = (judged.expected * stretch.spread + stretch.center).astype(np.float32)
    return expected
