"""Simple detectors on the same rows as the networks, in the same unit."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.anomalies import AnomalyProblem, fit_detector, run_detectors
from seqtune.baselines.anomalies import Part as Rows
from seqtune.progress import BaselineEnded, Listener
from seqtune.registry import baselines
from seqtune.tasks._contract import BaselineResult, Part, Until
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.stretch import Stretch

Floats = npt.NDArray[np.float64]

SEED = 0
"""Of the methods that draw at random: fitted again on the same rows, they answer the same."""


def run_simple_methods(
    task: Any, prepared: Prepared, asked: Any, seconds: float, listener: Listener
) -> list[BaselineResult]:
    """Score the held-out rows by simple methods.

    Args:
        task: Scores and calibrates.
        prepared: The data.
        asked: The recipe's section `baselines`.
        seconds: Time that they may take.
        listener: Hears how each did.
    """
    methods = list(baselines("anomaly")) if asked.methods == "auto" else list(asked.methods)
    parts: tuple[tuple[Part, Until], ...] = (("validation", "train"), ("test", "validation"))
    problem = AnomalyProblem(
        {
            part: Rows(training_rows(prepared, until), _known(prepared.held_out[part].stretches))
            for part, until in parts
        },
        period_of(prepared),
        SEED,
    )
    results = []
    for found in run_detectors(methods, problem, time.monotonic() + seconds, listener):
        if found.left_out:
            results.append(BaselineResult(found.name, left_out=found.left_out))
            continue
        raw = {part: as_predictions(prepared, part, found.scores[part]) for part, _ in parts}
        figures = task.calibration(prepared, raw["validation"])
        scores = {
            part: task.score(prepared, part, task.calibrated(prepared, each, figures))
            for part, each in raw.items()
        }
        listener(BaselineEnded(found.name, scores["validation"][prepared.metric], found.seconds))
        results.append(
            BaselineResult(
                found.name,
                scores["validation"],
                scores["test"],
                found.seconds,
                predictions={str(part): each for part, each in raw.items()} if asked.blend else {},
            )
        )
    return results


def as_predictions(prepared: Prepared, part: Part, scores: Sequence[Floats]) -> Floats:
    """Return a method's scores as those of a network: (rows, 1 + channels).

    Simple methods do not say what they expect: the median of the channel stands for it.

    Args:
        prepared: The data.
        part: Which part was scored.
        scores: (rows,) of each stretch, context included.
    """
    held = prepared.held_out[part]
    cut = [each[stretch.first :] for each, stretch in zip(scores, held.stretches, strict=True)]
    one = np.concatenate(cut)
    least = np.nanmin(one, initial=np.inf)
    one = np.where(np.isfinite(one), one, least if np.isfinite(least) else 0.0)
    usual = [np.tile(stretch.center, (len(stretch), 1)) for stretch in held.stretches]
    return np.column_stack([one, np.concatenate(usual)])


def held_out_predictions(prepared: Prepared, name: str) -> Floats:
    """Score the validation part by a method once more, for what makes its scores rarities."""
    scorer = fit_detector(name, training_rows(prepared, "train"), period_of(prepared), SEED)
    held = prepared.held_out["validation"]
    return as_predictions(
        prepared, "validation", [scorer(values) for values in _known(held.stretches)]
    )


def score_by_method(
    prepared: Prepared, name: str, stretches: Sequence[Stretch]
) -> list[tuple[Floats, Floats]]:
    """Score rows by a method that was fitted on all rows of the run.

    Returns:
        For each stretch the scores, NaN where there is none, and the channels' medians.
    """
    scorer = fit_detector(name, training_rows(prepared, "test"), period_of(prepared), SEED)
    found = []
    for stretch, values in zip(stretches, _known(stretches), strict=True):
        scores = scorer(values)[stretch.first :]
        found.append((scores, np.tile(stretch.center, (len(stretch), 1))))
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


def _known(stretches: Sequence[Stretch]) -> list[Floats]:
    return [np.where(each.observed, each.values, np.nan) for each in stretches]
