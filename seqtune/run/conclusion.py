"""After the search: choose by validation, score once on the test part, train the chosen further."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import numpy.typing as npt

from seqtune.progress import Listener, Note, StageStarted
from seqtune.run.leaderboard import Row
from seqtune.run.members import Member
from seqtune.search.budget import Clock, Shares
from seqtune.search.ensemble import blend, select_members
from seqtune.search.refit import refit, refitted_path
from seqtune.search.trial import Job, Result, model_path, predictions_path

if TYPE_CHECKING:
    from seqtune.tasks._contract import Task

NETWORKS_LISTED = 8
"""So many single networks, the best by validation, stand on the leaderboard."""

ENSEMBLE_POOL = 30
"""So many trials, the best by validation, may become members of the ensemble."""

ENSEMBLE = "ensemble"


@dataclass
class Conclusion:
    """What comes of the trials of a search.

    Args:
        task: What is learnt.
        prepared: The data.
        results: The trials.
        folder: The run folder.
        clock: Wall time of the command.
        listener: Hears of the stages and of what was left out.
    """

    task: Task
    prepared: Any
    results: list[Result]
    folder: Path
    clock: Clock
    listener: Listener
    weights: dict[str, float] = field(default_factory=dict)
    members: dict[str, list[Member]] = field(default_factory=dict)
    _test: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)

    def ranked(self) -> list[Result]:
        """Return the usable trials, best first by validation."""
        usable = [result for result in self.results if result.score is not None]
        sign = 1 if self.task.direction == "min" else -1
        return sorted(usable, key=lambda result: (sign * (result.score or 0.0), result.trial))

    def select(self, size: int) -> None:
        """Choose the members of the ensemble on validation predictions.

        Args:
            size: Choices at most; below 2 there is no ensemble.
        """
        pool = self.ranked()[:ENSEMBLE_POOL]
        if size < 2 or len(pool) < 2:
            return
        predictions = {result.trial: self._validation(result.trial) for result in pool}
        self.weights = select_members(
            predictions, self._score_validation, size, self.task.direction
        )
        if len(self.weights) < 2:
            self.weights = {}

    def rows(self, reserve: float) -> list[Row]:
        """Score the chosen networks once on the test part, and return their rows.

        Args:
            reserve: Seconds that must be left; single networks that would need them are left out.
        """
        listed = self.ranked()[:NETWORKS_LISTED]
        wanted = {result.trial: result for result in self.ranked() if result.trial in self.weights}
        wanted.update({result.trial: result for result in listed[:1]})
        needed = set(wanted)
        wanted.update({result.trial: result for result in listed})
        rows = []
        for trial, result in wanted.items():
            if trial not in needed and self.clock.left() < reserve:
                continue
            model = keras.saving.load_model(model_path(self.folder, trial), compile=False)
            self._test[trial] = self.task.apply(model, self.prepared, result.values, "test")
            rows.append(self._network_row(result))
            self.members[rows[-1].name] = [self._member(result, 1.0)]
        if self.weights:
            rows.append(self._ensemble_row({row.name: row for row in rows}))
        return rows

    def test_predictions(self) -> npt.NDArray[np.float64] | None:
        """Return what the ensemble, or else the best network, predicted for the test part."""
        if self.weights:
            return blend({trial: self._test[trial] for trial in self.weights}, self.weights)
        best = next(iter(self.ranked()), None)
        return None if best is None else self._test[best.trial]

    def refit(self, shares: Shares) -> None:
        """Train the members of the ensemble and the best network further on all rows.

        Args:
            shares: What is kept for saving; the rest of the budget is divided among the members.
        """
        by_trial = {result.trial: result for result in self.ranked()}
        best = next(iter(by_trial), None)
        order = sorted(self.weights, key=lambda trial: -self.weights[trial])
        order += [best] if best is not None and best not in order else []
        self.listener(StageStarted("refit", f"{len(order)} networks on all rows"))
        for place, trial in enumerate(order):
            result = by_trial[trial]
            seconds = (self.clock.left() - shares.saving) / (len(order) - place)
            overhead = result.seconds - result.training_seconds
            if seconds < 1.0 + 0.5 * overhead:
                self.listener(Note(f"no time to refit {len(order) - place} of {len(order)} networks"))
                return
            self._refit(result, seconds)

    def _refit(self, result: Result, seconds: float) -> None:
        model = keras.saving.load_model(model_path(self.folder, result.trial), compile=False)
        steps = self.task.steps_per_epoch(self.prepared, result.values)
        job = Job(result.trial, result.values, 1 + int(result.trial[1:]), seconds, self.folder, steps)
        model, reason = refit(self.task, self.prepared, result, model, job)
        if reason:
            self.listener(Note(f"refit of {result.trial} thrown away: {reason}"))
            return
        path = refitted_path(self.folder, result.trial)
        model.save(path)
        for name, row in self.members.items():
            self.members[name] = [
                Member(
                    member.trial, member.weight, member.model, f"models/{path.name}", member.values
                )
                if member.trial == result.trial
                else member
                for member in row
            ]

    def _network_row(self, result: Result) -> Row:
        validation = self.task.score(self.prepared, "validation", self._validation(result.trial))
        test = self.task.score(self.prepared, "test", self._test[result.trial])
        return Row(
            name=row_name(result),
            kind="network",
            validation=validation,
            test=test,
            fit_seconds=result.seconds,
            parameters=result.parameters,
            detail=describe(result.values),
        )

    def _ensemble_row(self, networks: dict[str, Row]) -> Row:
        by_trial = {result.trial: result for result in self.results}
        names = {trial: row_name(by_trial[trial]) for trial in self.weights}
        validation = blend({trial: self._validation(trial) for trial in names}, self.weights)
        test = self.test_predictions()
        self.members[ENSEMBLE] = [
            self._member(by_trial[trial], weight) for trial, weight in self.weights.items()
        ]
        return Row(
            name=ENSEMBLE,
            kind="ensemble",
            validation=self.task.score(self.prepared, "validation", validation),
            test={} if test is None else self.task.score(self.prepared, "test", test),
            fit_seconds=sum(by_trial[trial].seconds for trial in names),
            parameters=sum(networks[name].parameters or 0 for name in names.values()),
            detail=" + ".join(f"{weight:.2g} {names[trial]}" for trial, weight in self.weights.items()),
        )

    def _member(self, result: Result, weight: float) -> Member:
        path = model_path(self.folder, result.trial)
        return Member(result.trial, weight, f"models/{path.name}", "", result.values)

    def _validation(self, trial: str) -> npt.NDArray[np.float64]:
        loaded: npt.NDArray[np.float64] = np.load(
            predictions_path(self.folder, trial), allow_pickle=False
        )
        return loaded

    def _score_validation(self, predictions: npt.NDArray[np.float64]) -> float:
        return self.task.score(self.prepared, "validation", predictions)[self.task.metric]


def row_name(result: Result) -> str:
    """Return the name of a trial's row: architecture, cell, trial.

    Example:
        >>> row_name(Result("t003", "completed", {"network.architecture": "segment",
        ...                                       "network.cell": "lstm"}))
        'segment-lstm-t003'
    """
    values = result.values
    return f"{values['network.architecture']}-{values['network.cell']}-{result.trial}"


def describe(values: dict[str, Any]) -> str:
    """Return a configuration in a few words."""
    size = f"{values['network.layers']} x {values['network.units']} units"
    lookback = f", {values['lookback']} steps back" if "lookback" in values else ""
    rate = f", rate {float(values['training.learning_rate']):.2g}"
    return f"{size}{lookback}{rate}"
