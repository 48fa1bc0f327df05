"""After the search: choose by validation, train the chosen further, score them once on the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.progress import Listener
from seqtune.run.baseline_predictions import Arrays, check_shape, kept_path, read_predictions
from seqtune.run.ensemble_choice import EnsembleChoice
from seqtune.run.joined import JOINED, can_join, joined_leads, joined_weights
from seqtune.run.leaderboard_row import Row
from seqtune.run.members import Member
from seqtune.run.predictions import Predictions
from seqtune.run.refits import Refits
from seqtune.run.together import Together
from seqtune.runtime.devices import counted
from seqtune.runtime.interrupt import Interrupt
from seqtune.search.budget import Clock
from seqtune.search.executor._contract import Executor
from seqtune.search.problem import Problem
from seqtune.search.refit import (
    Refitted,
    refitted_path,
    test_predictions_path,
)
from seqtune.search.trial import Result, usable
from seqtune.search.trial_files import model_path
from seqtune.tasks._abilities import Joins, PredictsTogether
from seqtune.tasks._values import Calibration

NETWORKS_LISTED = 8
"""So many single networks, the best by validation, stand on the leaderboard."""

ENSEMBLE_POOL = 30
"""So many trials, the best by validation, may become members of the ensemble."""

ENSEMBLE = "ensemble"

BLEND = "blend"
"""An ensemble with a simple method among its members."""


@dataclass
class Selection:
    """What comes of the trials of a search.

    Args:
        problem: Task, data and run folder.
        results: The trials.
        listener: Hears of the stages and of what was left out.
        baseline_predictions: Of the simple methods that an ensemble may take in, by part.
        steps_per_epoch: Batches of an epoch, from a configuration; the task's own if None.
    """

    problem: Problem
    results: Sequence[Result]
    listener: Listener
    baseline_predictions: Mapping[str, Arrays] = field(default_factory=dict)
    steps_per_epoch: Callable[[Mapping[str, Any]], int] | None = None
    weights: dict[str, float] = field(default_factory=dict)
    _refits: dict[str, Refitted] = field(default_factory=dict)
    predicted: Predictions = field(init=False)

    def __post_init__(self) -> None:
        values = {result.trial: result.values for result in self.results}
        together = Together(self.problem, values)
        self.predicted = Predictions(self.problem, self.baseline_predictions, together)

    def ranked(self) -> list[Result]:
        """Return the trials that may be used, best first by validation."""
        sign = 1 if self.problem.direction == "min" else -1
        return sorted(
            usable(self.results), key=lambda result: (sign * (result.score or 0.0), result.trial)
        )

    def select(self, size: int, is_over: Callable[[], bool] = lambda: False) -> None:
        """Choose the members of the ensemble on validation predictions.

        Args:
            size: Choices at most; below 2 there is no ensemble.
            is_over: Says whether there is no time for another choice.
        """
        pool = [result for result in self.ranked() if result.is_trained][:ENSEMBLE_POOL]
        weights = EnsembleChoice(self.problem, self.predicted, is_over).weights(pool, size)
        self.weights = weights if self._is_ensemble(weights) else {}

    def _is_ensemble(self, weights: Mapping[str, float]) -> bool:
        """Say whether there are several members, and a network among them."""
        return len(weights) > 1 and any(name not in self.baseline_predictions for name in weights)

    @property
    def _is_averaged(self) -> bool:
        """Whether an ensemble is the average of what its members predict."""
        return not isinstance(self.problem.task, PredictsTogether)

    @property
    def ensemble_name(self) -> str:
        """What the ensemble is called: a blend, where a simple method is in it."""
        return (
            BLEND if any(name in self.baseline_predictions for name in self.weights) else ENSEMBLE
        )

    @property
    def joined(self) -> dict[str, float]:
        """How much networks (of the ensemble, or the best) and simple methods count in that row."""
        if not can_join(self.problem):
            return {}
        best = {each.trial: 1.0 for each in self.ranked()[:1] if each.trial in self.predicted.test}
        return joined_weights(self.predicted, self.weights or best)

    def carried(self) -> dict[str, float]:
        """Return which share of what the joined row says most strongly each member says."""
        task, weights = self.problem.task, self.joined
        if not weights or not isinstance(task, Joins):
            return {}
        simple = [name for name in weights if name in self.baseline_predictions]
        parts = {name: self.predicted.tested(name) for name in simple}
        if self.weights:
            parts[self.ensemble_name] = self.predicted.blended_test(self.weights)
        else:
            networks = (result for result in self.ranked() if result.trial in weights)
            parts |= {row_name(each): self.predicted.tested(each.trial) for each in networks}
        joined = self.predicted.blended_test(weights)
        return task.carried(self.problem.prepared, joined, parts)

    def chosen(self) -> list[Result]:
        """Return the best trial and the members of the ensemble, the most important first."""
        ranked = self.ranked()
        members = [result for result in ranked[1:] if result.trial in self.weights]
        members.sort(key=lambda result: -self.weights[result.trial])
        return [*ranked[:1], *members]

    def weightiest(self) -> Result | None:
        """Return the trial whose network has the largest say: of the ensemble, or the best."""
        return max(self.chosen(), key=lambda one: self.weights.get(one.trial, 0.0), default=None)

    def score_chosen(
        self,
        executor: Executor,
        clock: Clock,
        reserve: float,
        *,
        seed: int,
        refit: bool,
        interrupt: Interrupt,
    ) -> None:
        """Score the chosen networks on the test part, trained further on either side of it.

        Args:
            executor: Does the work.
            clock: Wall time of the command.
            reserve: Seconds that must be left in the end.
            seed: Seeds the refits.
            refit: Whether they are trained further at all.
            interrupt: A wish to end early: what is left is scored as it is.
        """
        refits = Refits(self.problem, self.listener, seed, refit, self.steps_per_epoch)
        self._refits = refits.run(self.chosen(), executor, clock, reserve, interrupt)
        for trial, outcome in self._refits.items():
            if not outcome.reason:
                path = test_predictions_path(self.problem.folder, trial)
                self.predicted.test[trial] = read_predictions(path)
        self._leave_out_unscored()

    def rows(self) -> list[Row]:
        """Return a row for each ensemble and for each of the best networks.

        Networks that were not chosen have no figure for the test part: nobody looked.
        """
        rows = [self._network_row(result) for result in self._listed()]
        return [*rows, *(self._ensemble_row(*each) for each in self._ensembles().items())]

    def _ensembles(self) -> dict[str, dict[str, float]]:
        """Return the weights of the members of each row that has several, by its name."""
        rows = {self.ensemble_name: self.weights, JOINED: self.joined}
        return {name: weights for name, weights in rows.items() if weights}

    def held_out(self, row: Row) -> npt.NDArray[np.float64] | None:
        """Return what a row predicted for the validation part; None where it was not kept."""
        if weights := self._ensembles().get(row.name):
            return self.predicted.blended_validation(weights)
        if row.kind == "baseline":
            return self.baseline_predictions.get(row.name, {}).get("validation")
        trials = (result.trial for result in self.results if row_name(result) == row.name)
        return next(map(self.predicted.validation, trials), None)

    def members(self) -> dict[str, list[Member]]:
        """Return the networks behind each row."""
        rows = {row_name(result): [self._member(result, 1.0)] for result in self.ranked()}
        for ensemble, weights in self._ensembles().items():
            rows[ensemble] = [
                self._member(result, weights[result.trial])
                for result in self.chosen()
                if result.trial in weights
            ] + [
                Member("", weight, "", "", {}, method=name)
                for name, weight in weights.items()
                if name in self.baseline_predictions
            ]
        return rows

    def calibrations(self) -> dict[str, Calibration]:
        """Return what makes predictions honest, by trial, simple method, and ensemble.

        An ensemble is calibrated as the average of members that each are calibrated already.
        """
        ensembles, listed = self._ensembles(), [result.trial for result in self._listed()]
        names = dict.fromkeys(name for each in (listed, *ensembles.values()) for name in each)
        found = {name: self.predicted.last_calibration(name) for name in names}
        for ensemble, weights in ensembles.items():
            found[ensemble] = self.predicted.last_of_ensemble(weights, found)
        return {name: each for name, each in found.items() if each is not None}

    @property
    def searched_name(self) -> str:
        """Name of the row whose predictions `test_predictions` returns; empty for none."""
        return self._shown[0] or next((row_name(result) for result in self.ranked()), "")

    def test_predictions(self) -> npt.NDArray[np.float64] | None:
        """Return what the ensemble, or else the best network, predicted for the test part.

        Where a row that joins them with simple methods comes first, it is shown instead.
        """
        _, weights = self._shown
        best = next(iter(self.ranked()), None)
        if weights:
            return self.predicted.blended_test(weights)
        if best is not None and best.trial in self.predicted.test:
            return self.predicted.tested(best.trial)
        return None

    @property
    def _shown(self) -> tuple[str, Mapping[str, float]]:
        """Name and weights of the row of several members that is shown, if there is one."""
        if joined_leads(self.problem) and (joined := self.joined):
            return JOINED, joined
        return (self.ensemble_name, self.weights) if self.weights else ("", {})

    def _listed(self) -> list[Result]:
        listed = {result.trial: result for result in self.ranked()[:NETWORKS_LISTED]}
        listed.update({result.trial: result for result in self.chosen()})
        return list(listed.values())

    def _leave_out_unscored(self) -> None:
        """Blend without networks that could not be loaded again."""
        test = self.predicted.test
        networks = [each for name, each in test.items() if name not in self.baseline_predictions]
        for name in self.weights if self._is_averaged else ():
            if name in self.baseline_predictions:
                path = kept_path(self.problem.folder, name, "test")
                beside = self.baseline_predictions[name]["validation"].shape[1:]
                rows = len(networks[0]) if networks else len(test[name])
                check_shape(path, test[name], {"": np.empty((rows, *beside))})
        scored = {name: each for name, each in self.weights.items() if name in test}
        total = sum(scored.values()) if len(scored) < len(self.weights) else 1.0
        left = {name: each / total for name, each in scored.items()}
        self.weights = left if self._is_ensemble(left) else {}

    def _network_row(self, result: Result) -> Row:
        trial, is_tested = result.trial, result.trial in self.predicted.test
        seen = self.problem.score("test", self.predicted.tested(trial)) if is_tested else {}
        return Row(
            name=row_name(result),
            kind="network",
            validation=self.problem.score("validation", self.predicted.validation(trial)),
            test=seen,
            fit_seconds=result.seconds,
            parameters=result.parameters,
            detail=describe(self.problem, result),
        )

    def _ensemble_row(self, name: str, weights: Mapping[str, float]) -> Row:
        members = [result for result in self.chosen() if result.trial in weights]
        validation = self.predicted.blended_validation(weights)
        parts = [f"{weights[result.trial]:.2g} {row_name(result)}" for result in members]
        parts += [
            f"{weights[each]:.2g} {each}" for each in weights if each in self.baseline_predictions
        ]
        more = self.predicted.detail_of_ensemble(weights)
        return Row(
            name=name,
            kind="ensemble",
            validation=self.problem.score("validation", validation),
            test=self.problem.score("test", self.predicted.blended_test(weights)),
            fit_seconds=sum(result.seconds for result in members),
            parameters=sum(result.parameters for result in members),
            detail=" + ".join(parts) + (f", with {more}" if more else ""),
        )

    def _member(self, result: Result, weight: float) -> Member:
        folder, refit = self.problem.folder, self._refits.get(result.trial)
        refitted = refitted_path(folder, result.trial).name if refit and refit.is_refitted else ""
        return Member(
            result.trial,
            weight,
            f"models/{model_path(folder, result.trial).name}",
            f"models/{refitted}" if refitted else "",
            result.values,
        )


def row_name(result: Result) -> str:
    """Return the name of a trial's row: architecture, cell, trial.

    Example:
        >>> row_name(Result("t003", "completed", {"network.architecture": "segment",
        ...                                       "network.cell": "lstm"}))
        'segment-lstm-t003'
    """
    values = result.values
    return f"{values['network.architecture']}-{values['network.cell']}-{result.trial}"


def describe(problem: Problem, result: Result) -> str:
    """Return the configuration of a trial in a few words, and whether it was hardly trained."""
    values = result.values
    size = f"{values['network.layers']} x {values['network.units']} units"
    own = problem.task.describe(problem.prepared, values)
    rate = f"rate {float(values['training.learning_rate']):.2g}"
    mark = [] if result.is_trained else [f"hardly trained ({counted(result.steps, 'step')})"]
    return ", ".join(filter(None, [*mark, size, own, rate]))
