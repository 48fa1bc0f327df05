"""Simple detectors on the same rows as the networks, in the same unit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.anomaly._fitting import AnomalyFitting
from seqtune.baselines.kept_fits import kept_fit
from seqtune.baselines.problem import PARTS, Portion, Problem
from seqtune.baselines.runner import quietly
from seqtune.progress import Advance, Listener, no_progress
from seqtune.registry import baselines
from seqtune.tasks._values import Part, Until
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.score_parts import COLUMNS, parts_of_method
from seqtune.tasks.anomaly.segment import Segment, in_chunks, usual_of
from seqtune.tasks.anomaly.tail_probability import TailFit

Floats = npt.NDArray[np.float64]

SAMPLES = (200, 2_000)
"""Rows of the samples that say how long a method takes."""

REACH_SEASONS, REACH_ROWS = 4, 1_000
"""No method looks further back than so many seasons, or so many rows; nor further ahead."""

MAX_MEASURED = 20_000
"""Rows that a fitted method's tail is measured on."""

CHUNK_ROWS = 1 << 18
"""Rows that are scored at a time."""


def problem_of(prepared: Prepared) -> Problem:
    """Return what the methods score: the held-out rows, each part by a fit on those before it."""
    parts: tuple[tuple[Part, Until], ...] = (("validation", "train"), ("test", "validation"))

    def portion(known: Sequence[Floats], asked: Sequence[Floats]) -> Portion:
        return Portion(known, asked, (sum(map(len, known)), sum(map(len, asked))))

    portions = [
        portion(training_rows(prepared, until), _known(prepared.held_out[part].segments))
        for part, until in parts
    ]

    def sample(size: int) -> Portion:
        some = first_rows(portions[0].known, size)
        return portion(some, some)

    def gather(
        name: str, answers: Sequence[Sequence[Floats]], listener: Listener
    ) -> dict[str, Floats]:
        raw = [
            as_predictions(prepared, part, scores)
            for (part, _), scores in zip(parts, answers, strict=True)
        ]
        tail = tail_of_method(prepared, raw[0])
        rare = [_calibrated(each, tail) for each in raw]
        return dict(zip(PARTS, rare, strict=True))

    fitting = fitting_of(prepared, causal=not prepared.codec.scorers.noncausal)
    return Problem(fitting, portions, gather, SAMPLES, sample)


def first_rows(segments: Sequence[Floats], size: int) -> list[Floats]:
    """Return the first rows of as many segments as make up the size."""
    taken: list[Floats] = []
    for rows in segments:
        taken.append(rows[:size])
        size -= len(taken[-1])
        if size <= 0:
            break
    return taken


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
    return np.column_stack([one, usual_of(held.segments)])


def tail_of_method(prepared: Prepared, raw: Floats) -> TailFit:
    """Measure what turns a method's scores into levels.

    Args:
        prepared: The data.
        raw: Scores of the validation part, as `as_predictions` returns them.
    """
    normal = prepared.held_out["validation"].normal_scores(raw[:, 0])
    return TailFit.fit(normal, prepared.codec.false_alarms)


def _calibrated(raw: Floats, tail: TailFit) -> Floats:
    return np.column_stack([parts_of_method(tail.level(raw[:, 0])), raw[:, 1:]])


def score_by_method(
    prepared: Prepared,
    name: str,
    segments: Sequence[Segment],
    tell: Advance = no_progress,
    *,
    noncausal: bool = False,
) -> list[tuple[Floats, npt.NDArray[np.floating]]]:
    """Score rows by a method that was fitted on all rows of the run.

    What turns its scores into levels is measured on these rows: a fit on other rows counts in other
    units, and a level that has moved since the training part would be strange for ever.

    Args:
        prepared: The data of the run.
        name: The method.
        segments: What is scored.
        tell: Is told how many more rows are done.
        noncausal: Whether the score of a row may hang on rows after it.

    Returns:
        For each segment the score parts, (rows, 5), NaN where there is none, and the channels'
        medians.
    """
    method, fitting = baselines("anomaly")[name], fitting_of(prepared, causal=not noncausal)

    def fit() -> tuple[Any, Any]:
        known = training_rows(prepared, "test")
        fitted = quietly(lambda: fitting.fit(method, known))
        usual = quietly(lambda: fitting.predict(fitted, first_rows(known, MAX_MEASURED)))
        return TailFit.fit(_apart(usual), prepared.codec.false_alarms), fitted

    tail, model = kept_fit(prepared, (name, noncausal), fit)
    codec = prepared.codec
    reach = max(REACH_SEASONS * codec.season, REACH_ROWS)
    before, after = max(codec.context, reach) + codec.bridge, reach if noncausal else 0
    found: list[tuple[Floats, npt.NDArray[np.floating]]] = []
    for segment in segments:
        scores = np.empty((len(segment), COLUMNS))
        end = 0
        for part in in_chunks(segment, CHUNK_ROWS, before, after):
            begin, end = end, min(end + CHUNK_ROWS, len(segment))
            (one,) = quietly(partial(fitting.predict, model, _known([part])))
            one = one[part.first : part.first + end - begin]
            is_scored = part.scored(codec.bridge)[: end - begin]
            levels = tail.level(one)
            levels[np.isnan(levels) & is_scored] = 0.0  # too few rows around it to say anything
            scores[begin:end] = parts_of_method(levels)
            tell(end - begin)
        medians = np.broadcast_to(segment.center, (len(segment), codec.channels))
        found.append((scores, medians))  # a view: the medians stand in memory once
    return found


def _apart(scores: Sequence[Floats]) -> Floats:
    """Return the scores of several segments, with NaN between them: (rows,)."""
    border = np.full(1, np.nan)
    return np.concatenate([border, *(one for each in scores for one in (each, border))])


def training_rows(prepared: Prepared, until: Until) -> list[Floats]:
    """Return the rows of each series that may be learnt from, NaN where nothing was observed."""
    panel = prepared.panel
    return [
        np.where(panel.observed[begin:end], panel.target[begin:end], np.nan)
        for begin, end in prepared.training(until).tolist()
    ]


def fitting_of(prepared: Prepared, *, causal: bool) -> AnomalyFitting:
    """Return how the methods are fitted: with the season, where one was found."""
    codec = prepared.codec
    return AnomalyFitting(codec.season if codec.periods else None, causal=causal)


def _known(segments: Sequence[Segment]) -> list[Floats]:
    return [np.where(each.observed, each.values, np.nan) for each in segments]
