"""What `fit` would do with some data: everything up to the first trial, and an estimate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune.progress import Assumption, Event, Listener, Note, silent
from seqtune.recipe.duration import seconds as parse_seconds
from seqtune.run.plan import Plan, Split
from seqtune.runtime import backend as backends
from seqtune.runtime.workers import WORKER_BYTES, plan_workers
from seqtune.search.budget import Shares
from seqtune.workflow.options import FitOptions, load_recipe
from seqtune.workflow.tracking import seconds_kept

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.recipe.load import Recipe

BYTES_PER_ROW = 40
"""What a row of usual width takes, read and prepared."""

START_SECONDS = 1.5
STEP_SECONDS = 0.002
"""A rough trial: building and compiling its network, and a step of training. On two cores, the
trials of the shipped forecast recipe took 3 to 8 s on the three samples, of 1,500 steps at most."""


def plan(
    data: str | Path | pd.DataFrame,
    task: str | None = None,
    *,
    listener: Listener = silent,
    **options: Any,
) -> Plan:
    """Say what `fit` would do; trains nothing and writes nothing.

    Args:
        data: A file or a DataFrame.
        task: What to learn.
        listener: Hears of assumptions and repairs.
        options: Every flag of `fit`; see `seqtune.workflow.options.FitOptions`.

    Example:
        >>> seqtune.plan("data/airline.csv", task="forecast").horizon
        12
    """
    return plan_with(data, task, FitOptions.of(**options), listener=listener)


def plan_with(
    data: str | Path | pd.DataFrame,
    task: str | None,
    settings: FitOptions,
    *,
    listener: Listener = silent,
) -> Plan:
    """Do what `plan` does, the flags given as one value."""
    from seqtune.data.reading.open import open_source, shown_data
    from seqtune.tasks import load_task

    assumptions: list[Assumption] = []
    notes: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, Assumption):
            assumptions.append(event)
        elif isinstance(event, Note):
            notes.append(event.text)
        listener(event)

    recipe = load_recipe(task, settings)
    for note in settings.notes(recipe.task):
        hear(Note(note))
    source = open_source(data, recipe, settings.query)
    backend = backends.activate(recipe.values.backend, hear)
    loaded = load_task(recipe.task)
    prepared, recipe = loaded.prepare(source, recipe, hear)
    facts = prepared.describe()
    return Plan(
        data=shown_data(data),
        task=recipe.task,
        recipe=recipe.name,
        rows=source.rows,
        assumptions=tuple(assumptions),
        notes=tuple(dict.fromkeys([*source.notes, *notes])),
        lookback=_lookback(recipe),
        **_of_data(facts),
        **_of_search(recipe, backend, loaded.search.refit_share, BYTES_PER_ROW * facts["rows"]),
    )


def _of_data(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a plan says of the prepared data."""
    unit = facts.get("unit", "window")
    return {
        "series": facts.get("series", 0),
        "roles": facts.get("roles", {}),
        "facts": facts.get("facts", {}),
        "unit": unit,
        "frequency": facts.get("frequency", ""),
        "periods": tuple(facts.get("periods", ())),
        "horizon": facts.get("horizon"),
        "gaps": {"filled values": facts["filled_values"]} if facts.get("filled_values") else {},
        "splits": tuple(
            Split(
                part,
                facts[f"{part}_rows"],
                facts.get(f"{part}_{unit}s", facts[f"{part}_rows"]),
                *facts.get(f"{part}_span", ()),
            )
            for part in ("training", "validation", "test")
            if f"{part}_rows" in facts
        ),
    }


def _of_search(recipe: Recipe, backend: str, refit_share: float, data_bytes: int) -> dict[str, Any]:
    """Return what a plan says of the space, the trials and the time."""
    from seqtune.search.space import space_size

    size = space_size(recipe.dimensions())
    budget = parse_seconds(recipe.values.search.budget)
    shares = Shares(budget, refit_share if recipe.get("refit") else 0.0)
    baselines = recipe.get("baselines.share") * budget
    tracking = seconds_kept(recipe.values.tracking, budget)
    searching = max(0.0, budget - baselines - shares.ending - tracking)
    team = plan_workers(
        backends.machine_for(backend), recipe.values.search, budget, backend, data_bytes
    )
    running = team.workers if team.executor != "inline" else 0  # beside the main process
    trial_seconds = rough_trial_seconds(recipe, searching)
    return {
        "dimensions": sum(item.kind != "fixed" for item in recipe.dimensions()),
        "combinations": int(size) if math.isfinite(size) else None,
        "portfolio": len(recipe.portfolio()),
        "trials": expected_trials(recipe, team.at_once, searching, trial_seconds),
        "trial_seconds": trial_seconds,
        "workers": team.workers,
        "workers_why": team.why,
        "executor": team.executor,
        "seconds": {
            "baselines, about": baselines,
            "search, about": searching,
            "refit": shares.refitting,
            "saving": shares.saving,
            **({"tracking": tracking} if tracking else {}),
        },
        "budget_seconds": budget,
        "memory_bytes": (1 + running) * WORKER_BYTES[backend] + data_bytes,
    }


def _lookback(recipe: Recipe) -> int | None:
    """Return the steps that a network sees, where the task has such and they are settled."""
    asked = getattr(recipe.values, "lookback", None)
    return asked if isinstance(asked, int) else None


def rough_trial_seconds(recipe: Recipe, search_seconds: float) -> float:
    """Return what a trial may take: a rough estimate that knows neither network nor data.

    Args:
        recipe: Gives the number of training steps, of which the middle one is taken.
        search_seconds: Length of the search, of which no trial takes more than its share.
    """
    usual = {dimension.path: dimension.default for dimension in recipe.dimensions()}
    steps = float(usual["training.steps"])
    longest = search_seconds * recipe.values.search.trial_share
    return START_SECONDS + min(STEP_SECONDS * steps, longest)


def expected_trials(
    recipe: Recipe, at_once: int, search_seconds: float, trial_seconds: float
) -> int:
    """Return how many trials there will be, roughly; at least one, where any may be.

    Args:
        recipe: Gives the most that there may be.
        at_once: Trials that run at full speed at the same time.
        search_seconds: Length of the search.
        trial_seconds: What a trial may take.
    """
    from seqtune.search.space import space_size

    asked = recipe.values.search.trials
    most = min(math.inf if asked is None else asked, space_size(recipe.dimensions()))
    return int(min(max(1.0, at_once * search_seconds / trial_seconds), most))
