"""What every job of a search works on: the task, its data, and where networks are kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqtune.tasks import load_task
from seqtune.tasks._contract import Task


@dataclass(frozen=True)
class Problem:
    """A task with its data.

    Args:
        task: What is learnt.
        prepared: The data; its arrays are memory-mapped, so that all workers share one copy.
        folder: Where jobs leave networks and predictions; the run folder, or a worker's own copy.
    """

    task: Task
    prepared: Any
    folder: Path

    @classmethod
    def open(cls, task: str, folder: Path) -> Problem:
        """Open what a run folder holds.

        Args:
            task: Name of the task.
            folder: A folder with what `Prepared.save` wrote.
        """
        loaded = load_task(task)
        return cls(loaded, loaded.load(folder), folder)
