"""Simple methods on the windows that networks are scored on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from seqtune.baselines.forecasts import ALWAYS, BaselineProblem, run_baselines
from seqtune.baselines.pace import Allowance
from seqtune.progress import BaselineEnded, Listener
from seqtune.registry import baselines
from seqtune.tasks._contract import Task
from seqtune.tasks._values import BaselineResult, Part
from seqtune.tasks.forecast.inference import window_histories
from seqtune.tasks.forecast.prepared import Prepared

PARTS: tuple[Part, ...] = ("validation", "test")

SUIT_WINDOWS = 100
"""Of so many validation windows the histories say which simple methods suit the data."""


def run_simple_methods(
    task: Task,
    prepared: Prepared,
    asked: Sequence[str] | None,
    allowance: Allowance,
    listener: Listener,
    *,
    may_blend: bool,
) -> list[BaselineResult]:
    """Score the simple methods on both parts, as far as the time goes.

    Args:
        task: Scores them.
        prepared: The data.
        asked: Their names; all that suit the data if None.
        allowance: The time that they may take.
        listener: Hears how each did.
        may_blend: Whether networks may be averaged with one of them.
    """
    codec, coded = prepared.codec, prepared.coded
    methods = _suited_methods(prepared) if asked is None else list(asked)

    def histories(part: str, start: int, stop: int) -> list[npt.NDArray[np.float64]]:
        return window_histories(coded, prepared.windows[part][start:stop])  # type: ignore[index]

    problem = BaselineProblem(
        histories=histories,
        windows={part: len(windows) for part, windows in prepared.windows.items()},
        horizon=codec.horizon,
        periods=codec.periods,
        levels=codec.levels,
    )
    results = []
    for outcome in run_baselines(methods, problem, allowance, listener):
        if outcome.left_out:
            results.append(BaselineResult(outcome.name, left_out=outcome.left_out))
            continue
        made = {part: each[..., 1:] for part, each in outcome.forecasts.items()}
        validation, test = (
            task.score(prepared, prepared.encoded(part), made[part]) for part in PARTS
        )
        listener(BaselineEnded(outcome.name, validation[prepared.metric], outcome.seconds))
        results.append(
            BaselineResult(
                outcome.name,
                validation,
                test,
                outcome.seconds,
                predictions=made if may_blend else {},
            )
        )
    return _with_one_blendable(results, prepared.metric)


def _with_one_blendable(results: Sequence[BaselineResult], metric: str) -> list[BaselineResult]:
    """Let go of the forecasts of all methods but one: the best, for an ensemble to take in.

    Networks predict the difference from a naive forecast, so that one adds little to them: it is
    taken where no other method had the time (docs/notes/forecasting.md, "Short series").
    """
    scores = {each.name: each.validation.get(metric, math.nan) for each in results}
    known = [each.name for each in results if math.isfinite(scores[each.name])]
    others = [name for name in known if name not in ALWAYS]
    best = min(others or known, key=scores.__getitem__, default="")
    return [each if each.name == best else replace(each, predictions={}) for each in results]


def _suited_methods(prepared: Prepared) -> list[str]:
    """Return the simple methods, without those that are meant for other data."""
    windows = prepared.windows["validation"]
    some = windows[np.unique(np.linspace(0, len(windows) - 1, SUIT_WINDOWS).astype(np.int64))]
    histories = window_histories(prepared.coded, some)
    return [
        name
        for name, method in baselines("forecast").items()
        if not hasattr(method, "suits") or method.suits(histories)
    ]
