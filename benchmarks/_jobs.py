"""Trials for the real executors, without a search: data in a folder, configurations at random."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from seqtune.data.reading.open import open_source
from seqtune.progress import silent
from seqtune.recipe.dimension import Dimension
from seqtune.recipe.load import Recipe
from seqtune.runtime.devices import Machine
from seqtune.runtime.share import Share
from seqtune.runtime.workers import shares as workers_of
from seqtune.search.problem import Problem
from seqtune.search.space import complete
from seqtune.search.trial import TrialJob
from seqtune.tasks import load_task

AIRLINE = Path(__file__).resolve().parent.parent / "data" / "airline.csv"
LONG = 3600.0
"""Seconds that no trial here takes: only its steps end it."""


def shares(workers: int, cores: int) -> tuple[Share, ...]:
    """Return an equal part of some of this machine's cores for each worker.

    Args:
        workers: How many workers.
        cores: How many cores they have together.
    """
    own = tuple(sorted(os.sched_getaffinity(0)))[:cores]
    return workers_of(Machine(own), workers).shares


def prepare(data: Path, folder: Path, overrides: Sequence[str]) -> tuple[Problem, Recipe]:
    """Prepare data under the default recipe and leave it in a folder, as `fit` does.

    Args:
        data: A table.
        folder: Takes the arrays.
        overrides: To the recipe, `key.path=value`.
    """
    recipe = Recipe.load(None, "forecast", list(overrides))
    task = load_task("forecast")
    prepared, recipe = task.prepare(open_source(str(data), recipe), recipe, silent)
    prepared.save(folder)
    return Problem(task, task.load(folder), folder), recipe


def jobs(recipe: Recipe, count: int, steps: int) -> Iterator[TrialJob]:
    """Yield trials of random configurations, the same for every caller.

    Args:
        recipe: Its space is drawn from.
        count: How many.
        steps: Optimiser steps of each.
    """
    draw = random.Random(0)
    dimensions = recipe.dimensions()
    for number in range(1, count + 1):
        values = complete(dimensions, {each.path: drawn(each, draw) for each in dimensions})
        values.update({"training.steps": steps, "training.patience": steps})
        yield TrialJob(f"t{number:03d}", values, number, LONG, steps, max(1, steps // 4))


def drawn(dimension: Dimension, draw: random.Random) -> Any:
    """Return a random value of a dimension."""
    if dimension.minimum is None or dimension.maximum is None:
        return draw.choice(dimension.choices)
    if dimension.log:
        return math.exp(draw.uniform(math.log(dimension.minimum), math.log(dimension.maximum)))
    if dimension.kind == "int":
        return draw.randint(int(dimension.minimum), int(dimension.maximum))
    return draw.uniform(dimension.minimum, dimension.maximum)
