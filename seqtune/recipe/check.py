"""Checking a recipe against the schema of its task: all faults, each at its place."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from pydantic import ValidationError

from seqtune.errors import RecipeError, nearest, unknown
from seqtune.recipe.faults import Fault, Flaw, Step, UnfitError, dotted, show, unknown_key
from seqtune.recipe.kind import Kind
from seqtune.recipe.kinds import Word
from seqtune.recipe.positions import Document
from seqtune.recipe.schema import RecipeSchema
from seqtune.recipe.section import Section
from seqtune.registry import tasks


def task_names() -> tuple[str, ...]:
    """Return the tasks that recipes can be written for: those with a `schema.py`."""
    return tuple(name for name in tasks if _has_schema(name))


def _has_schema(task: str) -> bool:
    return any((folder / "schema.py").is_file() for folder in tasks.folders(task))


def schema_of(task: str) -> type[RecipeSchema]:
    """Return the schema of a task's recipes.

    Raises:
        RecipeError: There is no such task.
    """
    if task not in task_names():
        raise RecipeError(unknown("task", task, task_names()), "seqtune recipes list")
    schema: type[RecipeSchema] = import_module(f"{tasks.modules[task]}.schema").Schema
    return schema


def check_task(document: Document, task: str | None) -> tuple[str | None, list[Fault]]:
    """Find out which task a recipe file is for.

    Args:
        document: The file.
        task: The task that it has to be for, or None if any will do.

    Returns:
        The task by which to check the rest (None if it cannot be told), and the faults.
    """
    if not isinstance(document.value, dict):
        text = f"found {show(document.value)}, expected keys such as task: {task_names()[0]}"
        return None, [Fault(document.place(()), "", text)]
    try:
        stated = Word((task,) if task else task_names).check(document.value.get("task"))
    except UnfitError as unfit:
        return task, [Fault(document.place(("task",)), "task", flaw.text) for flaw in unfit.flaws]
    return stated, []


def check(
    document: Document, schema: type[RecipeSchema]
) -> tuple[RecipeSchema | None, list[Fault]]:
    """Check a document against a schema.

    Returns:
        The values, or None if they are not valid, and every fault found.
    """
    try:
        return schema.model_validate(document.value), []
    except ValidationError as error:
        faults = []
        for details in error.errors(include_url=False, include_input=True):
            for flaw in _flaws(dict(details), schema):
                place = document.place(flaw.steps)
                faults.append(Fault(place, dotted(flaw.steps), flaw.text))
        return None, faults


def _flaws(details: dict[str, Any], schema: type[Section]) -> list[Flaw]:
    """Put one of pydantic's errors into our words."""
    steps: tuple[Step, ...] = details["loc"]
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, UnfitError):
        return [Flaw(flaw.text, (*steps, *flaw.steps)) for flaw in cause.flaws]
    found = show(details["input"])
    section = _section(schema, steps[:-1])
    if details["type"] == "extra_forbidden":
        return [Flaw(_unknown(str(steps[-1]), section, schema), steps)]
    if details["type"] == "missing":
        kinds = section.model_fields[str(steps[-1])].metadata
        expected = next((kind.expected for kind in kinds if isinstance(kind, Kind)), "a value")
        return [Flaw(f"found nothing, expected {expected}", steps)]
    if details["type"] in ("model_type", "model_attributes_type"):
        keys = ", ".join(_section(schema, steps).key_names())
        return [Flaw(f"found {found}, expected a section with the keys {keys}", steps)]
    return [Flaw(f"found {found}: {details['msg']}", steps)]


def _section(schema: type[Section], steps: tuple[Step, ...]) -> type[Section]:
    for step in steps:
        schema = schema.section(str(step)) or schema
    return schema


def _unknown(key: str, section: type[Section], schema: type[Section]) -> str:
    """Say that a key is unknown; it may be near one of its section, or stand in another one."""
    siblings = section.key_names()
    if nearest(key, siblings) is None:
        elsewhere = [".".join(steps) for steps, _ in schema.leaves() if steps[-1] == key]
        siblings = elsewhere or siblings
    return unknown_key(key, siblings)
