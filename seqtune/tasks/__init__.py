"""What can be learnt from sequences; one folder per task."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from seqtune.registry import cells, tasks

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
    for cell in cells.modules.values():  # Keras knows their layers from here on: it opens networks
        if cell.startswith(cells.package):  # a broken plug-in from outside costs what uses it
            import_module(cell)
    task: Task = module.TASK
    return task
