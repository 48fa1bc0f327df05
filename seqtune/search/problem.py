"""What every job of a search works on: the task, its data, and where networks are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy.typing as npt

from seqtune.runtime.network import KerasNetwork
from seqtune.runtime.programs import Programs, ProgramStore
from seqtune.search.signature import signature
from seqtune.tasks import load_task
from seqtune.tasks._contract import Task
from seqtune.tasks._values import Fold, Part, Values


@dataclass(frozen=True)
class Problem:
    """A task with its data.

    Args:
        task: What is learnt.
        prepared: The data; its arrays are memory-mapped, so that all workers share one copy.
        folder: Where jobs leave networks and predictions; the run folder, or a worker's own copy.
        programs: What was compiled for its networks so far.
    """

    task: Task
    prepared: Any
    folder: Path
    programs: ProgramStore = field(default_factory=ProgramStore, compare=False, repr=False)

    def adopt(self, model: Any, values: Values) -> Programs:
        """Let a network run the programs that others of its signature have compiled.

        Args:
            model: The network, as `Task.build` made it of this data.
            values: Its configuration.
        """
        return self.programs.adopt(signature(self.task.structure(values)), model)

    def with_data(self, prepared: Any) -> Problem:
        """Return the same with a part of its cases held out: networks keep their structure.

        Args:
            prepared: The data of a fold.
        """
        return replace(self, prepared=prepared)

    @property
    def metric(self) -> str:
        """The metric that selects."""
        return str(self.prepared.metric)

    @property
    def direction(self) -> Literal["min", "max"]:
        """Whether the metric that selects is to be low or high."""
        return self.task.info.metric(self.metric).direction

    @property
    def folds(self) -> Sequence[Fold]:
        """The folds that a trial is compared on; none where a part is held out for that."""
        folds: Sequence[Fold] = self.prepared.folds
        return folds

    def predict(self, model: Any, values: Values, part: Part) -> npt.NDArray[Any]:
        """Return the raw predictions of a network for a held-out part.

        Args:
            model: The Keras model, as `Task.build` made it of this data.
            values: Its configuration.
            part: Which part.
        """
        network = KerasNetwork(model, self.task.network_facts)
        return self.task.forward(network, self.prepared, self.prepared.encoded(part), values)

    def score(self, part: Part, predictions: npt.NDArray[Any]) -> dict[str, float]:
        """Return every metric of predictions for a part."""
        return self.task.score(self.prepared, self.prepared.encoded(part), predictions)

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
