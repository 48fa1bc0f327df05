"""What `fit` would do with some data: everything up to the first trial, and an estimate."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune import backend as backends
from seqtune.options import FitOptions, load_recipe
from seqtune.progress import Event, Guess, Listener, Note, silent
from seqtune.recipe.duration import seconds as parse_seconds
from seqtune.run.plan import Plan, Split
from seqtune.search.budget import TRIALS_WANTED, Shares

if TYPE_CHECKING:
    import pandas as pd

RUNTIME_BYTES = 700_000_000
"""Resident memory of Python, Keras, JAX and a compiled network of usual size."""


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
        listener: Hears of guesses and repairs.
        options: Every flag of `fit`; see `seqtune.options.FitOptions`.

    Example:
        >>> seqtune.plan("data/airline.csv", task="forecast").horizon
        12
    """
    return plan_with(data, task, FitOptions(**options), listener=listener)


def plan_with(
    data: str | Path | pd.DataFrame,
    task: str | None,
    settings: FitOptions,
    *,
    listener: Listener = silent,
) -> Plan:
    """Do what `plan` does, the flags given as one value."""
    from seqtune.reading import open_source
    from seqtune.tasks import load_task

    guesses: list[Guess] = []
    notes: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, Guess):
            guesses.append(event)
        elif isinstance(event, Note):
            notes.append(event.text)
        listener(event)

    recipe = load_recipe(task, settings)
    source = open_source(data, recipe)
    backends.activate(recipe.values.backend, hear)
    loaded = load_task(recipe.task)
    prepared, recipe = loaded.prepare(source, recipe, hear)
    notes = [*source.notes, *notes]

    from seqtune.search.space import space_size

    facts = prepared.describe()
    dimensions = [item for item in recipe.dimensions() if item.kind != "fixed"]
    size = space_size(recipe.dimensions())
    budget = parse_seconds(recipe.values.search.budget)
    shares = Shares(budget, recipe.get("refit"))
    baselines = recipe.get("baselines.share") * budget
    return Plan(
        data=str(data) if isinstance(data, (str, Path)) else "data",
        task=recipe.task,
        recipe=recipe.name,
        rows=source.rows,
        series=facts["series"],
        roles=facts["roles"],
        guesses=tuple(guesses),
        frequency=facts["frequency"],
        periods=tuple(facts["periods"]),
        horizon=facts["horizon"],
        lookback=recipe.get("lookback") if isinstance(recipe.get("lookback"), int) else None,
        gaps={"filled values": facts["filled_values"]} if facts["filled_values"] else {},
        splits=tuple(
            Split(part, facts[f"{part}_rows"], facts[f"{part}_windows"], *facts[f"{part}_span"])
            for part in ("training", "validation", "test")
        ),
        dimensions=len(dimensions),
        combinations=int(size) if math.isfinite(size) else None,
        portfolio=len(recipe.portfolio()),
        trials=recipe.values.search.trials or TRIALS_WANTED,
        workers=1,
        seconds={
            "baselines, at most": baselines,
            "search, at least": max(0.0, budget - baselines - shares.ending),
            "refit": shares.refitting,
            "saving": shares.saving,
        },
        budget_seconds=budget,
        memory_bytes=RUNTIME_BYTES + 40 * facts["rows"],
        notes=tuple(dict.fromkeys(notes)),
    )
