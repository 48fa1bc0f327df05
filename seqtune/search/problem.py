"""What every job of a search works on: the task, its data, and where networks are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from seqtune.tasks import load_task
from seqtune.tasks._contract import Fold, Part, Task


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

    @property
    def metric(self) -> str:
        """The metric that selects."""
        return str(self.prepared.metric)

    @property
    def folds(self) -> Sequence[Fold]:
        """The folds that a trial is compared on; none where a part is held out for that."""
        return self.prepared.folds if self.prepared is not None else ()

    def score(self, part: Part, predictions: npt.NDArray[Any]) -> dict[str, float]:
        """Return every metric of predictions for a part."""
        return self.task.score(self.prepared, part, predictions)

    def objective(self, predictions: npt.NDArray[Any]) -> float:
        """Return what trials are compared by, of predictions for the validation part."""
        return self.task.objective(self.prepared, self.score("validation", predictions))

    @classmethod
    def open(cls, task: str, folder: Path) -> Problem:
        """Open what a run folder holds.

        Args:
            task: Name of the task.
            folder: A folder with what `Prepared.save` wrote.
        """
        loaded = load_task(task)
        return cls(loaded, loaded.load(folder), folder)
