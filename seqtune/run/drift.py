"""Whether new rows are still like those that a run was fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from seqtune.data.drift.compare import drift_between
from seqtune.data.drift.sample import Samples, joined
from seqtune.data.drift.table import DriftTable, Finding
from seqtune.tasks._newer_data import WatchesDrift

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source
    from seqtune.tasks._contract import Task
    from seqtune.tasks._values import Context


@dataclass
class DriftWatch:
    """Compares batches of rows with what a run was fitted on; that is measured once.

    Args:
        task: What was learnt.
        prepared: What it was fitted on.
        context: Recipe and name of the run.

    Example:
        >>> watch = DriftWatch(run.task, run.prepared, run.predictor.context)
        >>> watch.drift(source).flagged
        [Finding(name='load', measure='level', ...)]
    """

    task: Task
    prepared: Any
    context: Context

    @cached_property
    def usual(self) -> Samples:
        """What is watched of the data that the run was fitted on; {} where its task watches none.

        Of large data it is a part: some hundred thousand numbers at most.
        """
        return self.task.usual_traits(self.prepared) if isinstance(self.task, WatchesDrift) else {}

    def drift(self, source: Source, *more: Finding, known: float = 0.0) -> DriftTable | None:
        """Return what has drifted; None where the task watches nothing.

        Args:
            source: New rows, labelled or not.
            more: Further findings, such as those of predictions.
            known: About which share of the rows, the first ones, the run was fitted on; they do not
                count as new.

        Raises:
            DataError: A column of the run is missing, or cannot be read.
        """
        if not isinstance(self.task, WatchesDrift):
            return None
        return drift_between(self.usual, self.samples_of(source, known), *more)

    def samples_of(self, source: Source, known: float = 0.0) -> Samples:
        """Return what is watched of new rows; {} where the task watches nothing.

        Args:
            source: New rows, labelled or not.
            known: As in `drift`.

        Raises:
            DataError: A column of the run is missing, or cannot be read.
        """
        if not isinstance(self.task, WatchesDrift):
            return {}
        return self.task.new_traits(self.prepared, source, self.context, known)

    def drift_of(self, several: Sequence[Samples]) -> DriftTable | None:
        """Return what has drifted in several tables together, such as those of requests.

        Args:
            several: What `samples_of` returned of each.

        Returns:
            The table; None where there is none of them, or the task watches nothing.
        """
        if not several or not isinstance(self.task, WatchesDrift):
            return None
        return drift_between(self.usual, joined(several))
