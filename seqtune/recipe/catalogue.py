"""The recipes that come with seqtune and with tasks from outside, named `<task>/<name>`.

Those of seqtune's own tasks are in one folder; a task from outside has them in `recipes/` of its
own package.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from seqtune.errors import RecipeError, nearest
from seqtune.recipe.positions import read_yaml
from seqtune.registry import tasks

_PACKAGE = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """Return the folder of the shipped recipes: inside the package, or beside it in a checkout."""
    inside = _PACKAGE / "recipes"
    return inside if inside.is_dir() else _PACKAGE.parent / "recipes"


@cache
def _paths() -> dict[str, Path]:
    found = {f"{path.parent.name}/{path.stem}": path for path in folder().glob("*/*.yaml")}
    for task in tasks:
        for package in tasks.folders(task):
            for path in (package / "recipes").glob("*.yaml"):
                found.setdefault(f"{task}/{path.stem}", path)
    return dict(sorted(found.items()))


def names() -> tuple[str, ...]:
    """Return the names of all shipped recipes, sorted.

    Example:
        >>> names()
        ('forecast/default', 'forecast/quick', 'forecast/thorough')
    """
    return tuple(_paths())


def path(name: str, task: str | None = None) -> Path:
    """Return the file of a shipped recipe.

    Args:
        name: `<task>/<name>`, or `<name>` alone where the task is known or only one has it.
        task: The task, if it is known.

    Raises:
        RecipeError: No shipped recipe has the name, or several tasks have it.
    """
    return _paths()[full_name(name, task)]


def full_name(name: str, task: str | None = None) -> str:
    """Return the name of a shipped recipe as `<task>/<name>`.

    Raises:
        RecipeError: No shipped recipe has the name, or several tasks have it.
    """
    if name in _paths():
        return name
    if task is not None and f"{task}/{name}" in _paths():
        return f"{task}/{name}"
    same = [known for known in _paths() if known.split("/")[1] == name and task is None]
    if len(same) == 1:
        return same[0]
    if same:
        raise RecipeError(
            f"recipe '{name}' is ambiguous: {', '.join(same)}",
            "write the full name, or name the task",
        )
    raise RecipeError(_unknown(name, task), "seqtune recipes list")


def _unknown(name: str, task: str | None) -> str:
    """Say that a recipe is unknown; it may be near a full name, or near one without its task."""
    own = [known for known in _paths() if task is None or known.startswith(f"{task}/")]
    short = {known.split("/")[1]: known for known in reversed(own)}
    guess = nearest(name, own) or short.get(nearest(name, short) or "")
    question = f"; did you mean '{guess}'?" if guess else "."
    return f"unknown recipe '{name}'{question} Known: {', '.join(own or _paths())}"


def summary(name: str) -> str:
    """Return the description of a shipped recipe, without checking the rest of it."""
    document = read_yaml(path(name).read_text(encoding="utf-8"), name)
    value = document.value if isinstance(document.value, dict) else {}
    return str(value.get("description") or "")
