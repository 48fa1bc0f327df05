"""The flags of `fit` and `plan` as one value, and the recipe that they give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune.errors import UsageError, unknown
from seqtune.registry import tasks

if TYPE_CHECKING:
    from seqtune.recipe.load import Recipe

SYNONYMS = {
    "forecasting": "forecast",
    "anomaly-detection": "anomaly",
    "anomalies": "anomaly",
    "classification": "classify",
    "generation": "generate",
}

PATHS = {
    "target": "data.target",
    "time": "data.time",
    "series": "data.series",
    "text": "data.text",
    "label": "data.label",
    "group": "data.group",
    "past": "data.past",
    "future": "data.future",
    "static": "data.static",
    "freq": "data.frequency",
    "horizon": "horizon",
    "lookback": "lookback",
    "quantiles": "quantiles",
    "budget": "search.budget",
    "trials": "search.trials",
    "workers": "search.workers",
    "executor": "search.executor",
    "backend": "backend",
    "seed": "seed",
}
"""Where each flag stands in a recipe."""


@dataclass(frozen=True)
class FitOptions:
    """Every flag of `seqtune fit`; None leaves a key to the recipe.

    Args:
        recipe: A shipped recipe's name, or a file.
        set: `key.path=value` overrides.
        target: Column or columns to learn.
        time: Column of dates or steps.
        series: Column that tells series, or cases, apart.
        text: Column of texts.
        label: Column of labels.
        group: Column whose values are not torn apart by splits.
        past: Covariates known until now.
        future: Covariates known ahead.
        static: Columns constant per series.
        horizon: Steps ahead.
        lookback: Steps of history.
        freq: Distance between rows, a pandas alias.
        quantiles: Levels of the quantiles to forecast, a list or "0.05,0.5,0.95"; the median is
            added where it is missing.
        budget: Wall time for the whole command, such as "90s" or "10m".
        trials: At most so many trials.
        workers: Trials at a time, or "auto".
        executor: Where trials run.
        backend: Keras backend.
        seed: Start of all random numbers.
        out: The run folder.
    """

    recipe: str | Path | None = None
    set: Sequence[str] = ()
    target: str | Sequence[str] | None = None
    time: str | None = None
    series: str | None = None
    text: str | None = None
    label: str | None = None
    group: str | None = None
    past: Sequence[str] | None = None
    future: Sequence[str] | None = None
    static: Sequence[str] | None = None
    horizon: int | None = None
    lookback: int | None = None
    freq: str | None = None
    quantiles: str | Sequence[float] | None = None
    budget: str | float | None = None
    trials: int | None = None
    workers: int | str | None = None
    executor: str | None = None
    backend: str | None = None
    seed: int | None = None
    out: str | Path | None = field(default=None)

    def words(self) -> list[str]:
        """Return the flags as they are typed, those left out left out.

        Example:
            >>> FitOptions(target=["sales"], horizon=7).words()
            ['--target', 'sales', '--horizon', '7']
        """
        typed: list[str] = []
        for flag in fields(self):
            value = getattr(self, flag.name)
            if value is None:
                continue
            if flag.name == "quantiles" and not isinstance(value, str):
                value = ",".join(f"{level:g}" for level in value)
            for item in value if isinstance(value, (list, tuple)) else [value]:
                typed += [f"--{flag.name}", str(item)]
        return typed

    @property
    def notes(self) -> list[str]:
        """What was made of the flags that the user should know."""
        if self.quantiles is None or 0.5 in _levels(self.quantiles):
            return []
        return ["the median, quantile 0.5, is forecast too: the point forecast is the median"]

    def values(self) -> dict[str, Any]:
        """Return the flags that were given, by their path in the recipe."""
        given = {}
        for flag, path in PATHS.items():
            value = getattr(self, flag)
            if value is None:
                continue
            given[path] = (
                [str(item) for item in value] if isinstance(value, (list, tuple)) else value
            )
        if self.quantiles is not None:
            given["quantiles"] = quantile_levels(self.quantiles)
        target = given.get("data.target")
        if isinstance(target, list) and len(target) == 1:
            given["data.target"] = target[0]
        return given


def quantile_levels(given: str | Sequence[float]) -> list[float]:
    """Return quantile levels in their order, the median among them.

    Args:
        given: A list of levels, or one with commas in it.

    Raises:
        UsageError: One is no number between 0 and 1.

    Example:
        >>> quantile_levels("0.95,0.05")
        [0.05, 0.5, 0.95]
    """
    levels = _levels(given)
    if not levels or not all(0 < level < 1 for level in levels):
        raise UsageError(
            f"found the quantiles {given!r}, expected numbers between 0 and 1",
            "--quantiles 0.05,0.5,0.95",
        )
    return sorted({*levels, 0.5})


def _levels(given: str | Sequence[float]) -> list[float]:
    words = given.split(",") if isinstance(given, str) else given
    try:
        return [float(word) for word in words]
    except (TypeError, ValueError):
        return []


def task_name(task: str | None) -> str:
    """Return the task's own name for a name or a synonym.

    Raises:
        UsageError: There is no such task, or none was given.

    Example:
        >>> task_name("forecasting")
        'forecast'
    """
    known = list(tasks)
    if task is None:
        raise UsageError(
            f"no task was given; the tasks are {', '.join(known)}", f"--task {known[0]}"
        )
    name = SYNONYMS.get(task.lower(), task.lower())
    if name not in known:
        raise UsageError(unknown("task", task, known), f"--task {known[0]}")
    return name


def load_recipe(task: str | None, options: FitOptions) -> Recipe:
    """Return the recipe that the flags give.

    Args:
        task: A task or a synonym.
        options: The flags.

    Raises:
        RecipeError: A key or a value is not valid; the message names every fault.
    """
    from seqtune.recipe.check import schema_of  # loads pydantic, which `--help` can do without
    from seqtune.recipe.load import Recipe

    name = task_name(task)
    given, aliases = options.values(), schema_of(name).aliases
    values = {aliases.get(path, path): value for path, value in given.items()}
    return Recipe.load(options.recipe, name, tuple(options.set), values)
