"""Simple detectors on the same rows as the networks, in the same unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.anomalies import AnomalyProblem, fit_detector, run_detectors
from seqtune.baselines.anomalies import Part as Rows
from seqtune.baselines.pace import Allowance
from seqtune.progress import Advance, BaselineEnded, Listener, no_progress
from seqtune.registry import baselines
from seqtune.tasks._values import BaselineResult, Part, Until
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.score_parts import COLUMNS, squared, statement
from seqtune.tasks.anomaly.segment import Segment, in_chunks
from seqtune.tasks.anomaly.tail_probability import fit_rarity, to_rarity

Floats = npt.NDArray[np.float64]

SEED = 0
"""Of the methods that draw at random: fitted again on the same rows, they answer the same."""

REACH_SEASONS, REACH_ROWS = 4, 1_000
"""No method looks further back than so many seasons, or so many rows."""

CHUNK_ROWS = 1 << 18
"""Rows that are scored at a time."""


def run_simple_methods(
    task: Any, prepared: Prepared, asked: Any, allowance: Allowance, listener: Listener
) -> list[BaselineResult]:
    """Score the held-out rows by simple methods.

    Args:
        task: Scores and calibrates.
        prepared: The data.
        asked: The recipe's section `baselines`.
        allowance: The time that they may take.
        listener: Hears how each did.
    """
    methods = list(baselines("anomaly")) if asked.methods == "auto" else list(asked.methods)
    parts: tuple[tuple[Part, Until], ...] = (("validation", "train"), ("test", "validation"))
    problem = AnomalyProblem(
        {
            part: Rows(training_rows(prepared, until), _known(prepared.held_out[part].segments))
            for part, until in parts
        },
        period_of(prepared),
        SEED,
    )
    results = []
    for found in run_detectors(methods, problem, allowance, listener):
        if found.left_out:
            results.append(BaselineResult(found.name, left_out=found.left_out))
            continue
        raw = {part: as_predictions(prepared, part, found.scores[part]) for part, _ in parts}
        figures = figures_of_method(prepared, raw["validation"])
        rare = {part: _calibrated(prepared, each, figures) for part, each in raw.items()}
        scores = {
            part: task.score(prepared, prepared.held_out[part], each) for part, each in rare.items()
        }
        listener(BaselineEnded(found.name, scores["validation"][prepared.metric], found.seconds))
        results.append(
            BaselineResult(
                found.name,
                scores["validation"],
                scores["test"],
                found.seconds,
                predictions={str(part): each for part, each in rare.items()} if asked.blend else {},
            )
        )
    return results


def as_predictions(prepared: Prepared, part: Part, scores: Sequence[Floats]) -> Floats:
    """Return a method's scores beside what it expects: (rows, 1 + channels).

    Simple methods do not say what they expect: the median of the channel stands for it.

    Args:
        prepared: The data.
        part: Which part was scored.
        scores: (rows,) of each segment, context included.
    """
    held = prepared.held_out[part]
    cut = [each[segment.first :] for each, segment in zip(scores, held.segments, strict=True)]
    one = np.concatenate(cut)
    least = np.nanmin(one, initial=np.inf)
    one = np.where(np.isfinite(one), one, least if np.isfinite(least) else 0.0)
    usual = [np.tile(segment.center, (len(segment), 1)) for segment in held.segments]
    return np.column_stack([one, np.concatenate(usual)])


def figures_of_method(prepared: Prepared, raw: Floats) -> dict[str, float]:
    """Measure what turns a method's scores into rarities.

    Args:
        prepared: The data.
        raw: Scores of the validation part, as `as_predictions` returns them.
    """
    normal = prepared.held_out["validation"].normal_scores(raw[:, 0])
    return fit_rarity(normal, prepared.codec.false_alarms)


def _calibrated(prepared: Prepared, raw: Floats, figures: Mapping[str, float]) -> Floats:
    return np.column_stack([_statement(prepared, raw[:, 0], figures), raw[:, 1:]])


def _statement(prepared: Prepared, scores: Floats, figures: Mapping[str, float]) -> Floats:
    """Return what a method says of rows, (rows, 3): it has one score for all paces."""
    rarities = to_rarity(scores, figures)
    return statement(squared(rarities), rarities, prepared.codec.threshold)


def score_by_method(
    prepared: Prepared, name: str, segments: Sequence[Segment], tell: Advance = no_progress
) -> list[tuple[Floats, npt.NDArray[np.floating]]]:
    """Score rows by a method that was fitted on all rows of the run.

    What turns its scores into rarities is measured as it was for the leaderboard.

    Args:
        prepared: The data of the run.
        name: The method.
        segments: What is scored.
        tell: Is told how many more rows are done.

    Returns:
        For each segment the statements, (rows, 3), NaN where there is none, and the channels'
        medians.
    """
    held = prepared.held_out["validation"]
    trained = fit_detector(name, training_rows(prepared, "train"), period_of(prepared), SEED)
    usual = [trained(values) for values in _known(held.segments)]
    figures = figures_of_method(prepared, as_predictions(prepared, "validation", usual))
    scorer = fit_detector(name, training_rows(prepared, "test"), period_of(prepared), SEED)
    codec = prepared.codec
    context = max(codec.context, REACH_SEASONS * codec.season, REACH_ROWS) + codec.bridge
    found: list[tuple[Floats, npt.NDArray[np.floating]]] = []
    for segment in segments:
        scores = np.empty((len(segment), COLUMNS))
        end = 0
        for part in in_chunks(segment, CHUNK_ROWS, context):
            begin, end = end, end + len(part)
            (values,) = _known([part])
            scores[begin:end] = _statement(prepared, scorer(values)[part.first :], figures)
            tell(len(part))
        medians = np.broadcast_to(segment.center, (len(segment), codec.channels))
        found.append((scores, medians))  # a view: the medians stand in memory once
    return found


def training_rows(prepared: Prepared, until: Until) -> list[Floats]:
    """Return the rows of each series that may be learnt from, NaN where nothing was observed."""
    panel = prepared.panel
    return [
        np.where(panel.observed[begin:end], panel.target[begin:end], np.nan)
        for begin, end in prepared.training(until).tolist()
    ]


def period_of(prepared: Prepared) -> int | None:
    """Return the season, None where none was found."""
    return prepared.codec.season if prepared.codec.periods else None


def _known(segments: Sequence[Segment]) -> list[Floats]:
    return [np.where(each.observed, each.values, np.nan) for each in segments]
