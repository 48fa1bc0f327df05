"""What is in a file, and which tasks it suits; loads neither Keras nor a backend."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Union

from seqtune.data.reading.music.piece import PieceSource
from seqtune.data.reading.open import open_undecided, shown_data
from seqtune.data.reading.profile import Profile, profile_source
from seqtune.data.reading.source import Source
from seqtune.errors import DataError, RecipeError, SeqtuneError, UsageError
from seqtune.progress import Assumption
from seqtune.tasks._info import info_of, infos, task_module
from seqtune.workflow.options import FitOptions, load_recipe

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.recipe.load import Recipe


Data = Union[str, Path, "pd.DataFrame"]


@dataclass(frozen=True)
class Inspection:
    """What was found.

    Args:
        profile: The columns.
        suggestions: What the first suited task would take for each role, and why.
        tasks: Command for each task that the data suits.
        unsuited: Why the other tasks do not suit.
    """

    profile: Profile
    suggestions: tuple[Assumption, ...] = ()
    tasks: dict[str, str] = field(default_factory=dict)
    unsuited: dict[str, str] = field(default_factory=dict)


def inspect(data: Data, options: FitOptions | None = None) -> Inspection:
    """Look into a file.

    Args:
        data: The file, or a DataFrame.
        options: How to read it, where that is guessed wrong.
    """
    options = options or FitOptions()
    source = opened(data, options)
    words = [shown_data(data), *(["--query", options.query] if options.query else [])]
    commands, unsuited, suggestions = suited_tasks(source, options, words)
    return Inspection(profile_source(source), tuple(suggestions), commands, unsuited)


def opened(data: Data, options: FitOptions) -> Source:
    """Open a file before the task is known.

    Args:
        data: The file, or a DataFrame.
        options: How to read it.
    """
    recipe = _recipe_with(replace(options, recipe=None, flags={}))
    return open_undecided(data, recipe, options.query)


def _recipe_with(options: FitOptions) -> Recipe:
    """Return a recipe by which a file is read: that of the first task that has every key.

    Raises:
        RecipeError: No task has.
    """
    faults = []
    for task in _likeliest_first():
        try:
            return load_recipe(task, options)
        except RecipeError as error:
            faults.append(error)
    raise faults[0]


def suited_tasks(
    source: Source, options: FitOptions, words: Sequence[str]
) -> tuple[dict[str, str], dict[str, str], list[Assumption]]:
    """Return the command of each task that suits, why others do not, and what is assumed.

    Args:
        source: The data.
        options: How it was read.
        words: What is typed to name it.
    """
    commands: dict[str, str] = {}
    unsuited: dict[str, str] = {}
    suggestions: list[Assumption] = []
    for task in _likeliest_first(source):
        try:
            assumptions = suggested(source, task, options)
        except SeqtuneError as error:
            unsuited[task] = f"{error.message} ({error.hint})" if error.hint else error.message
            continue
        suggestions = suggestions or assumptions
        commands[task] = f"seqtune fit {shlex.join(words)} --task {task}"
    return commands, unsuited, suggestions


def suggested(source: Source, task: str, options: FitOptions) -> list[Assumption]:
    """Return what a task would take for each role.

    Args:
        source: The data.
        task: The task.
        options: What is settled already.

    Raises:
        SeqtuneError: The data does not suit the task as it is; says why.
    """
    if isinstance(source, PieceSource) and not info_of(task).reads_documents:
        raise DataError(f"{source.path} holds music, no table")
    found: list[Assumption] = _suggest(task).suggest(source, load_recipe(task, options))
    return found


def _likeliest_first(source: Source | None = None) -> list[str]:
    """Return the tasks in the order in which they are proposed.

    First those that a column speaks of by its name (`is_meant` of their `suggest`), last those
    that suit nearly any table.

    Args:
        source: The table, once it is open.
    """

    def place(task: str) -> int:
        is_meant = getattr(_suggest(task), "is_meant", None) if source is not None else None
        if is_meant is not None and is_meant(source):
            return -1
        return int(info_of(task).suits_most)

    return sorted((info.name for info in infos()), key=place)


def _suggest(task: str) -> ModuleType:
    """Load what knows whether data suits a task."""
    return task_module(task, "suggest")


def missing_task(data: str | Path, options: FitOptions, command: str = "fit") -> UsageError:
    """Return the error that `--task` is missing, with the commands that would do.

    Args:
        data: The file.
        options: How to read it, and roles that are given.
        command: The command that was typed.
    """
    found = inspect(data, options)
    query = ["--query", options.query] if options.query else []
    file = shlex.join([shown_data(data), *query])
    if found.tasks:
        asked = replace(options, query=None).words()
        lines = ", or: ".join(
            f"seqtune {command} {file} {shlex.join(['--task', task, *asked])}"
            for task in found.tasks
        )
        return UsageError(f"--task is missing; the data suits {', '.join(found.tasks)}", lines)
    reasons = "; ".join(f"{task}: {reason}" for task, reason in found.unsuited.items())
    return UsageError(
        f"--task is missing, and no task suits the data: {reasons}", f"seqtune inspect {file}"
    )
