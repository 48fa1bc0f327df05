"""Simple methods that learn from all series, on the windows that networks are scored on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from seqtune.baselines.forecast._global_fitting import GlobalFitting, Known
from seqtune.baselines.forecast._regression import reach_of
from seqtune.baselines.kept_fits import kept_fit
from seqtune.baselines.pace import Allowance
from seqtune.baselines.problem import PARTS, Portion, Problem
from seqtune.baselines.runner import (
    NOTHING_KEPT,
    BaselineResult,
    KeptResults,
    quietly,
    run_simple_methods,
)
from seqtune.baselines.window_batch import WindowBatch
from seqtune.data.panel.window import Windows
from seqtune.progress import Advance, Listener, no_progress
from seqtune.registry import baselines
from seqtune.tasks._values import Part, Until
from seqtune.tasks.forecast.examples import Examples
from seqtune.tasks.forecast.prepared import Prepared
from seqtune.tasks.forecast.preprocessing import actual_values
from seqtune.tasks.forecast.simple_methods import local_fitting, note_stand_ins, problem_of
from seqtune.tasks.forecast.tables import score_examples
from seqtune.tasks.forecast.window_batch import window_batch

Floats = npt.NDArray[np.float64]

MAX_WINDOWS = 4_000
"""Training windows, evenly spread over series and time."""

MAX_NUMBERS = 15_000_000
"""Numbers that are gathered at a time; with long seasons and many covariates windows are fewer."""

MIN_WINDOWS = 200

LEAST_HISTORY = 8
"""Steps of history that a training window should have, or a season if that is longer."""

SAMPLES = (50, 200)
"""Training windows of the samples that say how long a method takes."""

BEFORE: dict[Part, Until] = {"validation": "train", "test": "validation"}
"""What may be learnt from to forecast a part."""


def learns_from_all(name: str) -> bool:
    """Say whether a method learns from all series together."""
    return hasattr(baselines("forecast")[name], "fit")


def global_problem_of(prepared: Prepared, seed: int) -> Problem:
    """Return what the methods forecast: each part by a fit on the rows before it.

    Args:
        prepared: The data of the run.
        seed: Of the methods that draw at random.
    """
    lessons = _Lessons(prepared)
    portions = [
        Portion(
            lessons.known(BEFORE[part]),
            lessons.asked(prepared.encoded(part)),
            (lessons.count(BEFORE[part]), len(prepared.windows[part])),
        )
        for part in PARTS
    ]

    def sample(size: int) -> Portion:
        batch, truth = lessons.known("train")
        places = np.linspace(0, len(batch) - 1, min(size, len(batch))).astype(np.int64)
        return Portion((batch[places], truth[places]), [batch[places]], (len(places), len(places)))

    def gather(
        name: str, answers: Sequence[tuple[Floats, int]], listener: Listener
    ) -> dict[str, Floats]:
        note_stand_ins(name, answers, listener)
        return {part: rows[..., 1:] for part, (rows, _) in zip(PARTS, answers, strict=True)}

    return Problem(_fitting(prepared, seed), portions, gather, SAMPLES, sample)


def run_all_methods(
    prepared: Prepared,
    names: Sequence[str] | Literal["auto"],
    allowance: Allowance,
    listener: Listener,
    kept: KeptResults = NOTHING_KEPT,
    *,
    seed: int,
    may_blend: bool,
    without: Collection[str] = (),
) -> list[BaselineResult]:
    """Forecast and score both parts by each method; see `run_simple_methods`.

    Methods that learn from all series have their turn first: they see covariates, and are fitted
    once for a part, not once for a window. "auto" takes none of those in `without`.
    """
    problem = problem_of(prepared)
    suited = [name for name in (*problem.suited(), *_global_names()) if name not in without]
    every = suited if names == "auto" else list(names)
    together = [name for name in every if learns_from_all(name)]
    apart = [name for name in every if name not in together]
    turns = [(global_problem_of(prepared, seed), together)] if together else []
    results = [
        result
        for each, chosen in [*turns, (problem, apart)]
        for result in run_simple_methods(
            each,
            chosen,
            allowance,
            listener,
            kept,
            score=partial(_score, prepared),
            metric=prepared.metric,
            may_blend=may_blend,
        )
    ]
    order = sorted(every) if names == "auto" else every
    return sorted(results, key=lambda result: order.index(result.name))


def _global_names() -> list[str]:
    return [name for name in baselines("forecast") if learns_from_all(name)]


def _score(prepared: Prepared, part: Part, quantiles: Floats) -> dict[str, float]:
    return score_examples(prepared.codec, prepared.encoded(part), quantiles)


def forecast_by_global_method(
    prepared: Prepared, examples: Examples, name: str, seed: int, advance: Advance = no_progress
) -> Floats:
    """Forecast by a method that is fitted on all rows of the run.

    Args:
        prepared: The data of the run.
        examples: What is to be forecast.
        name: The method.
        seed: Of the methods that draw at random.
        advance: Hears how many more windows are done.

    Returns:
        Quantiles, (windows, horizon, levels), without NaN.
    """
    lessons, fitting = _Lessons(prepared), _fitting(prepared, seed)
    method = baselines("forecast")[name]
    model = kept_fit(
        prepared,
        (name, seed),
        lambda: quietly(lambda: fitting.fit(method, lessons.known("test"))),
    )
    forecast = np.empty((len(examples), fitting.local.horizon, len(fitting.local.levels)))
    done = 0
    for batch in lessons.asked(examples):
        rows, _ = quietly(partial(fitting.predict, model, [batch]))
        forecast[done : done + len(batch)] = rows[..., 1:]
        done += len(batch)
        advance(len(batch))
    return forecast


class _Lessons:
    """Windows of a run in the form that the methods learn from.

    Args:
        prepared: The data of the run.
    """

    def __init__(self, prepared: Prepared) -> None:
        self.prepared, codec = prepared, prepared.codec
        self.reach = reach_of(codec.horizon, codec.periods)
        columns = 2 + codec.past.width + codec.future.width + prepared.coded.calendar.features
        window = (self.reach + codec.horizon) * columns
        self.most = int(np.clip(MAX_NUMBERS // window, MIN_WINDOWS, MAX_WINDOWS))

    def windows(self, until: Until) -> Windows:
        """Return the windows to learn from, whose truth lies before the end of a part."""
        least = max(LEAST_HISTORY, self.prepared.codec.period)
        every = self.prepared.training(least, until)
        return every.spread(self.most, self.prepared.codec.periods)

    def count(self, until: Until) -> int:
        """Return how many they are."""
        return len(self.windows(until))

    def known(self, until: Until) -> Known:
        """Return them with what came of them, (windows, horizon), NaN where not observed."""
        codec, coded, windows = self.prepared.codec, self.prepared.coded, self.windows(until)
        truth, observed = actual_values(coded, windows, codec.horizon)
        batch = window_batch(coded, windows, codec, self.reach)
        return batch, np.where(observed, truth, np.nan)

    def asked(self, examples: Examples) -> Asked:
        """Return what is known at the origin of windows."""
        return Asked(self.prepared, examples, self.reach, self.most)


@dataclass(frozen=True)
class Asked:
    """Windows to be forecast, gathered some at a time whenever they are gone through.

    Args:
        prepared: The data of the run.
        examples: The windows.
        reach: Steps of history.
        most: How many are gathered at a time.
    """

    prepared: Prepared
    examples: Examples
    reach: int
    most: int

    def __iter__(self) -> Iterator[WindowBatch]:
        coded, windows = self.examples.coded, self.examples.windows
        for begin in range(0, len(windows), self.most):
            some = windows[begin : begin + self.most]
            yield window_batch(coded, some, self.prepared.codec, self.reach)


def _fitting(prepared: Prepared, seed: int) -> GlobalFitting:
    return GlobalFitting(local_fitting(prepared), seed)
