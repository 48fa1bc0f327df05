"""What a recipe says where the data turns out to be music or events."""

from __future__ import annotations

from typing import Any, cast

from seqtune.data.text.vocabulary import SYMBOL
from seqtune.errors import DataError
from seqtune.progress import Assumption, Listener
from seqtune.recipe.load import Recipe
from seqtune.tasks.generate.schema import EVENT_METRICS, TEXT_METRICS, Schema

OWN = "events"
"""The shipped recipe whose values are taken where the default ones are asked for."""

KEYS = ("network.", "training.", "search.", "ensemble.", "portfolio", "tokens.vocabulary")
"""What of it is taken."""


def recipe_of_events(recipe: Recipe, listener: Listener) -> Recipe:
    """Return a recipe for events: what is as in the default recipe gives way.

    Args:
        recipe: What the user asked for; that of a run is left as it is.
        listener: Hears which recipe was taken.

    Raises:
        DataError: Gaps are to be filled.
    """
    values = cast(Schema, recipe.values)
    if values.objective != "next":
        raise DataError(
            "gaps are filled in texts of words alone, not in music or events",
            "--set objective=next",
        )
    changes: dict[str, Any] = {"tokens.kind": SYMBOL}
    if values.metric in TEXT_METRICS:
        changes["metric"] = EVENT_METRICS[0]
    if values.tokens.kind != SYMBOL:
        taken = _own_values(recipe)
        if taken:
            why = "music and events are learnt so"
            listener(Assumption("recipe", f"generate/{OWN}", why, "--set KEY=VALUE"))
        changes = {**taken, **changes}
    return recipe.replace(changes)


def recipe_of_texts(recipe: Recipe) -> Recipe:
    """Return a recipe for texts as it is.

    Raises:
        DataError: It asks for what events alone have.
    """
    values = cast(Schema, recipe.values)
    kinds = values.tokens.kind if isinstance(values.tokens.kind, tuple) else (values.tokens.kind,)
    if SYMBOL in kinds:
        raise DataError("symbols are tokens of music and events", "--set tokens.kind=word")
    if values.metric in EVENT_METRICS:
        raise DataError(f"a text has no {values.metric}", "--set metric=bits_per_character")
    return recipe


def _own_values(recipe: Recipe) -> dict[str, Any]:
    """Return the values of the recipe of events for all keys that are as in the default one."""
    usual, own = (Recipe.load(name, recipe.task) for name in (None, OWN))
    paths = [".".join(steps) for steps, _ in type(recipe.values).leaves()]
    return {
        path: own.get(path)
        for path in paths
        if path.startswith(KEYS)
        and recipe.get(path) == usual.get(path)
        and own.get(path) != usual.get(path)
    }
