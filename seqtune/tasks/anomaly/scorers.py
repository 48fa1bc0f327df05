"""From a network's errors and states to raw scores, one for each time scale.

Single rows are lost in an average, and long, faint events in single rows. So every network scores
rows on several time scales (`SCORERS`), and by the states that it is in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.inference import Judge, Judged, joined_errors
from seqtune.tasks.anomaly.mahalanobis import averaged
from seqtune.tasks.anomaly.reference_states import Reference
from seqtune.tasks.anomaly.segment import Segment, in_chunks
from seqtune.tasks.anomaly.smoothing import moved_on, smooth
from seqtune.tasks.anomaly.time_scales import SCORERS, STATES

Floats = npt.NDArray[np.float64]

CHUNK_STREAMS = 64
"""Streams that are scored before what they found is joined, so that memory stays flat."""


def before_of(codec: Codec) -> int:
    """Return the rows before a row whose errors and states its scores look at."""
    return codec.rows_of(max(scorer.span for scorer in SCORERS)) + codec.bridge


def judge_in_chunks(
    judge: Judge, segments: Sequence[Segment]
) -> Iterator[tuple[Judged, Segment, int]]:
    """Judge segments, a chunk of them at a time.

    Where chunks begin depends on the beginning of the segment alone.

    Args:
        judge: The network.
        segments: What is scored.

    Yields:
        What it says of a chunk, the chunk, and how many of its rows are scored: what follows them
        belongs to the next one.
    """
    size = CHUNK_STREAMS * judge.steps
    before = before_of(judge.codec)
    context = judge.warm_up + before + judge.codec.bridge
    after = judge.after + before if judge.noncausal else 0
    group: list[tuple[Segment, int]] = []
    for segment in segments:
        left = len(segment)
        for chunk in in_chunks(segment, size, context, after):
            rows = min(size, left)
            if sum(each for _, each in group) + rows > size and group:
                yield from _judged_together(judge, group, before)
                group = []
            group.append((chunk, rows))
            left -= rows
    yield from _judged_together(judge, group, before)


def _judged_together(
    judge: Judge, group: Sequence[tuple[Segment, int]], before: int
) -> Iterator[tuple[Judged, Segment, int]]:
    judged = judge.judge([chunk for chunk, _ in group], before)
    for one, (chunk, rows) in zip(judged, group, strict=True):
        yield one, chunk, rows


def raw_scores(
    judge: Judge, judged: Judged, segment: Segment, rows: int, reference: Reference
) -> Floats:
    """Return the raw scores of rows, and what was expected of them.

    Args:
        judge: The network.
        judged: What it says of the segment.
        segment: The rows.
        rows: How many of them are scored.
        reference: What is usual for the network.

    Returns:
        (rows, scorers + channels): the score on each time scale, and what was expected of each
        channel in the user's unit.
    """
    codec, noncausal = judge.codec, judge.noncausal
    columns = []
    for scorer in SCORERS:
        span = codec.rows_of(scorer.span)
        if scorer is STATES:
            distance = _state_distance(judged, reference, span)
            scores = smooth(distance, 1, codec.bridge)
            columns.append(moved_on(scores, span) if noncausal else scores)
            continue
        errors = joined_errors(judged, reference.units, scorer)
        columns.append(smooth(errors, span, codec.bridge, noncausal=noncausal))
    expected = judged.expected * segment.spread + segment.center
    table = np.column_stack([*columns, expected])
    return np.nan_to_num(table[len(table) - len(segment) :][:rows])


def _state_distance(judged: Judged, reference: Reference, span: int) -> Floats:
    """Return how far averaged states are from the usual ones, NaN where nothing was observed."""
    averages = averaged(judged.states, span, reference.states.center, judged.fresh)
    seen = judged.counted.any(axis=(1, 2))
    return np.where(seen, reference.states.distance(averages), np.nan)
