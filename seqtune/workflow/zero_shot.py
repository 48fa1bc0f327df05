"""Predict at once, by a model that comes with the package: nothing is trained, nothing is left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seqtune.errors import UsageError
from seqtune.progress import Assumption, Event, Listener, Note, silent
from seqtune.tasks._info import info_of, infos
from seqtune.tasks._values import Context
from seqtune.workflow.options import FitOptions, load_recipe

if TYPE_CHECKING:
    import pandas as pd


def zero_shot(
    data: str | Path | pd.DataFrame, settings: FitOptions, *, listener: Listener = silent
) -> pd.DataFrame:
    """Return the prediction table of what comes after the data.

    Neither a backend nor Keras is loaded. The task is the one with a model that needs no training.

    Args:
        data: A file, the address of a database, or a DataFrame.
        settings: The flags: overrides of the recipe, and the query of a database.
        listener: Hears what was assumed and repaired, as notes.

    Raises:
        UsageError: No task has such a model.
        SeqtuneError: The data, or an override, is not as it should be.
    """
    from seqtune.data.reading.open import name_of, open_source
    from seqtune.tasks import load_task

    ready = {info.name: info.zero_shot for info in infos() if info.zero_shot}
    if not ready:
        raise UsageError("no task has a model that needs no training", "seqtune fit DATA")
    name, method = next(iter(ready.items()))
    keys = {f"--{flag.name}": flag.path for flag in info_of(name).flags}
    recipe = load_recipe(name, settings)
    source = open_source(data, recipe, settings.query)
    task = load_task(name)
    told: list[str] = []

    def tell(event: Event) -> None:
        if isinstance(event, Note):
            told.append(event.text)
        elif isinstance(event, Assumption):
            flag, _, value = event.flag.partition(" ")
            typed = f"--set {keys[flag]}={value}" if flag in keys else event.flag
            told.append(f"{event.what}: {event.taken} ({event.why}); {typed}")

    prepared, recipe = task.prepare(source, recipe, tell)
    context = Context(recipe, "", name_of(data) or "", model=method)
    encoded = task.encode(prepared, None, context)
    made = task.by_method(prepared, encoded, method, int(recipe.values.seed))
    for note in dict.fromkeys([*source.notes, *told, *context.notes]):
        listener(Note(note))
    return task.decode(prepared, encoded, made, context)
