"""The settings of trials as numbers: which of them a search has varied, and what each trial had."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqtune.recipe.dimension import Dimension
from seqtune.run.untrusted import is_number


@dataclass(frozen=True)
class Setting:
    """A setting that differs from trial to trial.

    Args:
        path: Its key in the recipe.
        choices: What it may be, in order; () for a range of numbers.
        is_logarithmic: Whether it is searched on a logarithmic scale.
        values: One per trial: a number, or the place of its choice; None where it has no effect.
    """

    path: str
    choices: tuple[str, ...]
    is_logarithmic: bool
    values: tuple[float | None, ...]


def varied(trials: Sequence[Mapping[str, Any]], dimensions: Sequence[Dimension]) -> list[Setting]:
    """Return the settings that differ between trials.

    Args:
        trials: From `Run.trials`; their values may be anything that JSON holds.
        dimensions: From `Recipe.dimensions()`.
    """
    found = []
    for dimension in dimensions:
        values = [_effective(trial["values"], dimension) for trial in trials]
        known = {_text(value) for value in values if value is not None}
        if len(known) > 1:
            found.append(_setting(dimension, values))
    return found


def _effective(values: Mapping[str, Any], dimension: Dimension) -> Any:
    """Return the value of a setting; None where another one leaves it without effect."""
    if dimension.when is not None and values.get(dimension.when[0]) != dimension.when[1]:
        return None
    return values.get(dimension.path)


def _setting(dimension: Dimension, values: Sequence[Any]) -> Setting:
    known = [value for value in values if value is not None]
    is_range = dimension.kind in ("int", "float") and all(map(is_number, known))
    if is_range and len(set(known)) > 4:
        numbers = tuple(None if value is None else float(value) for value in values)
        is_log = dimension.log and all(number is None or number > 0 for number in numbers)
        return Setting(dimension.path, (), is_log, numbers)
    order = [*dimension.choices, *known]
    if all(map(is_number, order)):
        order.sort()
    texts = list(dict.fromkeys(map(_text, order)))
    present = {_text(value) for value in known}
    choices = [text for text in texts if text in present][:200]
    places = {text: float(place) for place, text in enumerate(choices)}
    chosen = tuple(None if value is None else places.get(_text(value)) for value in values)
    return Setting(dimension.path, tuple(choices), False, chosen)


def _text(value: Any) -> str:
    """Write a value as people do: a word as it is, a truth value as "yes" or "no"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value[:200]
    if is_number(value):
        return f"{value:.6g}"
    return json.dumps(value)[:200]


def scored(trials: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the trials that have a score, of all folds where there are some."""
    return [
        trial
        for trial in trials
        if trial["status"] != "failed"
        and not trial.get("folds_left")
        and is_number(trial.get("score"))
        and math.isfinite(trial["score"])
    ]
