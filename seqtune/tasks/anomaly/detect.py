"""Rarities of new rows by one row of the leaderboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.errors import RunError
from seqtune.files import damaged
from seqtune.progress import ProgressCounter
from seqtune.tasks.anomaly.evidence import Evidence
from seqtune.tasks.anomaly.inference import Judge
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.reference_states import usual_of
from seqtune.tasks.anomaly.score_parts import is_flat_line, standing
from seqtune.tasks.anomaly.scorers import score_held_out, score_segments
from seqtune.tasks.anomaly.segment import Segment
from seqtune.tasks.anomaly.simple_methods import score_by_method
from seqtune.tasks.anomaly.tail_probability import is_lift, lifted
from seqtune.tasks.anomaly.time_scales import (
    are_figures,
    chosen_ways,
    join_paces,
)

Floats = npt.NDArray[np.float64]

CALIBRATION = "calibration.json"


def detect(run: Any, name: str, segments: Sequence[Segment]) -> tuple[Floats, Evidence]:
    """Score segments, one after another.

    Args:
        run: The run.
        name: A row of the leaderboard.
        segments: What is scored.

    Returns:
        (rows,) rarities, NaN where there is none, and what they were made of.

    Raises:
        RunError: The model does not score numbers, or what was measured of it is damaged.
    """
    row = run.choose(name)
    prepared: Prepared = run.prepared
    if row.kind == "baseline":
        parts = score_by_method(prepared, name, segments, _tally(run, 1, segments).add)
    else:
        members = run.members[name]
        tally = _tally(run, len(members), segments)
        parts = _blended((_by_member(run, each, segments, tally) for each in members), members)
        if row.kind == "ensemble":
            parts = _lifted(run, name, parts)
    threshold, bridge = prepared.codec.threshold, prepared.codec.bridge
    rows = sum(map(len, segments))
    joined, still = np.empty(rows), np.empty(rows, np.bool_)
    end = 0
    for (found, _), segment in zip(parts, segments, strict=True):
        part = slice(end, end + len(segment))
        stands = segment.flat_line_scores(bridge)
        scores = standing(found, threshold, stands)
        joined[part] = np.where(segment.scored(bridge), scores, np.nan)
        still[part] = is_flat_line(scores, stands, threshold)
        end = part.stop
    if np.isinf(joined).any():
        raise RunError(
            f"{name} of {run.folder} does not score numbers",
            f"seqtune report {run.folder}, and score with another row: --use NAME",
        )
    return joined, Evidence(segments, [told for _, told in parts], still, threshold)


def _tally(run: Any, members: int, segments: Sequence[Segment]) -> ProgressCounter:
    return ProgressCounter(run.listener, members * sum(map(len, segments)), "rows")


def _by_member(
    run: Any, member: Any, segments: Sequence[Segment], tally: ProgressCounter
) -> list[tuple[Floats, Any]]:
    if member.baseline:
        parts = score_by_method(run.prepared, member.baseline, segments, tally.add)
        return _lifted(run, member.baseline, parts)
    prepared: Prepared = run.prepared
    codec, values = prepared.codec, member.values
    model = run.network(member)
    # the network that has not learnt from the rows held out
    first = run.network(replace(member, refitted="")) if member.refitted else model
    if member.trial in run.calibrations:
        figures = _figures(run, member.trial, ways=len(codec.ways.all()))
    else:  # the run ended before anything was measured
        held = score_held_out(first, prepared, values, "validation")
        figures = run.task.calibration(prepared, held)
    noncausal = bool(run.recipe.get("score.noncausal"))
    judge = Judge(model, codec, values, noncausal=noncausal)
    before = Judge(first, codec, values, noncausal=noncausal) if member.refitted else None
    ways = chosen_ways(figures)
    return score_segments(
        judge,
        segments,
        usual_of(judge, prepared, before),
        list(ways.values()),
        lambda scores: join_paces(dict(zip(ways, scores, strict=True)), figures, codec.threshold),
        tally.add,
    )


def _lifted(run: Any, name: str, parts: list[tuple[Floats, Any]]) -> list[tuple[Floats, Any]]:
    """Lift what lasts, of an ensemble or of a simple method in it, as far as was measured.

    Raises:
        RunError: What was measured comes from a stranger.
    """
    figures = run.calibrations.get(name, {})  # none where the run ended before it was measured
    if not is_lift(figures):
        raise damaged(run.folder / CALIBRATION, f"it has no figures of {name}")
    for statements, _ in parts:
        statements[:, 0] = lifted(statements[:, 0], figures)
    return parts


def _blended(
    parts: Iterator[list[tuple[Floats, Any]]], members: Sequence[Any]
) -> list[tuple[Floats, Any]]:
    """Average what members say of each segment, by their weights, holding one at a time."""
    joined: list[tuple[Floats, Any]] = []
    for member, part in zip(members, parts, strict=True):
        if len(members) == 1:
            return part
        weighted = [
            (member.weight * scores, np.float32(member.weight) * np.asarray(told, np.float32))
            for scores, told in part
        ]
        if not joined:
            joined = weighted
            continue
        for (scores, told), (more, says) in zip(joined, weighted, strict=True):
            scores += more
            told += says
    return joined


def _figures(run: Any, name: str, ways: int) -> Mapping[str, float]:
    """Return what turns scores into rarities, from a file that may come from a stranger.

    Raises:
        RunError: They are none.
    """
    figures: Mapping[str, float] = run.calibrations[name]
    if not are_figures(figures, ways):
        raise damaged(run.folder / CALIBRATION, f"it has no figures of {name}")
    return figures
