"""What can be learnt from sequences; one folder per task."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from seqtune.registry import architectures, cells, tasks

if TYPE_CHECKING:
    from seqtune.tasks._contract import Task


def load_task(name: str) -> Task:
    """Import a task and return it; Keras is loaded where it first builds a network.

    Args:
        name: Its folder.

    Raises:
        RecipeError: There is no such task.
    """
    task: Task = import_module(f"{tasks[name].__name__}.task").TASK
    return task


def load_layers(name: str) -> None:
    """Import all layers of a task's networks, so that `keras.saving.load_model` finds them.

    Args:
        name: The task's folder.

    Example:
        >>> load_layers("forecast")
        >>> keras.saving.load_model("runs/airline-forecast-1/models/t001.keras")
    """
    import_module(f"{tasks[name].__name__}.network")
    for registry in (cells, architectures):
        for plugin in registry.modules.values():
            if plugin.startswith(registry.package):  # a broken one from outside costs what uses it
                import_module(plugin)
