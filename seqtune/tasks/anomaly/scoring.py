"""From a network's errors and states to scores, by every scorer that the recipe lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.progress import Advance, no_progress
from seqtune.tasks._values import Network, Part
from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.inference import Judge, Judged, joined_errors
from seqtune.tasks.anomaly.mahalanobis import averaged
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.reference_states import Reference, reference_among, reference_of
from seqtune.tasks.anomaly.score_parts import COLUMNS
from seqtune.tasks.anomaly.scorer import STATE, STATE_SPAN, Scorer
from seqtune.tasks.anomaly.segment import Segment, in_chunks
from seqtune.tasks.anomaly.smoothing import moved_on, smooth, smooth_part
from seqtune.tasks.anomaly.time_scales import watched_at

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

CHUNK_STREAMS = 64
"""Streams that are scored before what they found is joined, so that memory stays flat."""

SMOOTHED_ROWS = 1 << 18
"""Rows whose errors are averaged at a time."""


def longest_span(codec: Codec) -> int:
    """Return the most rows that any scorer of the recipe averages over.

    Example:
        >>> longest_span(codec)  # a season of 24 rows, smoothing [0, 0.5, 2]
        48
    """
    return codec.rows_of(codec.scorers.longest)


def score_held_out(
    network: Network, prepared: Prepared, values: Mapping[str, Any], part: Part
) -> Floats:
    """Score a part by every scorer, and say how well its rows were expected.

    Args:
        network: The network.
        prepared: The data.
        values: The configuration.
        part: Which part.

    Returns:
        (rows, scorers + 5 + channels): the scores, five zeros, without which those of a single
        scorer could be taken for score parts, and what was expected of each channel, in the
        user's unit.
    """
    codec, held = prepared.codec, prepared.held_out[part]
    judge = Judge(network, codec, values, noncausal=codec.scorers.noncausal)
    before = longest_span(codec) + codec.bridge
    judged = judge.judge(held.segments, before)
    is_validation = part == "validation"
    reference = (
        reference_among(judged, held, codec) if is_validation else reference_of(judge, prepared)
    )

    columns = [
        score_columns(each, segment, reference, codec)
        for each, segment in zip(judged, held.segments, strict=True)
    ]
    return np.concatenate(columns)


def score_segments(
    judge: Judge,
    segments: Sequence[Segment],
    reference: Reference,
    scorers: Sequence[int],
    join: Callable[[Sequence[Floats]], Floats],
    advance: Advance = no_progress,
) -> list[tuple[Floats, Floats]]:
    """Score rows by some scorers, in chunks: of the whole length are only results and errors.

    Args:
        judge: The network.
        segments: What is scored.
        reference: What is usual for the network, from `reference_of`.
        scorers: Which of `Scorers.all`.
        join: Makes score parts, (rows, 5), of the scores by each scorer, (rows,), for any rows.
        advance: Hears how many more rows are done.

    Returns:
        For each segment the score parts (rows, 5), NaN where there are none, and what was expected,
        (rows, channels), in the user's unit.
    """
    chosen = [judge.codec.scorers.all()[number] for number in scorers]
    spans = [_still_to_average(scorer, judge.codec) for scorer in chosen]
    found = []
    for segment in segments:
        errors, expected = _errors_in_chunks(judge, segment, reference, chosen, max(spans), advance)
        rows, scores = errors.shape[1], np.empty((len(segment), COLUMNS))
        skipped = rows - len(segment)
        for begin in range(skipped, rows, SMOOTHED_ROWS):
            end = min(begin + SMOOTHED_ROWS, rows)
            scores[begin - skipped : end - skipped] = join(
                [
                    smooth_part(
                        each, span, judge.codec.bridge, (begin, end), noncausal=judge.noncausal
                    )
                    for each, span in zip(errors, spans, strict=True)
                ]
            )
        found.append((scores, expected))
    return found


def _errors_in_chunks(
    judge: Judge,
    segment: Segment,
    reference: Reference,
    chosen: Sequence[Scorer],
    longest: int,
    advance: Advance,
) -> tuple[Floats32, Floats]:
    """Return the errors by each scorer, and what was expected of the scored rows.

    Returns:
        (scorers, rows), those before the first scored row that are averaged with it included; and
        (scored rows, channels), in the user's unit.
    """
    codec, averaged_rows = judge.codec, judge.codec.rows_of(STATE_SPAN)
    before = min(segment.first, max(longest, averaged_rows) + codec.bridge)
    whole = replace(segment, first=segment.first - before)
    errors = np.empty((len(chosen), len(whole)), np.float32)
    expected = np.empty((len(segment), codec.channels))
    size, context = CHUNK_STREAMS * judge.steps, judge.warm_up + codec.bridge
    begin, latest = 0, np.empty((0, judge.units), np.float32)
    lately = np.empty(0, np.bool_)
    for chunk in in_chunks(whole, size, context, judge.after):
        judged = judge.judge([chunk], 0)[0].part(0, size)
        end = begin + len(judged.errors)
        states = np.concatenate([latest, judged.states])
        fresh = np.concatenate([lately, judged.fresh])
        averages = averaged(states, averaged_rows, reference.states.center, fresh)[len(latest) :]
        latest, lately = states[-averaged_rows:], fresh[-averaged_rows:]
        for each, scorer in zip(errors, chosen, strict=True):
            each[begin:end] = _by_scorer(judged, averages, reference, scorer, codec.channels)
        told, skipped = _in_users_unit(judged, chunk), max(0, before - begin)
        expected[begin + skipped - before : max(end, before) - before] = told[skipped:]
        advance(max(end, before) - max(begin, before))
        begin = end
    for each, scorer in zip(errors, chosen, strict=True):
        each[:] = _placed(each, scorer, codec, noncausal=judge.noncausal)
    return errors, expected


def score_columns(judged: Judged, segment: Segment, reference: Reference, codec: Codec) -> Floats:
    """Return the table of `score_held_out` for one segment.

    Args:
        judged: Its errors.
        segment: Its rows.
        reference: What is usual for the network.
        codec: The scorers.
    """
    rows = len(segment)
    scorers = codec.scorers.all()
    center = reference.states.center
    averages = averaged(judged.states, codec.rows_of(STATE_SPAN), center, judged.fresh)
    keys = [(each.of, each.channels, watched_at(each.span, codec.channels)) for each in scorers]
    joined = {  # once for all scorers that differ in what they average over alone
        key: _by_scorer(judged, averages, reference, scorer, codec.channels)
        for key, scorer in dict(zip(keys, scorers, strict=True)).items()
    }
    scores = [
        smooth(
            _placed(joined[key], scorer, codec, noncausal=codec.scorers.noncausal),
            _still_to_average(scorer, codec),
            codec.bridge,
            noncausal=codec.scorers.noncausal,
        )
        for key, scorer in zip(keys, scorers, strict=True)
    ]
    told = _in_users_unit(judged, segment)
    table = np.column_stack([*scores, np.zeros((len(told), COLUMNS)), told])
    filled: Floats = np.nan_to_num(table[len(table) - rows :])
    return filled


def _by_scorer(
    judged: Judged, averages: Floats, reference: Reference, scorer: Scorer, channels: int
) -> Floats32:
    """Return what a scorer says of single rows, (rows,), NaN where nothing was observed."""
    if scorer.of == STATE:
        seen = judged.counted.any(axis=(1, 2))
        return np.where(seen, reference.states.distance(averages), np.float32(np.nan))
    watched = watched_at(scorer.span, channels)
    return joined_errors(judged, reference.errors, scorer.of, scorer.channels, watched)


def _still_to_average(scorer: Scorer, codec: Codec) -> int:
    """Return over how many rows what a scorer says is averaged; states have been already."""
    return 1 if scorer.of == STATE else codec.rows_of(scorer.span)


def _placed(
    says: npt.NDArray[np.floating], scorer: Scorer, codec: Codec, *, noncausal: bool
) -> npt.NDArray[np.floating]:
    """Return what a scorer says at the rows that it is true of: noncausal, states of those around.

    Args:
        says: (rows,), of what ends with the row.
        scorer: The scorer.
        codec: Says how many rows states are averaged over.
        noncausal: Whether rows after a row count too.
    """
    if scorer.of != STATE or not noncausal:
        return says
    return moved_on(smooth(says, 1, codec.bridge), codec.rows_of(STATE_SPAN))


def _in_users_unit(judged: Judged, segment: Segment) -> Floats:
    """Return what was expected, in double precision: single would lose a level far from zero."""
    return judged.expected.astype(np.float64) * segment.spread + segment.center
