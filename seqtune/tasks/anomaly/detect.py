"""Rarities of new rows by one row of the leaderboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.errors import RunError
from seqtune.files import damaged
from seqtune.tasks.anomaly.events import Evidence
from seqtune.tasks.anomaly.inference import Judge
from seqtune.tasks.anomaly.paces import are_figures, chosen_ways, join_paces
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.simple_methods import score_by_method
from seqtune.tasks.anomaly.stretch import Stretch
from seqtune.tasks.anomaly.ways import held_out_units, score_held_out, score_stretches

Floats = npt.NDArray[np.float64]

CALIBRATION = "calibration.json"


def detect(run: Any, name: str, stretches: Sequence[Stretch]) -> tuple[Floats, Evidence]:
    """Score stretches, one after another.

    Args:
        run: The run.
        name: A row of the leaderboard.
        stretches: What is scored.

    Returns:
        (rows,) rarities, NaN where there is none, and what they were made of.

    Raises:
        RunError: The model does not score numbers, or what was measured of it is damaged.
    """
    row = run.choose(name)
    prepared: Prepared = run.prepared
    if row.kind == "baseline":
        parts = score_by_method(prepared, name, stretches)
    else:
        members = run.members[name]
        parts = _blended([_by_member(run, member, stretches) for member in members], members)
    scores = []
    for (found, _), stretch in zip(parts, stretches, strict=True):
        scored = stretch.scored(prepared.codec.bridge)
        scores.append(np.where(scored, found, np.nan))
    joined = np.concatenate(scores)
    if np.isinf(joined).any():
        raise RunError(
            f"{name} of {run.folder} does not score numbers",
            f"seqtune report {run.folder}, and score with another row: --use NAME",
        )
    return joined, _evidence(stretches, [told for _, told in parts])


def _by_member(run: Any, member: Any, stretches: Sequence[Stretch]) -> list[tuple[Floats, Any]]:
    if member.baseline:
        return score_by_method(run.prepared, member.baseline, stretches)
    prepared: Prepared = run.prepared
    model = run.network(member)
    if member.trial in run.calibrations:
        figures = _figures(run, member.trial, ways=len(prepared.codec.ways.all()))
    else:  # the run ended before anything was measured
        held = score_held_out(model, prepared, member.values, "validation")
        figures = run.task.calibration(prepared, held)
    hindsight = bool(run.recipe.get("score.hindsight"))
    judge = Judge(model, prepared.codec, member.values, hindsight=hindsight)
    units = held_out_units(judge, prepared)
    ways = chosen_ways(figures)
    found = score_stretches(judge, stretches, units, list(ways.values()))
    return [
        (join_paces(dict(zip(ways, scores, strict=True)), figures), told) for scores, told in found
    ]


def _blended(
    parts: Sequence[list[tuple[Floats, Any]]], members: Sequence[Any]
) -> list[tuple[Floats, Any]]:
    """Average what members say of each stretch, by their weights."""
    joined = []
    for of_stretch in zip(*parts, strict=True):
        weights = [member.weight for member in members]
        scores = sum(weight * each[0] for weight, each in zip(weights, of_stretch, strict=True))
        told = sum(weight * each[1] for weight, each in zip(weights, of_stretch, strict=True))
        joined.append((np.asarray(scores), told))
    return joined


def _figures(run: Any, name: str, ways: int) -> Mapping[str, float]:
    """Return what turns scores into rarities, from a file that may come from a stranger.

    Raises:
        RunError: It is missing, or is none.
    """
    path = run.folder / CALIBRATION
    if name not in run.calibrations:
        raise damaged(path, f"it lacks {name}")
    figures: Mapping[str, float] = run.calibrations[name]
    if not are_figures(figures, ways):
        raise damaged(path, f"it has no figures of {name}")
    return figures


def _evidence(stretches: Sequence[Stretch], expected: Sequence[Any]) -> Evidence:
    """Return what rows were expected to be and what they were, stretch after stretch."""
    found, told, errors = [], [], []
    for stretch, says in zip(stretches, expected, strict=True):
        came, observed = stretch.values[stretch.first :], stretch.observed[stretch.first :]
        found.append(np.where(observed, came, np.nan))
        told.append(says)
        errors.append(np.where(observed, np.abs(came - says) / stretch.spread, np.nan))
    return Evidence(np.concatenate(errors), np.concatenate(told), np.concatenate(found))
