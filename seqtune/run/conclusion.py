"""After the search: choose by validation, train the chosen further, score them once on the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import numpy.typing as npt

from seqtune.files import whole_file
from seqtune.progress import Listener, Note, StageStarted
from seqtune.run.leaderboard import Row
from seqtune.run.members import Member
from seqtune.search.budget import Clock
from seqtune.search.ensemble import blend, select_members
from seqtune.search.refit import Refit, refitted_path
from seqtune.search.trial import Job, Result, model_path, predictions_path

if TYPE_CHECKING:
    from seqtune.tasks._contract import Task

NETWORKS_LISTED = 8
"""So many single networks, the best by validation, stand on the leaderboard."""

ENSEMBLE_POOL = 30
"""So many trials, the best by validation, may become members of the ensemble."""

ENSEMBLE = "ensemble"

LEAST_REFIT_SECONDS = 0.5
"""Less than this is not worth a refit."""


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
    _refitted: dict[str, str] = field(default_factory=dict)
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
        weights = select_members(predictions, self._score_validation, size, self.task.direction)
        self.weights = weights if len(weights) > 1 else {}

    def chosen(self) -> list[Result]:
        """Return the best trial and the members of the ensemble, the most important first."""
        ranked = self.ranked()
        members = [result for result in ranked[1:] if result.trial in self.weights]
        members.sort(key=lambda result: -self.weights[result.trial])
        return [*ranked[:1], *members]

    def score_chosen(self, reserve: float, *, refit: bool) -> None:
        """Score the chosen networks on the test part, trained further on either side of it.

        Args:
            reserve: Seconds that must be left in the end.
            refit: Whether they are trained further at all.
        """
        chosen = self.chosen()
        count = f"{len(chosen)} networks" if len(chosen) != 1 else "1 network"
        detail = f"{count} on the newest rows" if refit else ""
        self.listener(StageStarted("refit" if refit else "score", detail))
        without = 0
        for place, result in enumerate(chosen):
            seconds = (self.clock.left() - reserve) / (len(chosen) - place)
            # loading, compiling and one look at each part cost about what the trial spent on them
            seconds -= result.seconds - result.training_seconds
            if refit and seconds > LEAST_REFIT_SECONDS:
                self._refit_and_score(result, seconds)
            else:
                without += refit
                self._score_test(result, self._load(result))
        if without:
            self.listener(Note(f"no time left to refit {without} of {len(chosen)} networks"))

    def rows(self) -> list[Row]:
        """Return a row for the ensemble and for each of the best networks.

        Networks that were not chosen have no figure for the test part: nobody looked.
        """
        listed = {result.trial: result for result in self.ranked()[:NETWORKS_LISTED]}
        listed.update({result.trial: result for result in self.chosen()})
        rows = [self._network_row(result) for result in listed.values()]
        return [*rows, self._ensemble_row()] if self.weights else rows

    def members(self) -> dict[str, list[Member]]:
        """Return the networks behind each row."""
        rows = {row_name(result): [self._member(result, 1.0)] for result in self.ranked()}
        if self.weights:
            rows[ENSEMBLE] = [
                self._member(result, self.weights[result.trial])
                for result in self.chosen()
                if result.trial in self.weights
            ]
        return rows

    def test_predictions(self) -> npt.NDArray[np.float64] | None:
        """Return what the ensemble, or else the best network, predicted for the test part."""
        if self.weights:
            return blend(self._test, self.weights)
        return next(iter(self._test.values()), None)

    def _refit_and_score(self, result: Result, seconds: float) -> None:
        steps = self.task.steps_per_epoch(self.prepared, result.values)
        seed = 1 + int(result.trial[1:])
        job = Job(result.trial, result.values, seed, seconds, self.folder, steps)
        refit = Refit(self.task, self.prepared, result, self._load(result), job)
        reason = refit.go_on("validation", seconds / 2)
        self._score_test(result, refit.model)
        reason = reason or refit.go_on("test", seconds / 2)
        if reason:
            self.listener(Note(f"refit of {result.trial} taken back: {reason}"))
            return
        path = refitted_path(self.folder, result.trial)
        with whole_file(path) as temporary:
            refit.model.save(temporary)
        self._refitted[result.trial] = f"models/{path.name}"

    def _score_test(self, result: Result, model: Any) -> None:
        self._test[result.trial] = self.task.apply(model, self.prepared, result.values, "test")

    def _load(self, result: Result) -> Any:
        return keras.saving.load_model(model_path(self.folder, result.trial), compile=False)

    def _network_row(self, result: Result) -> Row:
        test = self._test.get(result.trial)
        return Row(
            name=row_name(result),
            kind="network",
            validation=self.task.score(self.prepared, "validation", self._validation(result.trial)),
            test={} if test is None else self.task.score(self.prepared, "test", test),
            fit_seconds=result.seconds,
            parameters=result.parameters,
            detail=describe(result.values),
        )

    def _ensemble_row(self) -> Row:
        members = [result for result in self.chosen() if result.trial in self.weights]
        validation = blend(
            {result.trial: self._validation(result.trial) for result in members}, self.weights
        )
        parts = [f"{self.weights[result.trial]:.2g} {row_name(result)}" for result in members]
        return Row(
            name=ENSEMBLE,
            kind="ensemble",
            validation=self.task.score(self.prepared, "validation", validation),
            test=self.task.score(self.prepared, "test", blend(self._test, self.weights)),
            fit_seconds=sum(result.seconds for result in members),
            parameters=sum(result.parameters for result in members),
            detail=" + ".join(parts),
        )

    def _member(self, result: Result, weight: float) -> Member:
        path = model_path(self.folder, result.trial)
        refitted = self._refitted.get(result.trial, "")
        return Member(result.trial, weight, f"models/{path.name}", refitted, result.values)

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
