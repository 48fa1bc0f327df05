"""What can be learnt from sequences; one folder per task."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from seqtune.registry import architectures, cells, tasks

if TYPE_CHECKING:
    from seqtune.tasks._contract import Task


def load_task(name: str) -> Task:
    """Import a task and return it; Keras is loaded with it.

    Args:
        name: Its folder.

    Raises:
        RecipeError: There is no such task.
    """
    module = import_module(f"{tasks[name].__name__}.task")
    for registry in (cells, architectures):  # Keras opens networks that hold their layers
        for plugin in registry.modules.values():
            if plugin.startswith(registry.package):  # a broken one from outside costs what uses it
                import_module(plugin)
    task: Task = module.TASK
    return task
